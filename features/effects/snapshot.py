"""An account snapshot or a bureau report: each replaces the one before wholly (contract 3.1)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.calendar import DAY_US
from features.compiling import borrowing
from features.effects.balance import settle
from features.inbound import layout
from features.row import NONE, REPORT_FIELDS, Rows

_ACTIVE: Final = layout.STATUSES.index("active")
_MOST: Final = 65_535


@borrowing
def account(row: Any, time: int, fields: NDArray[np.int64], tiles: Rows, counts: NDArray[np.int64]) -> bool:
    """Apply a snapshot; whether it was taken."""
    limit = fields[layout.ACCOUNT_CREDIT_LIMIT]
    if row.account_time != NONE:
        if time < row.account_time:
            return False
        if row.status == _ACTIVE:
            counts[2] -= 1
            counts[3] -= row.limit
        if limit != row.limit:
            row.limit_before = row.limit
            row.limit_day = time // DAY_US
            if limit > row.limit:
                row.limit_raises = min(_MOST, row.limit_raises + 1)
            else:
                row.limit_cuts = min(_MOST, row.limit_cuts + 1)
    row.account_time = time
    row.limit = limit
    row.status = fields[layout.ACCOUNT_STATUS]
    row.exemptions = fields[layout.ACCOUNT_EXEMPTIONS]
    row.opened_on = fields[layout.ACCOUNT_OPENED_ON]
    row.income = fields[layout.ACCOUNT_MONTHLY_INCOME]
    product = fields[layout.ACCOUNT_PRODUCT]
    row.product = NONE if product == NONE else (product >> 32) & 0xFFFFFFFF
    if row.status == _ACTIVE:
        counts[2] += 1
        counts[3] += row.limit
    if fields[layout.ACCOUNT_BALANCE] != NONE:
        settle(row, tiles, time, fields[layout.ACCOUNT_BALANCE])
    return True


@borrowing
def report(row: Any, time: int, fields: NDArray[np.int64]) -> bool:
    """Apply a report; whether it was taken."""
    if row.report_time != NONE:
        if time < row.report_time:
            return False
        row.report_before_day = row.report_time // DAY_US
        for k in range(REPORT_FIELDS):
            row.report_before[k] = row.report[k]
    row.report_time = time
    row.reports += 1
    for k in range(REPORT_FIELDS):
        row.report[k] = fields[k]
    return True
