"""Computes the family `utilisation`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.catalogue import COLUMN
from features.compiling import borrowing
from features.plan import ALL, UTILISATION, Plan
from features.row import CYCLES, NEVER

_NOW: Final = COLUMN["utilisation.now"]
_MEAN_6: Final = COLUMN["utilisation.mean.6s"]
_STATEMENT_MEAN: Final = COLUMN["utilisation.statement_mean"]
_STATEMENT_MAX: Final = COLUMN["utilisation.statement_max"]
_CERTAIN: Final = COLUMN["empty_statements.certain"]
_POSSIBLE: Final = COLUMN["empty_statements.possible"]
_RUN: Final = COLUMN["empty_statements.run"]
_LAST: Final = COLUMN["utilisation.last_statement"]
_MEAN_3: Final = COLUMN["utilisation.mean.3s"]
_MAX_3: Final = COLUMN["utilisation.max.3s"]
_MIN_6: Final = COLUMN["utilisation.min.6s"]
_CHANGE: Final = COLUMN["utilisation.change.1s"]
_SLOPE: Final = COLUMN["utilisation.slope.6s"]
_OVER_STATEMENTS: Final = COLUMN["over_limit_statements.6s"]
_OVER_30: Final = COLUMN["over_limit_days.30d"]
_OVER_60: Final = COLUMN["over_limit_days.60d"]
_BALANCE: Final = COLUMN["statement.balance"]
_BALANCE_CHANGE: Final = COLUMN["statement.balance.change"]
_BALANCE_MEAN: Final = COLUMN["statement.balance.mean.6s"]


@borrowing
def utilisation(row: Any, plan: Plan, limit: int, today: int, out: NDArray[np.float64]) -> None:
    """Fill the family."""
    if limit > 0:
        out[_NOW] = max(row.balance, 0) / limit
    total = row.statements
    seen = min(total, 6)
    certain = 0
    unknown = 6 - seen
    summed = 0.0
    largest = 0.0
    known = 0
    for k in range(seen):
        c = (total - 1 - k) % CYCLES
        if row.cycle_limit[c] <= 0:
            unknown += 1
            continue
        ratio = row.cycle_balance[c] / row.cycle_limit[c]
        if 10 * row.cycle_balance[c] >= 9 * row.cycle_limit[c]:
            certain += 1
        summed += ratio
        largest = max(largest, ratio)
        known += 1
    out[_CERTAIN] = certain
    out[_POSSIBLE] = certain + unknown
    if known:
        out[_STATEMENT_MEAN] = summed / known
        out[_STATEMENT_MAX] = largest
    if known == 6:
        # six decimal ratios add up with an error of some 1e-16: bounds such as 0.2 and 0.7 are included
        out[_MEAN_6] = np.round(summed / 6 * 1e12) / 1e12
    if plan.levels[UTILISATION] == ALL:
        _more(row, seen, today, out)


@borrowing
def _more(row: Any, seen: int, today: int, out: NDArray[np.float64]) -> None:
    for column in range(_RUN, _BALANCE_MEAN + 1):
        out[column] = np.nan
    run = over = 0
    running = True
    told = True
    summed = largest = slope = balances = first = 0.0
    smallest = np.inf
    for k in range(seen):
        c = (row.statements - 1 - k) % CYCLES
        balance, limit = row.cycle_balance[c], row.cycle_limit[c]
        balances += balance
        running = running and limit > 0 and 10 * balance >= 9 * limit
        run += running
        over += 0 < limit < balance
        told = told and limit > 0
        if told:
            ratio = balance / limit
            summed += ratio
            slope += (2.5 - k) * ratio
            largest = max(largest, ratio)
            smallest = min(smallest, ratio)
            if k == 0:
                first = ratio
                out[_LAST] = ratio
            elif k == 1:
                out[_CHANGE] = first - ratio
            elif k == 2:
                out[_MEAN_3] = summed / 3
                out[_MAX_3] = largest
            elif k == 5:
                out[_MIN_6] = smallest
                out[_SLOPE] = slope / 17.5
    out[_RUN] = run
    out[_OVER_STATEMENTS] = over
    if seen:
        newest = row.cycle_balance[(row.statements - 1) % CYCLES]
        out[_BALANCE] = newest
        out[_BALANCE_MEAN] = balances / seen
        if seen > 1:
            out[_BALANCE_CHANGE] = newest - row.cycle_balance[(row.statements - 2) % CYCLES]
    days = row.over_days
    over_30: Any = 0
    over_60: Any = 0
    if row.over_day != NEVER:
        for back in range(60 - min(60, today - row.over_day)):
            bit = np.int64(days >> np.uint64(back) & np.uint64(1))
            over_60 += bit
            over_30 += bit if back + (today - row.over_day) < 30 else 0
    out[_OVER_30] = over_30
    out[_OVER_60] = over_60
