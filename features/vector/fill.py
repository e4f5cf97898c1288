"""One line of the feature matrix: family after family, those that somebody reads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.catalogue import EARLY_WIDTH
from features.compiling import borrowing
from features.plan import BUREAU, CYCLES, PAYMENTS, RECENCY, SPENDING, UTILISATION, Plan
from features.row import Rows
from features.vector.account import account
from features.vector.bureau import bureau
from features.vector.cycles import cycles
from features.vector.past_due import past_due
from features.vector.payments import relayed
from features.vector.recency import recency
from features.vector.spending import spending
from features.vector.utilisation import utilisation


@borrowing
def fill(
    row: Any,
    payments: Rows,
    unpaid: Rows,
    tiles: Rows,
    plan: Plan,
    today: int,
    month: int,
    out: NDArray[np.float64],
) -> Any:
    """Write the features of `row` as of date `today` into `out`; the date it is next due.

    Columns that the plan leaves out are not touched. The row must have been brought to that date
    (`update.pass_time`). It is due at the next date that by itself, without a record, changes any feature by
    which a rule is judged.
    """
    for column in range(EARLY_WIDTH):
        out[column] = np.nan
    limit = account(row, plan, today, out)
    due = past_due(row, unpaid, plan, today, month, out)
    if plan.levels[BUREAU] > 0:
        due = min(due, bureau(row, plan, today, out))
    if plan.levels[UTILISATION] > 0:
        utilisation(row, plan, limit, today, out)
    if plan.levels[CYCLES] > 0:
        due = min(due, cycles(row, plan, out))
    if plan.levels[PAYMENTS] > 0:
        due = min(due, relayed(row, payments, plan, today, out))
    if plan.levels[RECENCY] > 0:
        recency(row, today, out)
    if plan.levels[SPENDING] > 0:
        due = min(due, spending(row, tiles, plan, limit, today, out))
    return today + 1 if plan.daily else due
