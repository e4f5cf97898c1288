"""Brings records from the log into an engine, and tells when a batch may begin (contract 2.1)."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from features.inbound.admission import Run, read_run
from features.inbound.layout import CONTROL_TOPIC, TOPICS
from features.row import NONE
from streams.lane.distinct import Distinct
from streams.lane.inbox import chunk
from streams.ports.failures import UnreachableError, UnusableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.lane.engine import LaneEngine
    from streams.lane.tuning import Tuning
    from streams.ports.log import Fetched, LaneReader

Reopen = Callable[[Sequence[int]], Awaitable["LaneReader"]]
_ALL = range(len(TOPICS))
_DAY_MS = 24 * 3600 * 1000
_LEAST = 256
"""Records of a topic that a batch may have whatever came of the others: none must hold them up."""


@dataclass(slots=True)
class _Run:
    """Records that were read together: how many of them are taken, and about how many bytes are left."""

    offsets: NDArray[np.int64]
    size: int
    taken: int = 0


class Intake:
    """The queues of one lane and what is known of the log behind them.

    A topic with unread records holds the lane until some of its records are here, so it is always read;
    topics of which a batch's worth waits are not read meanwhile. That bounds memory and cannot block.
    """

    def __init__(
        self,
        reader: LaneReader,
        engine: LaneEngine,
        tuning: Tuning,
        offsets: Sequence[int],
        reopen: Reopen | None = None,
    ) -> None:
        """`reopen`: a reader from other offsets, once the one given has failed."""
        self._reader = reader
        self._reopen = reopen
        self._failed = False
        """Whether the reader did not answer: the next time another one is asked."""
        self._engine = engine
        self._tuning = tuning
        self.offsets = list(offsets)
        """Of each topic the offset after the last record taken."""
        self.read = [0] * len(TOPICS)
        """Records of each topic read so far."""
        self.extra_fields = 0
        self.live = False
        """Whether something read was dated by its sender and by the log alike, and not long ago."""
        self._held: list[deque[Fetched]] = [deque() for _ in _ALL]
        """Fetched, but not yet given to the engine: a replay takes no more than it took the first time."""
        self._fetched = list(offsets)
        """Of each topic the offset after the last record fetched."""
        self._reached = list(offsets)
        """Of each topic the offset after the last record given to the engine."""
        self._runs: list[deque[_Run]] = [deque() for _ in _ALL]
        self._bytes = [0] * len(TOPICS)
        self._distinct = Distinct()
        """Cardholders of whom records were given to the engine since the last batch began."""
        self._newest = [NONE] * len(TOPICS)
        """Of each topic the latest time of what was last given to the engine."""
        self._dry_since = [time.monotonic()] * len(TOPICS)
        self._filling_since: float | None = None

    async def close(self) -> None:
        await self._reader.close()

    @property
    def waiting(self) -> tuple[int, int]:
        """Records that the engine has and has not taken, and about how many bytes they are."""
        return sum(self._engine.inbox.waiting(topic) for topic in _ALL), sum(self._bytes)

    @property
    def idle(self) -> bool:
        """Whether all there is was taken."""
        return not any(self._engine.inbox.waiting(topic) or self._unread(topic) for topic in _ALL)

    @property
    def places(self) -> tuple[int, ...]:
        """Of each topic the offset before which every record is taken (LaneReader.reached)."""
        return tuple(
            self.offsets[topic]
            if self._held[topic] or self._engine.inbox.waiting(topic)
            else max(self.offsets[topic], self._reader.reached(topic))
            for topic in _ALL
        )

    def _unread(self, topic: int) -> bool:
        """Whether there are records of a topic that the engine does not have."""
        return bool(self._held[topic]) or self._reader.unread(topic)

    async def gather(self, patience: float = 0.0) -> NDArray[np.bool_] | None:
        """Read once, waiting so long at least. If a batch may begin: which topics have unread records."""
        self._fill()
        await self._fetch(self._wanted(), max(patience, self._waits()))
        self._fill()
        if self._waits() > 0:
            return None
        self._filling_since = None
        self._distinct.reset()
        return np.array([self._unread(topic) for topic in _ALL], np.bool_)

    async def _fetch(self, topics: list[int], wait: float) -> None:
        """Read what is there. A reader that failed once may fail for ever: it is not asked again."""
        if self._failed and self._reopen is not None:
            reader = await self._reopen(self._fetched)
            failed, self._reader, self._failed = self._reader, reader, False
            with suppress(UnreachableError):
                await failed.close()
        try:
            runs = await self._reader.fetch(topics, wait)
        except UnreachableError:
            self._failed = True
            raise
        for run in runs:
            self._held[run.topic].append(run)
            self._fetched[run.topic] = run.offsets[-1] + 1

    def _fill(self) -> None:
        """Give the engine of what is held as much as a batch should have."""
        for topic, held in enumerate(self._held):
            while held and (room := self._room(topic)) > 0:
                run = held.popleft()
                if len(run) > room:
                    run, later = run.split(int(run.offsets[room]))
                    held.appendleft(later)
                self._put(run)

    def _room(self, topic: int) -> int:
        if self._bytes[topic] >= self._tuning.batch_bytes:
            return 0
        waiting = self._engine.inbox.waiting(topic)
        rows = self._tuning.batch_rows - self._distinct.count
        if rows < _LEAST:
            rows = 0 if waiting else _LEAST
        return min(self._tuning.batch_records - waiting, rows)

    async def gather_up_to(self, offsets: Sequence[int]) -> bool:
        """Read once for a replay: whether the engine has all records before these offsets, and no others."""
        behind = [topic for topic in _ALL if self._reached[topic] < offsets[topic]]
        lacking = [topic for topic in behind if not self._held[topic]]
        if lacking:
            await self._fetch(lacking, self._tuning.poll)
        for topic in behind:
            held = self._held[topic]
            while held and held[0].offsets[0] < offsets[topic]:
                now, later = held.popleft().split(offsets[topic])
                self._put(now)
                if len(later):
                    held.appendleft(later)
            if self._reached[topic] < offsets[topic] and (held or not self._reader.unread(topic)):
                raise UnusableError(
                    f"{TOPICS[topic]}: the log lacks records before {offsets[topic]} that it had"
                )
        return all(self._reached[topic] >= offsets[topic] for topic in _ALL)

    def _wanted(self) -> list[int]:
        """What to read: one that holds the others up before those of which there is enough meanwhile."""
        dry = self._first_dry()
        return [
            topic
            for topic in _ALL
            if not self._held[topic]
            and self._room(topic) > 0
            and (topic == dry or not self._engine.inbox.waiting(topic) or not self._unread(topic))
        ]

    def _first_dry(self) -> int | None:
        """Of the topics with unread records the one that the merge will come to the end of first."""
        unread = [topic for topic in _ALL if self._unread(topic)]
        return min(unread, key=self._newest.__getitem__, default=None)

    def _backlog(self, topic: int) -> int:
        """About how many records of a topic the engine does not have."""
        return sum(map(len, self._held[topic])) + self._reader.behind(topic)

    def _waits(self) -> float:
        """How long a batch should wait yet; 0: it may begin."""
        tuning, now = self._tuning, time.monotonic()
        waiting = [self._engine.inbox.waiting(topic) for topic in _ALL]
        unread = [self._unread(topic) for topic in _ALL]
        for topic in _ALL:
            if waiting[topic] or unread[topic]:
                self._dry_since[topic] = now
        if not any(waiting):
            return tuning.poll
        if any(unread[topic] and not waiting[topic] for topic in _ALL):
            return tuning.poll
        dry = self._first_dry()
        least = tuning.fill_share * tuning.batch_records
        if self._filling_since is None and dry is not None and self._backlog(dry) >= least:
            self._filling_since = now
        # A batch is filled by what the log has: what is still to be sent would keep live events waiting.
        if (
            self._filling_since is not None
            and dry is not None
            and (room := self._room(dry)) > 0
            and self._backlog(dry) >= min(room, least)
        ):
            left = self._filling_since + tuning.fill_patience - now
            if left > 0:
                return left
        latest = max(self._dry_since[topic] for topic in _ALL if not waiting[topic]) if 0 in waiting else 0.0
        return max(0.0, latest + tuning.merge_idle - now)

    def _put(self, run: Fetched) -> None:
        found = read_run(run.topic, run.values, run.keys, run.stamps)
        self.read[run.topic] += len(run)
        self._reached[run.topic] = int(run.offsets[-1]) + 1
        if found.index:
            self._newest[run.topic] = max(self._newest[run.topic], int(found.columns.occurred.max()))
        self.extra_fields += found.extra_fields
        piece = chunk(
            self._engine.ledger,
            found.columns,
            found.index,
            found.rejected,
            run.offsets,
            run.values,
            run.keys,
            run.stamps,
        )
        self._engine.put(run.topic, piece)
        self._distinct.add(piece.slot)
        if not self.live and found.index:
            self.live = _is_live(run, found)
        size = int(run.values.sizes.sum())
        self._runs[run.topic].append(_Run(run.offsets, size))
        self._bytes[run.topic] += size

    def taken(self, consumed: Sequence[int]) -> None:
        """Note that a batch took so many records of each topic."""
        for topic, count in enumerate(consumed):
            left = count
            runs = self._runs[topic]
            while left:
                run = runs[0]
                some = min(left, len(run.offsets) - run.taken)
                size = run.size * some // (len(run.offsets) - run.taken)
                run.taken += some
                run.size -= size
                self._bytes[topic] -= size
                self.offsets[topic] = int(run.offsets[run.taken - 1]) + 1
                left -= some
                if run.taken == len(run.offsets):
                    runs.popleft()


def _is_live(run: Fetched, found: Run) -> bool:
    """Whether the last record is of about the time at which the log took it.

    A tick may be old: once there were live ones, they must go on.
    """
    stamp = int(run.stamps[found.index[-1]])
    apart = abs(stamp - int(found.columns.occurred[-1]) // 1000)
    age = 0 if run.topic == CONTROL_TOPIC else abs(int(time.time() * 1000) - stamp)
    return apart <= _DAY_MS and age <= _DAY_MS
