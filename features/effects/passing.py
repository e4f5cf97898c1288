"""What the passing of time does to a row, before a record is applied to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from features.calendar import DAY_US
from features.compiling import borrowing
from features.limit import limit_of
from features.row import CYCLES, NEVER
from features.vector.past_due import note


@borrowing
def pass_time(row: Any, today: int, month: int) -> None:
    """Bring a row to a date of a month: as it was left, so it stood at 00:00 of each date since."""
    if row.over_day != today:
        _pass_days(row, today)
        note(row, today, month)
        close_cycle(row, today)


@borrowing
def close_cycle(row: Any, today: int) -> None:
    """Close the open cycle at 00:00 of its due date + 1 once the lane is there (contract 3.5)."""
    if row.closed < row.statements:
        c = (row.statements - 1) % CYCLES
        if today > row.cycle_due[c]:
            row.cycle_close[c] = (np.int64(row.cycle_due[c]) + 1) * DAY_US
            row.closed = row.statements


@borrowing
def _pass_days(row: Any, today: int) -> None:
    """Note for each date entered whether the balance was over the limit."""
    passed = 64 if row.over_day == NEVER else min(64, today - row.over_day)
    over = row.over_day != NEVER and 0 < limit_of(row) < row.balance
    days = np.uint64(0) if passed == 64 else row.over_days << np.uint64(passed)
    if over:
        days |= ~np.uint64(0) if passed == 64 else (np.uint64(1) << np.uint64(passed)) - np.uint64(1)
    row.over_days = days
    row.over_day = today
