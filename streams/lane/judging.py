"""Judges rows whose features were computed: scores them, runs the rules, asks the desk where it matters."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from features.catalogue import MODEL_COLUMNS
from features.ledger import PENDING
from features.plan import plan_of, width_of
from models.score import points
from rules.desk import Desk
from rules.facts import SCORE_BAND, SCORE_PD
from rules.judgement import Judgement
from rules.reads import shown_by, watched_by
from rules.records import Score
from rules.shadow import shadow_of
from streams.lane.quiet import Quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from features.ledger import Ledger
    from models.score import SnapshotScorer
    from rules.case import Case
    from rules.evaluate import Evaluator, Verdicts
    from rules.records import Record, Trigger
    from streams.lane.batch import Outputs

MOST_ROWS: Final = 2_048
"""Rows judged in one pass at the most: it bounds the matrix, and changes no outcome."""

_MODEL_COLUMNS: Final = np.array(MODEL_COLUMNS, np.int64)


class Judging:
    """All of a lane by which a row is judged, and what must be remembered of each slot for it."""

    def __init__(self, evaluator: Evaluator, ledger: Ledger, features: Sequence[str]) -> None:
        """`features` are computed beside those that the rulebook reads."""
        self._ledger = ledger
        self._features = features
        self._plan_for(evaluator)
        self.desk = Desk(evaluator)
        self._shadow = shadow_of(evaluator.book)
        self.scorer: SnapshotScorer | None = None
        self._scored = False
        """Whether the matrix bears scores of a champion."""
        self.watched: NDArray[np.bool_] = np.zeros(0, np.bool_)
        """Slots with an open episode or a standing cut: each of their rows is looked at."""
        self._quiet = Quiet(len(evaluator.rules))
        self._widen(MOST_ROWS)

    def _plan_for(self, evaluator: Evaluator) -> None:
        """Compute what this rulebook reads."""
        self.watched_features = frozenset(watched_by(evaluator.book))
        self.plan = plan_of((*self._features, *shown_by(evaluator.book)), self.watched_features)

    def _widen(self, rows: int) -> None:
        self.matrix: NDArray[np.float64] = np.full((rows, width_of(self.plan)), np.nan)
        self.labels: NDArray[np.int64] = np.empty((rows * PENDING, 4), np.int64)

    def use(self, evaluator: Evaluator) -> None:
        """Judge by another rulebook from now on; what was decided stays decided."""
        self.desk.evaluator = evaluator
        self._plan_for(evaluator)
        self._widen(len(self.matrix))
        self._shadow = shadow_of(evaluator.book)
        self._quiet = Quiet(len(evaluator.rules))
        self._quiet.grow(len(self.watched))

    # --- who takes part ------------------------------------------------------------------------------------

    def grow(self) -> None:
        """Make room for all slots of the ledger."""
        if len(self.watched) < len(self._ledger.rows):
            grown = np.zeros(len(self._ledger.rows), np.bool_)
            grown[: len(self.watched)] = self.watched
            self.watched = grown
            self._quiet.grow(len(grown))

    def come(self, slots: NDArray[np.int64], cases: dict[int, Case]) -> None:
        """Cardholders whose rows were filled, and the cases of some."""
        self.grow()
        self.desk.cases.update(cases)
        for slot in cases:
            self.mirror(slot)
        if self._shadow is not None:
            for slot in slots.tolist():
                self._shadow.come(slot, self._ledger.ids[slot])

    def leave(self, slots: NDArray[np.int64]) -> None:
        """These slots will be others'."""
        self.grow()
        cases = self.desk.cases
        for slot in slots.tolist() if self._shadow is not None or cases else ():
            cases.pop(slot, None)
            if self._shadow is not None:
                self._shadow.leave(slot, self._ledger.ids[slot])
        self.watched[slots] = False
        self._quiet.disturb(slots)

    # --- judging -------------------------------------------------------------------------------------------

    def evaluate(
        self, slots: NDArray[np.int64], times_us: Callable[[], Sequence[int]], outputs: Outputs
    ) -> tuple[NDArray[np.float64] | None, Verdicts]:
        """Score the first rows of the matrix, which are of `slots`, then all rules over them."""
        matrix = self.matrix[: len(slots)]
        scores = None
        if self.scorer is not None and self.scorer.snapshot.ready:
            scores = self.scorer.pd(np.take(matrix, _MODEL_COLUMNS, axis=1))
            matrix[:, SCORE_PD] = scores
            matrix[:, SCORE_BAND] = self.scorer.snapshot.worst_band_pd
            self._scored = True
        elif self._scored:
            matrix[:, [SCORE_PD, SCORE_BAND]] = np.nan
        verdicts = self.desk.evaluator.verdicts(matrix)
        if self._shadow is not None:
            acting = self.desk.evaluator, verdicts
            outputs.reports += self._shadow.look(matrix, slots, self._ledger.ids, acting, times_us())
        return scores, verdicts

    def moving(self, slots: NDArray[np.int64], verdicts: Verdicts, day: int) -> NDArray[np.int64]:
        """The rows that a decision must look at."""
        rows = np.flatnonzero(verdicts.hit | self.watched[slots])
        return self._quiet.moving(rows, slots, verdicts, self.matrix, day)

    def judge(
        self,
        slot: int,
        n: int,
        now_us: int,
        tell: Callable[[], Trigger],
        active: int,
        scores: NDArray[np.float64] | None,
        verdicts: Verdicts,
        outputs: Outputs,
        *,
        statement: bool = False,
    ) -> list[Record]:
        """Decide on the n-th row of the matrix, and what was decided; `active` accounts has the lane."""
        score = None
        if scores is not None and self.scorer is not None:
            pd = float(scores[n])
            snapshot = self.scorer.snapshot
            score = Score(points(pd), pd, snapshot.model_id, snapshot.version)
        row = array("d", self.matrix[n].tobytes())
        judgement = Judgement(
            slot=slot,
            cardholder=self._ledger.ids[slot],
            now_us=now_us,
            tell_trigger=tell,
            row=row,
            outcomes=verdicts.outcomes[:, n].tolist(),
            levels=verdicts.levels[:, n].tolist(),
            statement=statement,
            score=score,
        )
        decided = self.desk.judge(judgement, active)
        outputs.decisions += decided
        if self._shadow is not None:
            outputs.reports += self._shadow.judge(judgement, active)
        self._quiet.settle(slot, n, verdicts, row, self.desk.stands_until(judgement))
        self.mirror(slot)
        return decided

    def result(self, slot: int, action_id: str, result: str, day: int) -> None:
        """Give an action's result, dated `day`, to the desk: it may move the floor."""
        self._quiet.disturb(np.array([slot], np.int64))
        self.desk.result(slot, action_id, result, day, int(self._ledger.rows[slot]["closed"]))
        self.mirror(slot)

    def wake(self, slots: NDArray[np.int64], day: int) -> None:
        """Those with a case are due again when time alone may decide something."""
        watched = slots[self.watched[slots]]
        due = self._ledger.due
        due[watched] = np.minimum(due[watched], np.maximum(self._quiet.until[watched], day + 1))

    def mirror(self, slot: int) -> None:
        """Tell the row what the compiled pass must know of its case."""
        case = self.desk.cases.get(slot)
        if case is not None:
            row = self._ledger.rows[slot]
            row["floor"] = case.floor
            row["alone"] = case.alone
            self.watched[slot] = case.episode is not None or bool(case.standing)
