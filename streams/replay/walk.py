"""Runs a lane again along its journal, beside the workers and without a store: the log alone is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from features.inbound.layout import TOPICS
from streams.lane.cuts import cut_of
from streams.lane.intake import Intake
from streams.lane.messages import messages_of
from streams.lane.notices import add_notice
from streams.lane.persistence import restore, rows_of
from streams.lane.repeat import Repetition
from streams.lane.tuning import NoModels, Tuning
from streams.ports.failures import UnusableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from streams.checkpoint.form import Checkpoint
    from streams.lane.engine import LaneEngine
    from streams.lane.tuning import Models, Rulebooks
    from streams.ports.log import Log
    from streams.ports.outbox import Cut, Message
    from streams.ports.rows import Rows


@dataclass(frozen=True, slots=True)
class Step:
    """One batch, run again."""

    was: Cut
    """What the journal says of it."""
    cut: Cut
    """What is to be said of it now, chained to the journal's batch before it."""
    before: Cut | None
    """The journal's batch before it."""
    messages: list[Message]
    """All that it gives out."""
    records: int

    @property
    def same(self) -> bool:
        """Whether it took the same records, gives the same bytes, and follows the same past."""
        return self.was.chain == self.cut.chain


async def journal_of(log: Log, lane: int) -> list[Cut]:
    """All cuts of a lane, without a gap. Raises UnusableError."""
    cuts = await log.cuts(lane, 0)
    if not cuts:
        raise UnusableError(f"lane {lane}: the journal is empty")
    numbers = np.array([cut.batch for cut in cuts])
    gaps = np.flatnonzero(np.diff(numbers) != 1)
    if len(gaps):
        last, following = int(numbers[gaps[0]]), int(numbers[gaps[0] + 1])
        raise UnusableError(f"lane {lane}: the journal lacks the batches {last + 1} to {following - 1}")
    return cuts


class Walk:
    """An engine that is taken along the cuts of a journal, batch by batch."""

    def __init__(
        self,
        log: Log,
        engine: LaneEngine,
        *,
        models: Models | None = None,
        rulebooks: Rulebooks | None = None,
        tuning: Tuning | None = None,
        after: Cut | None = None,
    ) -> None:
        self.engine = engine
        self._log = log
        self._models = models or NoModels()
        self._rulebooks = rulebooks
        self._tuning = tuning or Tuning()
        self.after = after
        """The batch that the engine has behind it."""

    async def along(self, cuts: Sequence[Cut]) -> AsyncIterator[Step]:
        """Run the batches of these cuts, of which the first follows what the engine has behind it.

        Raises UnusableError when the log, a model or a rulebook is not to be had any more, and
        UnreachableError.
        """
        lane = self.engine.lane
        following = 1 if self.after is None else self.after.batch + 1
        if cuts and cuts[0].batch != following:
            raise UnusableError(
                f"lane {lane}: the journal begins with batch {cuts[0].batch}, not {following}"
            )
        offsets = await self._begin()
        reader = await self._log.reader(lane, offsets)
        intake = Intake(reader, self.engine, self._tuning, offsets)
        again = Repetition(self.engine, intake, self._models, self._rulebooks, _Refuses(lane), _once)
        try:
            for was in cuts:
                batch, outputs = await again.batch(was)
                intake.taken(batch.consumed)
                before = self.after
                add_notice(self.engine, self._models, before, outputs)
                messages = messages_of(outputs)
                cut = cut_of(self.engine, intake.offsets, messages, before, before)
                self.after = was
                yield Step(was, cut, before, messages, batch.count)
        finally:
            await intake.close()

    def begin_at(self, found: Checkpoint) -> None:
        """Bring a fresh engine to where a checkpoint was taken."""
        restore(self.engine, found.trailer.state, found.rows.items())
        self.after = found.trailer.cut

    def rows(self) -> Rows:
        """Those of all whom an accepted record was about, as a store has them."""
        return rows_of(self.engine, self.engine.ledger.known())

    async def _begin(self) -> list[int]:
        """The offsets from which to read."""
        starts = await self._log.starts(self.engine.lane)
        if self.after is None:
            if any(starts):
                raise UnusableError(
                    f"lane {self.engine.lane}: the log has dropped its beginning: {_places(starts)}"
                )
            return starts
        if any(map(int.__gt__, starts, self.after.offsets)):
            raise UnusableError(
                f"lane {self.engine.lane}: the log has dropped records after batch {self.after.batch}: "
                f"{_places(starts)}"
            )
        return list(self.after.offsets)


def _places(starts: Sequence[int]) -> str:
    held = (f"{topic} from {start}" for topic, start in zip(TOPICS, starts, strict=True) if start)
    return "it holds " + ", ".join(held)


class _Refuses:
    """By another model or rulebook the outcome would mean nothing."""

    def __init__(self, lane: int) -> None:
        self._lane = lane

    def model(self, cut: Cut) -> None:
        raise UnusableError(
            f"lane {self._lane}: batch {cut.batch} was scored by model {cut.model}, "
            "which is not to be had any more"
        )

    def panel(self, cut: Cut) -> None:
        raise UnusableError(
            f"lane {self._lane}: in batch {cut.batch} {', '.join(cut.panel or ())} looked on, "
            "and one of them is not to be had any more"
        )

    def rulebook(self, cut: Cut) -> None:
        raise UnusableError(
            f"lane {self._lane}: batch {cut.batch} was judged by rulebook {cut.rulebook}, "
            "which is not to be had: it was never published, and POSTLOAN_RULEBOOK names another"
        )


async def _once(attempt: Callable[[], Awaitable[Any]]) -> Any:
    return await attempt()


async def replayed(
    log: Log, engine: LaneEngine, *, models: Models | None = None, rulebooks: Rulebooks | None = None
) -> tuple[list[Message], Walk]:
    """All that a lane gives out along its whole journal, and the walk, at whose end its state can be read.

    `engine` is a fresh one of that lane. Raises as `journal_of` and `Walk.along` do.
    """
    walk = Walk(log, engine, models=models, rulebooks=rulebooks)
    cuts = await journal_of(log, engine.lane)
    return [message async for step in walk.along(cuts) for message in step.messages], walk
