"""Runs one lane over a log and a store: claims it, brings it to where it was, and takes batch after batch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from features.inbound.layout import CONTROL_TOPIC
from streams.checkpoint.keeper import Keeper
from streams.lane.claiming import Claiming
from streams.lane.committing import Committing
from streams.lane.condition import Condition
from streams.lane.engine import LaneEngine
from streams.lane.left import Left
from streams.lane.notices import add_notice
from streams.lane.patience import Patience
from streams.lane.replay import replay
from streams.lane.room import Room
from streams.lane.sending import Sending
from streams.lane.telling import Telling
from streams.lane.tuning import Models, NoModels, Rulebooks, Tell, Tuning
from streams.ports.failures import HaltedError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rules.evaluate import Evaluator
    from streams.checkpoint.keeper import Rhythm
    from streams.lane.batch import Batch, Outputs
    from streams.lane.cache import RowCache
    from streams.lane.flood import FloodGate
    from streams.lane.intake import Intake
    from streams.ports.log import Log
    from streams.ports.outbox import Cut
    from streams.ports.store import Lease, Store

T = TypeVar("T")
MakeEngine = Callable[[int], LaneEngine]


def _silent(event: str, **facts: object) -> None: ...


async def _let_others() -> None:
    """Between the parts of a batch: answers that have come for other lanes need not wait for all of it."""
    await asyncio.sleep(0)


class LaneRunner:
    """One claim of a lane, from `run` until `stop`, or until something ends it."""

    def __init__(
        self,
        lane: int,
        log: Log,
        store: Store,
        make_engine: MakeEngine,
        *,
        models: Models | None = None,
        rulebooks: Rulebooks | None = None,
        tuning: Tuning | None = None,
        rhythm: Rhythm | None = None,
        tell: Tell = _silent,
        left: Left | None = None,
        condition: Condition | None = None,
        flood: FloodGate | None = None,
        room: Room | None = None,
    ) -> None:
        """`rhythm`: when checkpoints are taken. `left`: what an earlier run of the lane has left in memory.

        `condition`: where it notes how it is. `flood`: None when dead letters never halt it.
        `room`: for the rows in memory, shared with the worker's other lanes; by default all of the tuning's.
        """
        self.lane = lane
        self.log = log
        self.store = store
        self.tuning = tuning or Tuning()
        self.tell = tell
        self.models = models or NoModels()
        self.rulebooks = rulebooks
        """None: the engine's own for ever."""
        self.engine = make_engine(lane)
        self.taken = 0
        """Records taken by this claim."""
        self.caught_up = asyncio.Event()
        """Set when the lane has taken all there was."""
        self.condition = condition or Condition(lane)
        self._flood = flood
        self._room = room or Room(self.tuning.cache_rows)
        self._telling = Telling(lane, tell, self.condition)
        self._halted_at: int | None = None
        """Records of control read when the lane halted."""
        self._lease: Lease
        self._intake: Intake
        self._committing: Committing
        self.left: Left | None = None
        """What a later run of the lane may go on with: after a run that was stopped."""
        self._found = left
        self._patience = Patience(self.tuning, tell, self.condition)
        self._cache: RowCache
        self._sending = Sending(log.publisher(lane), self.tuning, tell, self.condition)
        self._held_back = False
        """Whether it was stopped with a batch in memory that has run and is not committed."""
        self._rhythm = rhythm
        self._keeper: Keeper | None = None

    def stop(self) -> None:
        """Ask the lane to end after its batch, once what it committed is sent."""
        self._patience.end()

    async def run(self, *, to_end: bool = False) -> None:
        """Take batches until stopped, or with `to_end` until the log has no more.

        Raises FencedError, LostError, UnusableError, HaltedError; UnreachableError is waited out.
        """
        try:
            await self._begin()
            await self._take_batches(to_end=to_end)
            await self._committing.settle()
            if not self._held_back:
                self.left = Left(self.engine, self._cache, self._lease, self.cut)
            await self._sending.finish()
            await self.patiently(self._committing.trim)
        finally:
            if self._claimed:
                await self._committing.close()
            if self._keeper is not None:
                await self._keeper.close()
            await self._sending.close()
            if self._claimed:
                await self._intake.close()
            self._room.leave(self.lane)
            self.condition.end()

    async def patiently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Repeat what can be repeated until the other side answers; gives up when stopped."""
        return await self._patience.patiently(attempt)

    async def _begin(self) -> None:
        depot = None if self._rhythm is None else self._rhythm.depot
        claiming = Claiming(
            self.lane, self.log, self.store, self.tuning, self.tell, self.patiently, self._room, depot
        )
        claim = await claiming.claim(self.engine, self._sending, self._found)
        self._found = None
        self._room.note(self.lane, len(claim.engine.ledger))
        self.engine, self._cache, self._intake = claim.engine, claim.cache, claim.intake
        self._lease = claim.lease
        if self._rhythm is not None:
            self._keeper = Keeper(self._rhythm, self.store, claim, self._sending, self.tell)
        self._committing = Committing(
            claim, self.store, self._sending, self._keeper, self.condition, self.tell, self.patiently
        )
        self._telling.claimed(claim, self._committing.batch, self._sending.sent_batch)
        self._note_how_it_is()
        self._sending.start(claim.outbox)
        if claim.sent is not None and claim.sent.batch > self._committing.batch:
            await replay(self, claim.sent)
        if self._keeper is not None:
            self._keeper.start()

    # --- batches -------------------------------------------------------------------------------------------

    @property
    def _claimed(self) -> bool:
        return hasattr(self, "_committing")

    @property
    def cut(self) -> Cut | None:
        """The last batch taken; it is committed before the next one is."""
        return self._committing.cut if self._claimed else None

    @property
    def live(self) -> bool:
        """Whether what this claim has read shows that the feed is live, not a history being loaded."""
        return self._claimed and self._intake.live

    @property
    def intake(self) -> Intake:
        return self._intake

    @property
    def sending(self) -> Sending:
        return self._sending

    @property
    def stopping(self) -> bool:
        return self._patience.over

    def follow(self, before: Cut) -> None:
        """The next batch is numbered and chained as if this were the one before it."""
        self._committing.before = before

    async def _take_batches(self, *, to_end: bool) -> None:
        rests = False  # whether it was idle the time before, too
        while not self.stopping:
            if self._intake.idle:
                # Else a live lane, which is idle after each batch, would wait for each commit.
                if rests or to_end or self._settles_in:
                    await self._settle_in(trims=rests)
                rests = True
                if to_end:
                    return
            halted = self._halted_at is not None
            patience = self.tuning.poll if halted else 0.0
            more = await self.patiently(lambda: self._intake.gather(patience))  # noqa: B023  # called at once
            self._sending.check()
            if more is None or (halted and self._halted_at == self._intake.read[CONTROL_TOPIC]):
                continue
            rests = False
            await _let_others()
            self.engine.scorer, self.engine.verdict = self.models.champion(), self.models.verdict()
            self.engine.panel = self.models.panel()
            if self.rulebooks is not None:
                self.use(self.rulebooks.current())
            batch, outputs = await self.work(more)
            if not await self._lets_pass(batch, outputs, to_end=to_end):
                self._held_back = True
                return
            await self.take(batch, outputs)
            self._telling.trials(outputs)
            self._note_halt(batch)
            if to_end and batch.halted:
                raise HaltedError(f"lane {self.lane} has halted")

    @property
    def _settles_in(self) -> bool:
        """Whether it has not yet taken all there was, or has rows to bring in while it is idle."""
        return self._cache.warms or not self.caught_up.is_set()

    async def _settle_in(self, *, trims: bool) -> None:
        """What an idle lane does. `trims`: it has been idle for a while; else the next commit trims."""
        await self._committing.settle()
        self._cache.evict()
        self._note_caught_up()
        self._note_how_it_is()
        if trims:
            await self.patiently(self._committing.trim)
        await self._cache.warm()

    async def work(self, more: NDArray[np.bool_]) -> tuple[Batch, Outputs]:
        """Run a batch of what waits; `more` tells which topics have unread records."""
        await self._cache.admit()
        begun = time.perf_counter()
        batch = self.engine.begin(more)
        outputs = await self._cache.run(self._committing.settle)
        self.condition.ran(time.perf_counter() - begun)
        await _let_others()
        return batch, outputs

    async def _lets_pass(self, batch: Batch, outputs: Outputs, *, to_end: bool) -> bool:
        """Hold a batch back that makes a flood of dead letters; False when the lane is to stop meanwhile."""
        begins, dead = self._intake.offsets[:], outputs.dead_letters
        late = sum(letter.error_code == "too_late" for letter in dead)
        if self._flood is None or not self._flood.over(begins, batch.count, len(dead), late):
            return True
        await self._committing.settle()
        return await self._flood.opened(begins, self._patience, to_end=to_end)

    def use(self, evaluator: Evaluator) -> None:
        """Judge by a rulebook from the next batch on; each batch's is journalled with it."""
        before = self.engine.desk.evaluator
        if evaluator is not before:
            self.engine.use(evaluator)
            self._telling.took_up(evaluator, before)

    def _note_caught_up(self) -> None:
        if not self.caught_up.is_set():
            self.caught_up.set()
            self._telling.caught_up(self._committing.batch, self.taken)

    def _note_halt(self, batch: Batch) -> None:
        """A lane without ticks stands still until some come (contract 2.8)."""
        if batch.halted and self._halted_at is None:
            self._telling.halts()
        elif self._halted_at is not None and not batch.halted:
            self._telling.goes_on()
        self._halted_at = self._intake.read[CONTROL_TOPIC] if batch.halted else None

    async def take(self, batch: Batch, outputs: Outputs, journalled: Cut | None = None) -> None:
        """Commit a batch that has run, and hand on what it gives out.

        `journalled`: it was sent before, as this cut.
        """
        if batch.count == 0:
            return
        self._intake.taken(batch.consumed)
        if add_notice(self.engine, self.models, self._committing.before, outputs):
            self._telling.falls_back(back=not self.engine.verdict)
        commit = self._committing.take(outputs, self._intake.offsets, journalled)
        self.taken += batch.count
        self.condition.took(batch.count, len(outputs.decisions), len(outputs.dead_letters))
        self._note_how_it_is()
        await self._committing.begin(commit)
        self._cache.evict()

    def _note_how_it_is(self) -> None:
        cut, condition, waiting = self.cut, self.condition, self._intake.waiting
        condition.places = self._intake.places
        condition.cardholders = len(self.engine.ledger)
        condition.waiting_records, condition.waiting_bytes = waiting
        if cut is not None:
            condition.batch, condition.watermark = cut.batch, cut.watermark
