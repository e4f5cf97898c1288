"""Judges rows whose features were computed: scores them, runs the rules, asks the desk where it matters."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from features.calendar import DAY_US
from features.catalogue import MODEL_COLUMNS
from features.ledger import PENDING
from features.plan import EARLY_ONLY, plan_of, width_of
from features.streaming import lines_of
from rules.desk import Desk
from rules.facts import SCORE_BAND, SCORE_PD
from rules.judgement import Judgement
from rules.reads import shown_by, watched_by
from rules.shadow import shadow_of
from streams.lane.learning import treatments
from streams.lane.quiet import Quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from features.ledger import Ledger
    from models.score import SnapshotScorer
    from rules.case import Case
    from rules.evaluate import Evaluator, Verdicts
    from rules.records import Trigger
    from streams.lane.batch import Lesson, Outputs

MOST_ROWS: Final = 2_048
"""Rows judged in one pass at the most: it bounds the matrix, and changes no outcome."""

_MODEL_COLUMNS: Final = np.array(MODEL_COLUMNS, np.int64)


@dataclass(frozen=True, slots=True)
class Judged:
    """The first rows of the matrix: whose they are, as of when, and what was found of each."""

    slots: NDArray[np.int64]
    times_us: NDArray[np.int64]
    scores: NDArray[np.float64] | None
    """Default probabilities; None without a champion that is ready."""
    verdicts: Verdicts


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
        self._with_case: NDArray[np.bool_] = np.zeros(0, np.bool_)
        """Slots of which the desk has a case."""
        self._quiet = Quiet(len(evaluator.rules))
        self._widen(MOST_ROWS)

    def _plan_for(self, evaluator: Evaluator) -> None:
        """Compute what this rulebook reads."""
        self.watched_features = frozenset(watched_by(evaluator.book))
        self.plan = plan_of((*self._features, *shown_by(evaluator.book)), self.watched_features)

    def _widen(self, rows: int) -> None:
        self._width = width_of(self.plan)
        self.matrix: NDArray[np.float64] = lines_of(rows, self._width)
        wide = self._width > EARLY_ONLY
        self.early: NDArray[np.float64] = lines_of(rows, EARLY_ONLY) if wide else self.matrix
        """Its first columns side by side, and scores, which are nowhere else: what nearly all that judges
        reads, without the many between."""
        self.sheet: NDArray[np.float64] = np.full(self.matrix.shape[1], np.nan)
        """On which a wide line is written before it is put into both: it stays near the processor."""
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
            more = np.zeros(len(self._ledger.rows) - len(self.watched), np.bool_)
            self.watched = np.concatenate((self.watched, more))
            self._with_case = np.concatenate((self._with_case, more))
            self._quiet.grow(len(self.watched))

    def come(self, slots: NDArray[np.int64], cases: dict[int, Case]) -> None:
        """Cardholders whose rows were filled, and the cases of some."""
        self.grow()
        self.desk.cases.update(cases)
        self._mirror(cases)
        if self._shadow is not None:
            for slot in slots.tolist():
                self._shadow.come(slot, self._ledger.ids[slot])

    def leave(self, slots: NDArray[np.int64]) -> None:
        """These slots will be others'."""
        for slot in self.with_case(slots).tolist():
            del self.desk.cases[slot]
        if self._shadow is not None:
            for slot in slots.tolist():
                self._shadow.leave(slot, self._ledger.ids[slot])
        self.watched[slots] = self._with_case[slots] = False
        self._quiet.disturb(slots)

    def with_case(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of some slots of which there is a case."""
        self.grow()
        return slots[self._with_case[slots]]

    # --- judging -------------------------------------------------------------------------------------------

    def evaluate(self, slots: NDArray[np.int64], times_us: NDArray[np.int64], outputs: Outputs) -> Judged:
        """Score the first rows of the matrix, which are of `slots`, then all rules over them."""
        early = self.early[: len(slots)]
        scores = None
        if self.scorer is not None and self.scorer.snapshot.ready:
            scores = self.scorer.pd(np.take(early, _MODEL_COLUMNS, axis=1))
            self._note_scores(scores, self.scorer.snapshot.worst_band_pd)
            self._scored = True
        elif self._scored:
            self._note_scores(np.full(len(slots), np.nan), np.nan)
        evaluator = self.desk.evaluator
        verdicts = evaluator.verdicts(self._lines(len(slots), evaluator.width))
        if self._shadow is not None:
            acting = evaluator, verdicts
            lines = self._lines(len(slots), self._shadow.width)
            outputs.reports += self._shadow.look(lines, slots, self._ledger.ids, acting, times_us)
        return Judged(slots, times_us, scores, verdicts)

    def _note_scores(self, scores: NDArray[np.float64], band: float) -> None:
        self.early[: len(scores), SCORE_PD] = scores
        self.early[: len(scores), SCORE_BAND] = band

    def _lines(self, rows: int, width: int) -> NDArray[np.float64]:
        """The first rows, with at least so many columns."""
        if width <= EARLY_ONLY:
            return self.early[:rows]
        self.matrix[:rows, : self.early.shape[1]] = self.early[:rows]  # now with scores
        return self.matrix[:rows]

    def _row(self, n: int) -> array[float]:
        """One row, for code that reads it number by number."""
        row = array("d", self.early[n, : self._width].tobytes())
        row.frombytes(self.matrix[n, len(row) : self._width].tobytes())
        return row

    def moving(self, judged: Judged, day: int) -> NDArray[np.int64]:
        """The rows that a decision must look at."""
        return self._quiet.moving(judged.slots, self.watched, judged.verdicts, self.early, day)

    def decide(
        self,
        judged: Judged,
        rows: NDArray[np.int64],
        tells: Iterable[Callable[[], Trigger]],
        actives: Iterable[int],
        statements: Iterable[bool],
        outputs: Outputs,
    ) -> list[tuple[int, Lesson]]:
        """Decide on some rows, in their order; what learning is told of it, and of which row.

        Of each of them: `tells` tells what triggered it, `actives` the active accounts of the lane then,
        `statements` whether it brought a statement that was taken.
        """
        if not len(rows):
            return []
        ledger, desk, shadow = self._ledger, self.desk, self._shadow
        columns = zip(
            rows.tolist(),
            judged.slots[rows].tolist(),
            judged.times_us[rows].tolist(),
            repeat(None) if judged.scores is None else judged.scores[rows].tolist(),
            [desk.evaluator.verdict(codes.tobytes()) for codes in judged.verdicts.codes(rows)],
            tells,
            actives,
            statements,
            strict=False,
        )
        champion = None if self.scorer is None else self.scorer.snapshot
        lessons: list[tuple[int, Lesson]] = []
        last: dict[int, tuple[int, int]] = {}
        for n, slot, now_us, pd, verdict, tell, active, statement in columns:
            judgement = Judgement(
                slot=slot,
                cardholder=ledger.ids[slot],
                now_us=now_us,
                tell_trigger=tell,
                row=self._row(n),
                verdict=verdict,
                statement=statement,
                pd=pd,
                champion=champion,
            )
            decided = desk.judge(judgement, active)
            if decided:
                outputs.decisions += decided
                found = treatments(decided, judgement.trigger.occurred_us)
                lessons += ((n, treatment) for treatment in found)
            if shadow is not None:
                outputs.reports += shadow.judge(judgement, active)
            last[slot] = n, desk.stands_until(judgement)
        self._settle(judged, last)
        return lessons

    def _settle(self, judged: Judged, last: dict[int, tuple[int, int]]) -> None:
        """Remember how slots were decided on: of each the last row, and until when it stands.

        Those of whom a decision moved the limit that ratios are taken to are due on the next date: what was
        judged before that was judged by the other one.
        """
        places, until = zip(*last.values(), strict=True)
        rows = np.array(places, np.int64)
        self._quiet.settle(rows, judged.slots[rows], judged.verdicts, self.early, until)
        slots = judged.slots[rows]
        before = self._limits(slots)
        self._mirror(last)
        moved = self._limits(slots) != before
        due, slots, days = self._ledger.due, slots[moved], judged.times_us[rows[moved]] // DAY_US
        due[slots] = np.minimum(due[slots], days + 1)

    def _limits(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        """What ratios are taken to (contract 3.3)."""
        limits: NDArray[np.int64] = np.maximum(
            self._ledger.rows["limit"][slots], self._ledger.rows["floor"][slots]
        )
        return limits

    def result(self, slot: int, action_id: str, result: str, day: int) -> None:
        """Give an action's result, dated `day`, to the desk: it may move the floor."""
        self._quiet.disturb(np.array([slot], np.int64))
        self.desk.result(slot, action_id, result, day, int(self._ledger.rows[slot]["closed"]))
        self._mirror([slot])

    def reset_fuse(self) -> None:
        """A person closed the breaker: whatever it withheld is tried again at the next judgement."""
        self.desk.fuse.reset()
        self._quiet.disturb_all()

    def wake(self, slots: NDArray[np.int64], day: int) -> None:
        """Those with a case are due again when time alone may decide something."""
        watched = slots[self.watched[slots]]
        due = self._ledger.due
        due[watched] = np.minimum(due[watched], np.maximum(self._quiet.until[watched], day + 1))

    def _mirror(self, slots: Iterable[int]) -> None:
        """Tell rows what the compiled passes must know of their cases."""
        cases = self.desk.cases
        held = [slot for slot in slots if slot in cases]
        if held:
            floors, alone, watched = zip(*[cases[slot].marks for slot in held], strict=True)
            rows = self._ledger.rows
            rows["floor"][held] = floors
            rows["alone"][held] = alone
            self.watched[held] = watched
            self._with_case[held] = True
