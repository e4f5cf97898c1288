"""Computes the family `cycles`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.catalogue import COLUMN
from features.compiling import borrowing
from features.plan import ALL, Plan
from features.plan import CYCLES as FAMILY
from features.row import CYCLES, NEVER, NEVER_DUE

_CLOSED: Final = COLUMN["cycles.closed"]
_CERTAIN: Final = COLUMN["minimum_cycles.certain"]
_POSSIBLE: Final = COLUMN["minimum_cycles.possible"]
_RUN: Final = COLUMN["minimum_cycles.run"]
_MISSED: Final = COLUMN["missed_cycles.6c"]
_SHARE_3: Final = COLUMN["payment.share.3c"]
_SHARE_6: Final = COLUMN["payment.share.6c"]
_HALF_PAID: Final = COLUMN["half_paid_cycles.certain"]
_MISSED_3: Final = COLUMN["missed_cycles.3c"]
_MISSED_RUN: Final = COLUMN["missed_cycles.run"]
_FULL: Final = COLUMN["full_paid_cycles.6c"]
_FULL_RUN: Final = COLUMN["full_paid_cycles.run"]
_SHARE_1: Final = COLUMN["payment.share.1c"]
_MINIMUM_1: Final = COLUMN["payment.to_minimum.1c"]
_MINIMUM_3: Final = COLUMN["payment.to_minimum.3c"]
_MINIMUM_6: Final = COLUMN["payment.to_minimum.6c"]
_PAID_3: Final = COLUMN["payment.paid.3c"]
_PAID_6: Final = COLUMN["payment.paid.6c"]
_LEAST: Final = COLUMN["payment.least.6c"]
_EARLY_1: Final = COLUMN["days_before_due.1c"]
_EARLY_MEAN: Final = COLUMN["days_before_due.mean.6c"]
_EARLY_LEAST: Final = COLUMN["days_before_due.least.6c"]


@borrowing
def cycles(row: Any, plan: Plan, out: NDArray[np.float64]) -> Any:
    """Fill the family; the date on which the open cycle closes by itself."""
    closed = row.closed
    out[_CLOSED] = closed
    seen = min(closed, 6)
    qualified = half = missed = run = 0
    running = True
    paid = billed = 0.0
    for k in range(seen):
        c = (closed - 1 - k) % CYCLES
        has, least, owed = row.cycle_paid[c], row.cycle_minimum[c], row.cycle_balance[c]
        if least <= has and 5 * has < 6 * least and has < owed:
            qualified += 1
            if running:
                run += 1
        else:
            running = False
        if 2 * has >= owed:
            half += 1
        if has < least:
            missed += 1
        paid += has
        billed += owed
        if k == 2 and billed > 0:
            out[_SHARE_3] = paid / billed
    if billed > 0:
        out[_SHARE_6] = paid / billed
        if seen < 3:
            out[_SHARE_3] = paid / billed
    out[_CERTAIN] = qualified
    out[_POSSIBLE] = qualified + 6 - seen
    out[_RUN] = run
    out[_HALF_PAID] = half
    if seen:
        out[_MISSED] = missed
    if plan.levels[FAMILY] == ALL:
        _more(row, seen, out)
    if closed < row.statements:
        return np.int64(row.cycle_due[(row.statements - 1) % CYCLES]) + 1
    return NEVER_DUE


@borrowing
def _more(row: Any, seen: int, out: NDArray[np.float64]) -> None:
    for column in range(_MISSED_3, _EARLY_LEAST + 1):
        out[column] = np.nan
    missed = missed_run = full = full_run = paid = asked = early = known = 0
    missing = filling = True
    smallest = np.inf
    least_early = NEVER_DUE
    for k in range(seen):
        c = (row.closed - 1 - k) % CYCLES
        has, least, owed = row.cycle_paid[c], row.cycle_minimum[c], row.cycle_balance[c]
        missing = missing and has < least
        missed_run += missing
        missed += has < least
        filling = filling and has >= owed
        full_run += filling
        full += has >= owed
        paid += has
        asked += least
        if owed > 0:
            smallest = min(smallest, has / owed)
        if row.cycle_first[c] != NEVER:
            days = np.int64(row.cycle_due[c]) - row.cycle_first[c]
            known += 1
            early += days
            least_early = min(least_early, days)
            if k == 0:
                out[_EARLY_1] = days
        if k == 0:
            if owed > 0:
                out[_SHARE_1] = has / owed
            if least > 0:
                out[_MINIMUM_1] = has / least
        if k == min(2, seen - 1):
            out[_MISSED_3] = missed
            out[_PAID_3] = paid
            if asked > 0:
                out[_MINIMUM_3] = paid / asked
    out[_MISSED_RUN] = missed_run
    out[_FULL_RUN] = full_run
    if seen:
        out[_FULL] = full
        out[_PAID_6] = paid
    if asked > 0:
        out[_MINIMUM_6] = paid / asked
    if smallest != np.inf:
        out[_LEAST] = smallest
    if known:
        out[_EARLY_MEAN] = early / known
        out[_EARLY_LEAST] = least_early
