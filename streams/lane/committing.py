"""Commits a lane's batches one after another, each while it is sent and the next one is at work."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from streams.lane.cancelling import cancelled
from streams.lane.cuts import cut_of
from streams.lane.messages import messages_of
from streams.lane.persistence import lane_state
from streams.ports.outbox import Cut, Entry
from streams.ports.store import Commit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from typing import Any

    from streams.checkpoint.keeper import Keeper
    from streams.lane.batch import Outputs
    from streams.lane.claiming import Claim
    from streams.lane.condition import Condition
    from streams.lane.sending import Sending
    from streams.lane.tuning import Tell
    from streams.ports.store import Store


class Committing:
    """One for each claim of a lane: at most one commit is under way, and its records go out beside it."""

    def __init__(
        self,
        claim: Claim,
        store: Store,
        sending: Sending,
        keeper: Keeper | None,
        condition: Condition,
        tell: Tell,
        patiently: Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]],
    ) -> None:
        """`keeper`: who takes checkpoints, if anybody does; it is told of each commit."""
        self._engine, self._cache, self._lease = claim.engine, claim.cache, claim.lease
        self._store = store
        self._sending = sending
        self._keeper = keeper
        self._condition = condition
        self._tell = tell
        self._patiently = patiently
        self.cut = claim.cut
        """The last batch taken; it is committed before the next one is."""
        self.before = claim.cut
        """The next batch is numbered and chained by it: another one only where the journal lacks batches."""
        self._task: asyncio.Task[None] | None = None
        self._trimmed = 0
        """Up to which batch the store was told what is sent."""

    @property
    def batch(self) -> int:
        return 0 if self.cut is None else self.cut.batch

    def take(self, outputs: Outputs, offsets: Sequence[int], journalled: Cut | None) -> Commit:
        """What is to be committed of the batch that the engine has just run; `offsets` are those after it.

        `journalled`: it was sent before, as this cut.
        """
        messages = messages_of(outputs)
        cut = cut_of(self._engine, offsets, messages, self.cut, self.before)
        cut = self._rejoined(cut, journalled)
        entry = Entry(cut, messages) if cut.batch > self._sending.sent_batch else None
        changes = self._cache.changes()
        commit = Commit(
            cut,
            self.batch,
            lane_state(self._engine),
            changes.rows,
            entry,
            due=changes.due,
            passed=changes.passed,
            indexed=True,
        )
        self.cut = self.before = cut
        return commit

    def _rejoined(self, cut: Cut, journalled: Cut | None) -> Cut:
        """The cut; if the batch was sent before, the one of then: all that follows goes on from that."""
        sent = self._sending.sent
        was = sent if sent is not None and sent.batch == cut.batch else journalled
        if was is None:
            return cut
        if was.chain != cut.chain:
            lane = self._lease.lane
            self._tell("replay_differs", lane=lane, batch=cut.batch, counts=cut.counts, were=was.counts)
        return was

    async def begin(self, commit: Commit) -> None:
        """Commit it beside what comes next, once the one before it is committed; it may be sent before."""
        if commit.entry is not None:
            # Not after the store has it: whoever finds the log ahead of the store repeats the batches.
            self._sending.offer(commit.entry)
        await self.settle()
        self._task = asyncio.create_task(self._commit(commit))

    async def settle(self) -> None:
        """Wait until the last batch taken is committed. Raises what hindered it."""
        if self._task is not None:
            await self._task
            self._task = None
            self._cache.confirmed()

    async def _commit(self, commit: Commit) -> None:
        sent, begun = self._sending.sent_batch, time.perf_counter()
        if self._keeper is not None:
            self._keeper.committing()
        await self._patiently(lambda: self._store.commit(self._lease, commit, sent))
        self._condition.committed(time.perf_counter() - begun)
        if self._keeper is not None:
            self._keeper.committed(commit)
        self._trimmed = min(sent, commit.cut.batch - 1)  # the outbox was trimmed before it got the entry
        if commit.entry is not None:
            await self._sending.room()

    async def trim(self) -> None:
        """Tell the store what is sent, if no commit has told it."""
        sent = self._sending.sent_batch
        if sent > self._trimmed:
            await self._store.trim(self._lease, sent)
            self._trimmed = sent

    async def close(self) -> None:
        """Give up what is under way."""
        await cancelled(self._task)
