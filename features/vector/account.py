"""Computes the family `account`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.catalogue import COLUMN
from features.compiling import borrowing
from features.limit import limit_of
from features.plan import ACCOUNT, ALL, Plan
from features.row import NEVER, NONE

_LIMIT: Final = COLUMN["account.limit"]
_STATUS: Final = COLUMN["account.status"]
_EXEMPTIONS: Final = COLUMN["account.exemptions"]
_PRODUCT: Final = COLUMN["account.product"]
_OPENED: Final = COLUMN["account.opened_on"]
_AGE: Final = COLUMN["account.age"]
_EXEMPTION_COUNT: Final = COLUMN["account.exemption_count"]
_SNAPSHOT_AGE: Final = COLUMN["account.snapshot_age"]
_RAISES: Final = COLUMN["limit.raises"]
_CUTS: Final = COLUMN["limit.cuts"]
_CHANGE: Final = COLUMN["limit.change"]
_CHANGE_AGE: Final = COLUMN["limit.change_age"]
_BALANCE: Final = COLUMN["balance.now"]
_HEADROOM: Final = COLUMN["balance.headroom"]
_HISTORY: Final = COLUMN["history.age"]
_DAY_US: Final = 86_400_000_000


@borrowing
def account(row: Any, plan: Plan, today: int, out: NDArray[np.float64]) -> Any:
    """Fill the family; the limit that ratios are taken to (contract 3.3), 0 when there is none."""
    known = row.account_time != NONE
    if known:
        out[_LIMIT] = row.limit
        out[_STATUS] = row.status
        out[_EXEMPTIONS] = row.exemptions
        if row.product != NONE:
            out[_PRODUCT] = row.product
        if row.opened_on != NONE:
            out[_OPENED] = row.opened_on
            out[_AGE] = np.floor((today - row.opened_on) / 30.4375)
    limit = limit_of(row)
    if plan.levels[ACCOUNT] < ALL:
        return limit
    for column in range(_EXEMPTION_COUNT, _HISTORY + 1):
        out[column] = np.nan
    balance = max(row.balance, 0)
    out[_BALANCE] = balance
    out[_RAISES] = row.limit_raises
    out[_CUTS] = row.limit_cuts
    if known:
        standing = 0
        for bit in range(8):
            standing += row.exemptions >> bit & 1
        out[_EXEMPTION_COUNT] = standing
        out[_SNAPSHOT_AGE] = today - row.account_time // _DAY_US
        out[_HEADROOM] = limit - balance
        if row.limit_day != NEVER:
            out[_CHANGE_AGE] = today - row.limit_day
            if row.limit_before > 0:
                out[_CHANGE] = row.limit / row.limit_before
    if row.first_day != NEVER:
        out[_HISTORY] = today - row.first_day
    return limit
