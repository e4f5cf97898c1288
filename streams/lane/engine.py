"""The pure heart of a lane: batches in, decisions out. No I/O, no clock; the same log gives the same bytes.

A batch is cut into segments: runs within one lane date, with action results, breaker resets and outcomes on
their own: the labels that an outcome gives are dated by it, wherever the batch ends.
Before the first record of a new date is applied, time passes: all whom the date changes are judged (4.2).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from features.calendar import DAY_US, day_of
from features.catalogue import MODEL_COLUMNS
from features.inbound import layout
from features.inbound.structs import ActionResult
from features.ledger import NONE, PENDING, Ledger
from features.order import DUPLICATE, TAKEN, WATERMARK, new_clock
from features.plan import DEFAULT_NAMES, plan_of, width_of
from features.update import sweep, update
from models.maturity import BAD_DPD, CLEAN_DPD, OUTCOME_WINDOW_DAYS
from models.monitoring.verdict import Verdict
from models.score import Champion, points
from rules.case import Case
from rules.desk import Desk
from rules.evaluate import Evaluator, Verdicts
from rules.facts import SCORE_BAND, SCORE_PD
from rules.judgement import Judgement
from rules.raises import candidates
from rules.reads import told_by, watched_by
from rules.records import Score, Trigger
from rules.shadow import shadow_of
from streams.lane.batch import Batch, Outputs
from streams.lane.inbox import Chunk, Inbox
from streams.lane.learning import labels, observations, treatments
from streams.lane.quiet import Quiet

if TYPE_CHECKING:
    from models.panel import Panel

LABELLING: Final = np.array([OUTCOME_WINDOW_DAYS, BAD_DPD, CLEAN_DPD], np.int64)
MOST_ROWS: Final = 2_048
"""Rows judged in one pass at the most: it bounds the matrix, and changes no outcome."""

_MODEL_COLUMNS: Final = np.array(MODEL_COLUMNS, np.int64)


@dataclass(slots=True)
class _Segment:
    start: int
    stop: int
    day: int


class LaneEngine:
    """All that a lane knows, and the pass over its records."""

    def __init__(
        self,
        lane: int,
        evaluator: Evaluator,
        prefix: str = "postloan.",
        *,
        learns: bool = True,
        features: Iterable[str] = DEFAULT_NAMES,
    ) -> None:
        """`features` are computed beside those that the rulebook reads."""
        self.lane = lane
        self.prefix = prefix
        self.learns = learns
        """Whether observations and labels are given out."""
        self.ledger = Ledger()
        self._features = tuple(features)
        self._plan_for(evaluator)
        self.desk = Desk(evaluator)
        self._shadow = shadow_of(evaluator.book)
        self.inbox = Inbox()
        self.clock = new_clock()
        self.scorer: Champion | None = None
        """The champion; exchanged between batches."""
        self.panel: Panel | None = None
        """Models that look on, and decide nothing; exchanged with it."""
        self.verdict: Verdict | None = None
        """By which the lane has fallen back from an unstable champion; exchanged with it."""
        self.counts: NDArray[np.int64] = np.zeros(5, np.int64)
        self.duplicates = 0
        self._watched: NDArray[np.bool_] = np.zeros(0, np.bool_)
        """Slots with an open episode or a standing cut: each of their rows is looked at."""
        self._quiet = Quiet(len(evaluator.rules))
        self._segment = 0
        self._batches = 0
        self.day_before: int | None = None
        """The last date that was entered."""
        self.wakes_on: int | None = None
        """A date on which all are due, whatever their rows say."""
        self._finished = True
        self._scored = False
        """Whether the matrix bears scores of a champion."""
        self.taken = 0
        """How many records of the batch under way are done with."""
        self._batch: Batch | None = None
        self._segments: list[_Segment] = []
        self._judged: NDArray[np.int64] = np.empty((MOST_ROWS, 4), np.int64)
        self._widen(MOST_ROWS)

    def _widen(self, rows: int) -> None:
        self._matrix: NDArray[np.float64] = np.full((rows, width_of(self._plan)), np.nan)
        self._labels: NDArray[np.int64] = np.empty((rows * PENDING, 4), np.int64)

    def _plan_for(self, evaluator: Evaluator) -> None:
        """Compute what this rulebook reads."""
        self.watched = frozenset(watched_by(evaluator.book))
        self._plan = plan_of((*self._features, *told_by(evaluator.book)), self.watched)

    def judged_until_now_by(self, watched: frozenset[str]) -> None:
        """Rows are due by what was `watched` so far; by what is new, all are on the next date."""
        if self.day is None or self.watched <= watched:
            return
        self.wakes_on = self.day + 1 if self.wakes_on is None else min(self.wakes_on, self.day + 1)
        known = self.ledger.known()
        self.ledger.due[known] = np.minimum(self.ledger.due[known], self.wakes_on)

    def put(self, topic: int, chunk: Chunk) -> None:
        """Queue records of one topic."""
        self.inbox.put(topic, chunk)

    def begin(self, more: NDArray[np.bool_]) -> Batch:
        """Merge what waits into a batch; `more[k]` says that topic k has unread records in the log."""
        self.day_before = self.day
        batch = Batch(self.inbox, more, self.clock, self.ledger.rows)
        self._batches += 1
        self.ledger.used[batch.slot[batch.slot >= 0]] = self._batches
        self._batch = batch
        self._finished = False
        self.taken = 0
        self._segments = self._cut(batch)
        self._grow()
        needed = int(np.isin(batch.kind, (layout.PAYMENT, layout.STATEMENT)).sum())
        self.ledger.payments.reserve(needed)
        self.ledger.unpaid.reserve(needed)
        return batch

    def _grow(self) -> None:
        if len(self._watched) < len(self.ledger.rows):
            grown = np.zeros(len(self.ledger.rows), np.bool_)
            grown[: len(self._watched)] = self._watched
            self._watched = grown
            self._quiet.grow(len(grown))

    def enter(self, slots: NDArray[np.int64], cases: dict[int, Case]) -> None:
        """Cardholders whose rows were filled take part from now on."""
        self._grow()
        if self.wakes_on is not None:
            self.ledger.due[slots] = np.minimum(self.ledger.due[slots], self.wakes_on)
        self.desk.cases.update(cases)
        for slot in cases:
            self._mirror(slot)
        if self._shadow is not None:
            for slot in slots.tolist():
                self._shadow.come(slot, self.ledger.ids[slot])

    def forget(self, slots: NDArray[np.int64]) -> None:
        """Cardholders leave; what is to be kept of them is told by streams.lane.persistence.rows_of."""
        self._grow()
        cases = self.desk.cases
        for slot in slots.tolist() if self._shadow is not None or cases else ():
            cases.pop(slot, None)
            if self._shadow is not None:
                self._shadow.leave(slot, self.ledger.ids[slot])
        self._watched[slots] = False
        self._quiet.disturb(slots)
        self.ledger.forget(slots)

    def use(self, evaluator: Evaluator) -> None:
        """Judge by another rulebook from now on; only between batches. What was decided stays decided."""
        self.desk.evaluator = evaluator
        before = self.watched
        self._plan_for(evaluator)
        self._widen(len(self._matrix))
        self.judged_until_now_by(before)
        self._shadow = shadow_of(evaluator.book)
        self._quiet = Quiet(len(evaluator.rules))
        self._quiet.grow(len(self._watched))

    @property
    def day(self) -> int | None:
        """The lane's date."""
        watermark = int(self.clock[WATERMARK])
        return None if watermark == NONE else day_of(watermark)

    @property
    def next_day(self) -> int | None:
        """The date of the next segment of the batch that is under way."""
        return self._segments[0].day if self._segments else None

    @property
    def dates_ahead(self) -> range:
        """The dates that are entered before the next segment of the batch under way."""
        before, ahead = self.day_before, self.next_day
        return range(0) if before is None or ahead is None else range(before + 1, ahead + 1)

    def _cut(self, batch: Batch) -> list[_Segment]:
        """Segments of a batch. Dead letters lie between the records of a segment, and are passed over."""
        accepted = np.flatnonzero(batch.fate[: batch.count] <= DUPLICATE)
        if not len(accepted):
            return []
        days = batch.watermark[accepted] // DAY_US
        kinds = batch.kind[batch.order[accepted]]
        alone = (kinds == layout.RESULT) | (kinds == layout.RESET) | (kinds == layout.OUTCOME)
        first = np.zeros(len(accepted), np.bool_)
        first[0] = True
        first[1:] = (days[1:] != days[:-1]) | alone[1:] | alone[:-1]
        heads = np.flatnonzero(first)
        tails = np.append(heads[1:], len(accepted)) - 1
        return [
            _Segment(int(accepted[head]), int(accepted[tail]) + 1, int(days[head]))
            for head, tail in zip(heads, tails, strict=True)
        ]

    def run(self, until_day: int | None = None) -> Outputs:
        """Process the batch under way, up to a lane date (all of it by default)."""
        batch = self._batch
        assert batch is not None, "begin comes first"
        outputs = Outputs()
        while self._segments and (until_day is None or self._segments[0].day <= until_day):
            segment = self._segments.pop(0)
            if self.day_before is not None and segment.day > self.day_before:
                self._pass_time(batch, segment, outputs)
            self.enter_date(segment.day)
            self._take(batch, segment, outputs)
            self.taken = segment.stop
        if not self._segments and not self._finished:
            self._finish(batch, outputs)
        if self.learns:
            outputs.treatments += treatments(outputs.decisions)
        return outputs

    def _finish(self, batch: Batch, outputs: Outputs) -> None:
        fates = batch.fate[: batch.count]
        for place in np.flatnonzero(fates > DUPLICATE).tolist():
            outputs.dead_letters.append(batch.dead_letter(place, self.lane, self.prefix))
        self.duplicates += int((fates == DUPLICATE).sum())
        self.taken = batch.count
        self._finished = True

    def pass_date(self, day: int, slots: NDArray[np.int64] | None = None) -> Outputs:
        """Judge all (or these) whom the next date ahead changes; piece must follow piece in order of id."""
        assert self._batch is not None, "begin comes first"
        outputs = Outputs()
        dues = self.ledger.due if slots is None else self.ledger.due[slots]
        due = np.flatnonzero(dues <= day)
        self._judge_due(self._batch, due if slots is None else slots[due], day, self._segments[0], outputs)
        return outputs

    def enter_date(self, day: int) -> None:
        """All whom the date changes were judged."""
        self.day_before = day
        if self.wakes_on is not None and day >= self.wakes_on:
            self.wakes_on = None

    def _pass_time(self, batch: Batch, segment: _Segment, outputs: Outputs) -> None:
        """Judge whom each date entered changes, as of its 00:00; the segment's first record triggers it."""
        assert self.day_before is not None, "nothing passes before the first date"
        day = self.day_before + 1
        while len(self.ledger):
            dues = self.ledger.due[: len(self.ledger.ids)]
            day = max(day, int(dues.min()))
            if day > segment.day:
                return
            self._judge_due(batch, np.flatnonzero(dues <= day), day, segment, outputs)
            day += 1

    def _judge_due(
        self, batch: Batch, slots: NDArray[np.int64], day: int, segment: _Segment, outputs: Outputs
    ) -> None:
        """Judge these slots as of 00:00 of a date, in byte order of their ids."""
        ordered = np.array(sorted(slots.tolist(), key=self.ledger.ids.__getitem__), np.int64)
        tell = partial(batch.trigger, segment.start, self.lane, self.prefix)
        for start in range(0, len(ordered), MOST_ROWS):
            self._judge_some(ordered[start : start + MOST_ROWS], day, tell, outputs)

    def _judge_some(
        self, due: NDArray[np.int64], day: int, tell: Callable[[], Trigger], outputs: Outputs
    ) -> None:
        ledger = self.ledger
        matrix = self._matrix[: len(due)]
        matured = sweep(
            due,
            day,
            ledger.rows,
            ledger.due,
            ledger.payments.entries,
            ledger.unpaid.entries,
            ledger.tiles.entries,
            self._plan,
            LABELLING,
            matrix,
            self._labels,
        )
        ledger.dirty[due] = True
        if self.learns and matured:
            outputs.labels += labels(self._labels[:matured], ledger.ids, day * DAY_US)
        scores, verdicts = self._evaluate(matrix)
        if self._shadow is not None:
            times = [day * DAY_US] * len(due)
            acting = self.desk.evaluator, verdicts
            outputs.reports += self._shadow.look(matrix, due, ledger.ids, acting, times)
        rows = np.flatnonzero(verdicts.hit | self._watched[due])
        active = int(self.counts[2])
        for n in self._quiet.moving(rows, due, verdicts, matrix, day).tolist():
            self._judge(int(due[n]), n, day * DAY_US, tell, active, scores, verdicts, outputs)
        self._wake(due, day)

    def _take(self, batch: Batch, segment: _Segment, outputs: Outputs) -> None:
        kind = int(batch.kind[batch.order[segment.start]])
        if batch.fate[segment.start] == TAKEN:
            if kind == layout.RESET:
                self.desk.fuse.reset()
                return
            if kind == layout.RESULT:
                self._result(batch, segment.start)
        start = segment.start
        while start < segment.stop:
            start = self._update(batch, start, min(segment.stop, start + MOST_ROWS), segment.day, outputs)

    def _result(self, batch: Batch, place: int) -> None:
        """Give an action's result to the desk before its cardholder is judged: it may move the floor."""
        record = batch.record(place)
        assert isinstance(record, ActionResult), "its kind says so"
        index = batch.order[place]
        slot = int(batch.slot[index])
        day = day_of(int(batch.occurred[index]))
        self._quiet.disturb(batch.slot[[index]])
        self.desk.result(slot, record.action_id, record.result, day, int(self.ledger.rows[slot]["closed"]))
        self._mirror(slot)

    def _update(self, batch: Batch, start: int, stop: int, day: int, outputs: Outputs) -> int:
        self._segment += 1
        ledger = self.ledger
        ledger.tiles.reserve()
        stopped = update(
            start,
            stop,
            batch.order,
            batch.fate,
            batch.kind,
            batch.occurred,
            batch.slot,
            batch.fields,
            day,
            self._segment,
            ledger.rows,
            ledger.due,
            ledger.payments.entries,
            ledger.payments.free,
            ledger.unpaid.entries,
            ledger.unpaid.free,
            ledger.tiles.entries,
            ledger.tiles.heads,
            self._plan,
            LABELLING,
            self._judged,
            self._matrix,
            self._labels,
            self.counts,
        )
        count = int(self.counts[0])
        if count == 0:
            return int(stopped)
        judged = self._judged[:count]
        matrix = self._matrix[:count]
        slots = batch.slot[batch.order[judged[:, 0]]]
        ledger.dirty[slots] = True
        scores, verdicts = self._evaluate(matrix)
        if self.learns:
            now = int(batch.watermark[stopped - 1])
            outputs.labels += labels(self._labels[: int(self.counts[1])], ledger.ids, now)
            outputs.observations += observations(batch, judged, matrix, ledger.ids, self.panel, self.scorer)
        if self._shadow is not None:
            times = batch.watermark[judged[:, 0]].tolist()
            acting = self.desk.evaluator, verdicts
            outputs.reports += self._shadow.look(matrix, slots, ledger.ids, acting, times)
        issued = judged[:, 1] > 0
        rows = np.flatnonzero(verdicts.hit | self._watched[slots])
        looked_at = self._quiet.moving(rows, slots, verdicts, matrix, day)
        raised = np.flatnonzero(issued & candidates(matrix, self.desk.evaluator))
        if len(raised):
            looked_at = np.union1d(looked_at, raised)
        for n in looked_at.tolist():
            place, statement, _, active = judged[n].tolist()
            tell = partial(batch.trigger, place, self.lane, self.prefix)
            now = int(batch.watermark[place])
            self._judge(
                int(slots[n]), n, now, tell, active, scores, verdicts, outputs, statement=statement > 0
            )
        self._wake(slots, day)
        return int(stopped)

    def _wake(self, slots: NDArray[np.int64], day: int) -> None:
        """Those with a case are due again when time alone may decide something."""
        watched = slots[self._watched[slots]]
        due = self.ledger.due
        due[watched] = np.minimum(due[watched], np.maximum(self._quiet.until[watched], day + 1))

    def _evaluate(self, matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64] | None, Verdicts]:
        """Score all rows, then all rules over all rows."""
        scores = None
        if self.scorer is not None and self.scorer.snapshot.ready:
            scores = self.scorer.pd(matrix[:, _MODEL_COLUMNS])
            matrix[:, SCORE_PD] = scores
            matrix[:, SCORE_BAND] = self.scorer.snapshot.worst_band_pd
            self._scored = True
        elif self._scored:
            matrix[:, [SCORE_PD, SCORE_BAND]] = np.nan
        return scores, self.desk.evaluator.verdicts(matrix)

    def _judge(
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
    ) -> None:
        score = None
        if scores is not None and self.scorer is not None:
            pd = float(scores[n])
            snapshot = self.scorer.snapshot
            score = Score(points(pd), pd, snapshot.model_id, snapshot.version)
        row = array("d", self._matrix[n].tobytes())
        judgement = Judgement(
            slot=slot,
            cardholder=self.ledger.ids[slot],
            now_us=now_us,
            tell_trigger=tell,
            row=row,
            outcomes=verdicts.outcomes[:, n].tolist(),
            levels=verdicts.levels[:, n].tolist(),
            statement=statement,
            score=score,
        )
        outputs.decisions += self.desk.judge(judgement, active)
        if self._shadow is not None:
            outputs.reports += self._shadow.judge(judgement, active)
        self._quiet.settle(slot, n, verdicts, row, self.desk.stands_until(judgement))
        self._mirror(slot)

    def _mirror(self, slot: int) -> None:
        """Tell the row what the compiled pass must know of its case."""
        case = self.desk.cases.get(slot)
        if case is not None:
            row = self.ledger.rows[slot]
            row["floor"] = case.floor
            row["alone"] = case.alone
            self._watched[slot] = case.episode is not None or bool(case.standing)
