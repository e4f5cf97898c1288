"""Computes the family `past_due`, and notes the worst days past due of each calendar month."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.catalogue import COLUMN
from features.compiling import borrowing
from features.plan import ALL, PAST_DUE, Plan
from features.row import CYCLES, MONTHS, NEVER, NEVER_DUE, Rows
from features.vector.dates import last_day_of

_NOW: Final = COLUMN["days_past_due"]
_MAX_3: Final = COLUMN["past_due.max.3m"]
_MAX_6: Final = COLUMN["past_due.max.6m"]
_MAX_12: Final = COLUMN["past_due.max.12m"]
_MONTHS_6: Final = COLUMN["past_due.months.6m"]
_MONTHS_12: Final = COLUMN["past_due.months.12m"]
_BUCKET: Final = COLUMN["past_due.bucket"]
_BUCKET_MAX: Final = COLUMN["past_due.bucket_max.12s"]
_ROLLS_6: Final = COLUMN["past_due.rolls.6s"]
_ROLLS_12: Final = COLUMN["past_due.rolls.12s"]
_CURES_6: Final = COLUMN["past_due.cures.6s"]
_CURES_12: Final = COLUMN["past_due.cures.12s"]
_UNPAID: Final = COLUMN["unpaid_statements"]
_MISSING: Final = COLUMN["unpaid_statements.missing"]
_DUE_IN: Final = COLUMN["due.in"]
_MOST: Final = 65_535


@borrowing
def note(row: Any, today: int, month: int) -> None:
    """Bring the months' worst days past due to a date; since it was last done nothing was paid or issued."""
    if row.month != month:
        _turn(row, month)
    days = today - row.oldest_due
    if days > row.past_due[month % MONTHS]:
        row.past_due[month % MONTHS] = min(days, _MOST)


@borrowing
def _turn(row: Any, month: int) -> None:
    """Go on to a calendar month; those passed since end with what was due on their last dates."""
    first = month if row.month == NEVER else np.int64(row.month)
    for passed in range(max(first + 1, month - MONTHS + 1), month + 1):
        row.past_due[passed % MONTHS] = 0
    for passed in range(max(first, month - MONTHS + 1), month):
        days = last_day_of(passed) - row.oldest_due
        if days > row.past_due[passed % MONTHS]:
            row.past_due[passed % MONTHS] = min(days, _MOST)
    row.month = month


@borrowing
def past_due(row: Any, unpaid: Rows, plan: Plan, today: int, month: int, out: NDArray[np.float64]) -> Any:
    """Fill the family; the date on which days past due change next."""
    note(row, today, month)
    oldest = row.oldest_due
    if row.statements > 0:
        out[_NOW] = max(0, today - oldest) if oldest != NEVER_DUE else 0
    if plan.levels[PAST_DUE] == ALL:
        _more(row, unpaid, today, month, out)
    if row.statements == 0 or oldest == NEVER_DUE:
        return NEVER_DUE
    return max(oldest, today) + 1


@borrowing
def _more(row: Any, unpaid: Rows, today: int, month: int, out: NDArray[np.float64]) -> None:
    for column in range(_MAX_3, _DUE_IN + 1):
        out[column] = np.nan
    waiting = 0
    missing = 0
    latest = NEVER
    node = row.unpaid
    while node >= 0:
        owed = unpaid[node]
        if waiting == 0 or owed.issue > latest:
            latest = owed.issue
            missing = owed.minimum - owed.paid
        waiting += 1
        node = owed.next
    out[_UNPAID] = waiting
    out[_MISSING] = missing
    if row.statements == 0:
        return
    out[_DUE_IN] = np.int64(row.cycle_due[(row.statements - 1) % CYCLES]) - today
    worst: Any = 0
    late: Any = 0
    for back in range(MONTHS):
        days = np.int64(row.past_due[(month - back) % MONTHS])
        worst = max(worst, days)
        late += days > 0
        if back == 2:
            out[_MAX_3] = worst
        elif back == 5:
            out[_MAX_6] = worst
            out[_MONTHS_6] = late
    out[_MAX_12] = worst
    out[_MONTHS_12] = late
    rolls: Any = 0
    cures: Any = 0
    highest: Any = 0
    here = np.int64(row.buckets & np.uint64(15))
    out[_BUCKET] = here
    for back in range(12):
        before = np.int64(row.buckets >> np.uint64(4 * (back + 1)) & np.uint64(15))
        highest = max(highest, here)
        rolls += here > before
        cures += here == 0 and before > 0
        here = before
        if back == 5:
            out[_ROLLS_6] = rolls
            out[_CURES_6] = cures
    out[_BUCKET_MAX] = highest
    out[_ROLLS_12] = rolls
    out[_CURES_12] = cures
