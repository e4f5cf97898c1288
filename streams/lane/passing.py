"""The passing of time: before the first record of a new date, all whom the date changes are judged."""

from __future__ import annotations

from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from features.calendar import DAY_US
from features.update import sweep
from streams.lane.judging import MOST_ROWS
from streams.lane.learning import LABELLING, in_order, labels

if TYPE_CHECKING:
    from collections.abc import Callable

    from features.ledger import Ledger
    from rules.records import Trigger
    from streams.lane.batch import Lesson, Outputs
    from streams.lane.judging import Judging


class Passing:
    """The dates of a lane, entered one after the other (contract 4.2)."""

    def __init__(self, ledger: Ledger, judging: Judging, *, learns: bool) -> None:
        """`learns`: whether labels are given out."""
        self._ledger = ledger
        self._judging = judging
        self._learns = learns
        self.day_before: int | None = None
        """The last date that was entered."""
        self.wakes_on: int | None = None
        """A date on which all are due, whatever their rows say."""

    def wake_all_on(self, day: int) -> None:
        """All are due on this date, or on an earlier one that was told."""
        self.wakes_on = day if self.wakes_on is None else min(self.wakes_on, day)
        self.wake(self._ledger.known())

    def wake(self, slots: NDArray[np.int64]) -> None:
        """These are due by the date on which all are, if there is one."""
        if self.wakes_on is not None:
            self._ledger.due[slots] = np.minimum(self._ledger.due[slots], self.wakes_on)

    def enter(self, day: int) -> None:
        """All whom the date changes were judged."""
        self.day_before = day
        if self.wakes_on is not None and day >= self.wakes_on:
            self.wakes_on = None

    def up_to(self, last: int, tell: Callable[[], Trigger], active: int, outputs: Outputs) -> None:
        """Judge whom each date up to the last one changes, as of its 00:00; `tell` tells what triggers it."""
        if self.day_before is None or self.day_before >= last:  # nothing passes before the first date
            return
        day = self.day_before + 1
        slots = np.flatnonzero(self._ledger.due[: len(self._ledger.ids)] <= last)
        while day <= last and len(slots):
            dues = self._ledger.due[slots]
            day = max(day, int(dues.min()))
            self.judge(slots[dues <= day], day, tell, active, outputs)
            slots = slots[self._ledger.due[slots] <= last]
            day += 1

    def judge(
        self,
        slots: NDArray[np.int64],
        day: int,
        tell: Callable[[], Trigger],
        active: int,
        outputs: Outputs,
    ) -> None:
        """Judge these slots as of 00:00 of a date, in byte order of their ids."""
        ordered = self._ledger.in_order(slots)
        tell = cache(tell)  # it is the same for all of them
        for start in range(0, len(ordered), MOST_ROWS):
            self._judge_some(ordered[start : start + MOST_ROWS], day, tell, active, outputs)

    def _judge_some(
        self,
        due: NDArray[np.int64],
        day: int,
        tell: Callable[[], Trigger],
        active: int,
        outputs: Outputs,
    ) -> None:
        ledger, judging = self._ledger, self._judging
        matured = sweep(
            due,
            day,
            ledger.rows,
            ledger.due,
            ledger.payments.entries,
            ledger.unpaid.entries,
            ledger.tiles.entries,
            judging.plan,
            LABELLING,
            judging.matrix[: len(due)],
            judging.early,
            judging.sheet,
            judging.labels,
        )
        ledger.dirty[due] = True
        lessons: list[tuple[int, Lesson]] = []
        if self._learns and matured:
            told = judging.labels[:matured]
            order = np.argsort(due)
            rows = order[np.searchsorted(due, told[:, 0], sorter=order)]
            lessons += zip(rows.tolist(), labels(told, ledger.ids, day * DAY_US), strict=True)
        judged = judging.evaluate(due, np.full(len(due), day * DAY_US), outputs)
        looked_at = judging.moving(judged, day)
        no_statement = repeat(False)  # noqa: FBT003
        lessons += judging.decide(judged, looked_at, repeat(tell), repeat(active), no_statement, outputs)
        if self._learns:
            outputs.lessons += in_order(lessons)
        judging.wake(due, day)
