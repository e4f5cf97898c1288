"""Runs batches again at the places where the journal says they were cut, by what was in force then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from features.inbound.layout import TOPICS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.lane.batch import Batch, Outputs
    from streams.lane.engine import LaneEngine
    from streams.lane.intake import Intake
    from streams.lane.tuning import Models, Rulebooks
    from streams.ports.outbox import Cut

_NONE_LEFT = np.zeros(len(TOPICS), np.bool_)

Patiently = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Awaits what it is given, and may do so again when that was unreachable."""

Work = Callable[["NDArray[np.bool_]"], Awaitable["tuple[Batch, Outputs]"]]


class Lacks(Protocol):
    """Takes what a repetition needs and cannot have: it goes on without if this returns."""

    def model(self, cut: Cut) -> None: ...
    def panel(self, cut: Cut) -> None: ...
    def rulebook(self, cut: Cut) -> None: ...


class Repetition:
    """One lane's engine, taken from cut to cut."""

    def __init__(
        self,
        engine: LaneEngine,
        intake: Intake,
        models: Models,
        rulebooks: Rulebooks | None,
        lacks: Lacks,
        patiently: Patiently,
        work: Work | None = None,
    ) -> None:
        """Without `rulebooks` the engine's own is the only one; `work` takes a batch of what waits."""
        self._engine = engine
        self._intake = intake
        self._models = models
        self._rulebooks = rulebooks
        self._lacks = lacks
        self._patiently = patiently
        self._work = work or self._run

    async def batch(self, cut: Cut) -> tuple[Batch, Outputs]:
        """Read and run the batch that ended at a cut. The engine must be where the cut before it ended."""
        self._judge_by(cut)
        self._engine.scorer = None
        if cut.model is not None:
            model = cut.model
            self._engine.scorer = await self._patiently(lambda: self._models.named(model))
            if self._engine.scorer is None:
                self._lacks.model(cut)
        self._engine.panel = None
        if cut.panel is not None:
            names = cut.panel
            self._engine.panel = await self._patiently(lambda: self._models.panel_named(names))
            if self._engine.panel is None:
                self._lacks.panel(cut)
        self._engine.verdict = None
        if cut.verdict is not None:
            self._engine.verdict = self._models.verdict_named(cut.verdict)
            if self._engine.verdict is None:
                self._lacks.model(cut)
        while not await self._patiently(lambda: self._intake.gather_up_to(cut.offsets)):
            pass
        return await self._work(_NONE_LEFT)

    async def _run(self, more: NDArray[np.bool_]) -> tuple[Batch, Outputs]:
        """An engine that has all its rows."""
        batch = self._engine.begin(more)
        return batch, self._engine.run()

    def _judge_by(self, cut: Cut) -> None:
        if self._engine.desk.evaluator.book.version == cut.rulebook:
            return
        found = None if self._rulebooks is None else self._rulebooks.named(cut.rulebook)
        if found is None:
            self._lacks.rulebook(cut)
            found = None if self._rulebooks is None else self._rulebooks.current()
        if found is not None and found is not self._engine.desk.evaluator:
            self._engine.use(found)
