"""The pure heart of a lane: batches in, decisions out. No I/O, no clock; the same log gives the same bytes.

A batch is taken segment by segment (streams.lane.segments). Before the first record of a new date is applied,
time passes (streams.lane.passing).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from features.calendar import day_of
from features.inbound import layout
from features.inbound.structs import ActionResult
from features.ledger import NONE, Ledger
from features.order import DUPLICATE, TAKEN, WATERMARK, new_clock
from features.plan import DEFAULT_NAMES
from features.update import update
from rules.raises import candidates
from streams.lane.batch import Batch, Outputs
from streams.lane.inbox import Chunk, Inbox
from streams.lane.judging import MOST_ROWS, Judging
from streams.lane.learning import LABELLING, in_order, labels, observations, outcomes
from streams.lane.passing import Passing
from streams.lane.segments import Segment, segments_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from models.monitoring.verdict import Verdict
    from models.panel import Panel
    from models.score import SnapshotScorer
    from rules.case import Case
    from rules.evaluate import Evaluator
    from rules.records import Trigger
    from streams.lane.batch import Lesson


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
        self._judging = Judging(evaluator, self.ledger, tuple(features))
        self._passing = Passing(self.ledger, self._judging, learns=learns)
        self.desk = self._judging.desk
        self.inbox = Inbox()
        self.clock = new_clock()
        self.panel: Panel | None = None
        """Models that look on, and decide nothing; exchanged with the champion."""
        self.verdict: Verdict | None = None
        """By which the lane has fallen back from an unstable champion; exchanged with it."""
        self.counts: NDArray[np.int64] = np.zeros(5, np.int64)
        self.duplicates = 0
        self._segment = 0
        self._batches = 0
        self._finished = True
        self.taken = 0
        """How many records of the batch under way are done with."""
        self._batch: Batch | None = None
        self._segments: list[Segment] = []
        self._judged: NDArray[np.int64] = np.empty((MOST_ROWS, 4), np.int64)

    @property
    def scorer(self) -> SnapshotScorer | None:
        """The champion; exchanged between batches."""
        return self._judging.scorer

    @scorer.setter
    def scorer(self, champion: SnapshotScorer | None) -> None:
        self._judging.scorer = champion

    @property
    def watched(self) -> frozenset[str]:
        """The features by which rules are judged in time."""
        return self._judging.watched_features

    @property
    def wakes_on(self) -> int | None:
        """A date on which all are due, whatever their rows say."""
        return self._passing.wakes_on

    def judged_until_now_by(self, watched: frozenset[str], wakes_on: int | None = None) -> None:
        """Rows are due by what was `watched` so far; by what is new, all are on the next date.

        `wakes_on`: the date on which all were due anyway.
        """
        if wakes_on is not None:
            self._passing.wake_all_on(wakes_on)
        if self.day is not None and not self.watched <= watched:
            self._passing.wake_all_on(self.day + 1)

    def put(self, topic: int, chunk: Chunk) -> None:
        """Queue records of one topic."""
        self.inbox.put(topic, chunk)

    def begin(self, more: NDArray[np.bool_]) -> Batch:
        """Merge what waits into a batch; `more[k]` says that topic k has unread records in the log."""
        self._passing.day_before = self.day
        batch = Batch(self.inbox, more, self.clock, self.ledger.rows)
        self._batches += 1
        self.ledger.used[batch.slot[batch.slot >= 0]] = self._batches
        self._batch = batch
        self._finished = False
        self.taken = 0
        self._segments = segments_of(batch)
        self._judging.grow()
        needed = int(np.count_nonzero((batch.kind == layout.PAYMENT) | (batch.kind == layout.STATEMENT)))
        self.ledger.payments.reserve(needed)
        self.ledger.unpaid.reserve(needed)
        return batch

    def enter(self, slots: NDArray[np.int64], cases: dict[int, Case]) -> None:
        """Cardholders whose rows were filled take part from now on."""
        self._passing.wake(slots)
        self._judging.come(slots, cases)

    def with_case(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of some slots of which the desk has a case."""
        return self._judging.with_case(slots)

    def forget(self, slots: NDArray[np.int64]) -> None:
        """Cardholders leave; what is to be kept of them is told by streams.lane.persistence.rows_of."""
        self._judging.leave(slots)
        self.ledger.forget(slots)

    def use(self, evaluator: Evaluator) -> None:
        """Judge by another rulebook from now on; only between batches. What was decided stays decided."""
        before = self.watched
        self._judging.use(evaluator)
        self.judged_until_now_by(before)

    # --- dates ---------------------------------------------------------------------------------------------

    @property
    def day(self) -> int | None:
        """The lane's date."""
        watermark = int(self.clock[WATERMARK])
        return None if watermark == NONE else day_of(watermark)

    @property
    def day_before(self) -> int | None:
        """The last date that was entered."""
        return self._passing.day_before

    @property
    def next_day(self) -> int | None:
        """The date of the next segment of the batch that is under way."""
        return self._segments[0].day if self._segments else None

    @property
    def dates_ahead(self) -> range:
        """The dates that are entered before the next segment of the batch under way."""
        before, ahead = self.day_before, self.next_day
        return range(0) if before is None or ahead is None else range(before + 1, ahead + 1)

    def pass_date(self, day: int, slots: NDArray[np.int64] | None = None) -> Outputs:
        """Judge all (or these) whom the next date ahead changes; piece must follow piece in order of id."""
        outputs = Outputs()
        dues = self.ledger.due if slots is None else self.ledger.due[slots]
        due = np.flatnonzero(dues <= day)
        due = due if slots is None else slots[due]
        self._passing.judge(due, day, self._telling(self._segments[0].start), int(self.counts[2]), outputs)
        return outputs

    def enter_date(self, day: int) -> None:
        """All whom the date changes were judged."""
        self._passing.enter(day)

    def _telling(self, place: int) -> Callable[[], Trigger]:
        """Tells the record at a place of the batch under way as a trigger."""
        assert self._batch is not None, "begin comes first"
        return partial(self._batch.trigger, place, self.lane, self.prefix)

    # --- a batch -------------------------------------------------------------------------------------------

    def run(self, until_day: int | None = None) -> Outputs:
        """Process the batch under way, up to a lane date (all of it by default)."""
        batch = self._batch
        assert batch is not None, "begin comes first"
        outputs = Outputs()
        while self._segments and (until_day is None or self._segments[0].day <= until_day):
            segment = self._segments.pop(0)
            self._passing.up_to(segment.day, self._telling(segment.start), int(self.counts[2]), outputs)
            self._passing.enter(segment.day)
            self._take(batch, segment, outputs)
            self.taken = segment.stop
        if not self._segments and not self._finished:
            self._finish(batch, outputs)
        return outputs

    def _finish(self, batch: Batch, outputs: Outputs) -> None:
        fates = batch.fate[: batch.count]
        for place in np.flatnonzero(fates > DUPLICATE).tolist():
            outputs.dead_letters.append(batch.dead_letter(place, self.lane, self.prefix))
        self.duplicates += int((fates == DUPLICATE).sum())
        self.taken = batch.count
        self._finished = True

    def _take(self, batch: Batch, segment: Segment, outputs: Outputs) -> None:
        kind = int(batch.kind[batch.order[segment.start]])
        if batch.fate[segment.start] == TAKEN:
            if kind == layout.RESET:
                self._judging.reset_fuse()
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
        day = day_of(int(batch.occurred[index]))
        self._judging.result(int(batch.slot[index]), record.action_id, record.result, day)

    def _update(self, batch: Batch, start: int, stop: int, day: int, outputs: Outputs) -> int:
        self._segment += 1
        ledger, judging = self.ledger, self._judging
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
            judging.plan,
            LABELLING,
            self._judged,
            judging.matrix,
            judging.early,
            judging.sheet,
            judging.labels,
            self.counts,
        )
        count = int(self.counts[0])
        if count == 0:
            return int(stopped)
        judged = self._judged[:count]
        early = judging.early[:count]
        slots = batch.slot[batch.order[judged[:, 0]]]
        ledger.dirty[slots] = True
        seen = judging.evaluate(slots, batch.watermark[judged[:, 0]], outputs)
        lessons: list[tuple[int, Lesson]] = []
        if self.learns:
            now = int(batch.watermark[stopped - 1])
            # they come of an outcome, which is alone in its segment
            outputs.lessons += labels(judging.labels[: int(self.counts[1])], ledger.ids, now)
            lessons += outcomes(batch, judged, ledger.ids)
            lessons += observations(batch, judged, early, ledger.ids, self.panel, self.scorer)
        looked_at = judging.moving(seen, day)
        raised = np.flatnonzero((judged[:, 1] > 0) & candidates(early, self.desk.evaluator))
        if len(raised):
            looked_at = np.union1d(looked_at, raised)
        places, statements, _, actives = judged[looked_at].T.tolist()
        tells = map(self._telling, places)
        lessons += judging.decide(seen, looked_at, tells, actives, map(bool, statements), outputs)
        if self.learns:
            outputs.lessons += in_order(lessons)
        judging.wake(slots, day)
        return int(stopped)
