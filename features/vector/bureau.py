"""Computes the family `bureau`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.calendar import DAY_US
from features.catalogue import COLUMN
from features.catalogue.bureau import EARLY_LEVELS, LEVELS
from features.compiling import borrowing
from features.inbound import layout
from features.plan import ALL, BUREAU, Plan
from features.row import NEVER, NEVER_DUE, NONE

FRESH_DAYS: Final = 45
"""A report is fresh while lane date - report date is at most this (contract 3.4)."""

_INCOME: Final = COLUMN["income.monthly"]
_AGE: Final = COLUMN["report.age"]
_FIRST_LEVEL: Final = COLUMN[LEVELS[0][0]]
_FIRST_CHANGE: Final = COLUMN[f"{LEVELS[0][0]}.change"]
_LATE_LEVEL: Final = COLUMN[LEVELS[EARLY_LEVELS][0]]
_EARLY_LEVELS: Final = EARLY_LEVELS
_MANY: Final = len(LEVELS)
_DEBT_LIMIT: Final = COLUMN["debt.to_limit"]
_DEBT_INCOME: Final = COLUMN["debt.to_income"]
_COUNT: Final = COLUMN["report.count"]
_GAP: Final = COLUMN["report.gap"]
_PACE: Final = COLUMN["inquiries.pace"]
_SMALL_SHARE: Final = COLUMN["small_loan.share"]
_LIMIT_SHARE: Final = COLUMN["debt.limit_share"]
_LIMIT_INCOME: Final = COLUMN["limit.to_income"]
_BALANCE_INCOME: Final = COLUMN["balance.to_income"]

_DEBT: Final = layout.REPORT_TOTAL_DEBT
_TOTAL_LIMIT: Final = layout.REPORT_TOTAL_LIMIT
_REPORT_INCOME: Final = layout.REPORT_MONTHLY_INCOME
_INQUIRIES_1: Final = layout.REPORT_HARD_INQUIRIES_1M
_INQUIRIES_3: Final = layout.REPORT_HARD_INQUIRIES_3M
_LENDERS: Final = layout.REPORT_LENDERS
_SMALL_LENDERS: Final = layout.REPORT_SMALL_LOAN_LENDERS


@borrowing
def bureau(row: Any, plan: Plan, today: int, out: NDArray[np.float64]) -> Any:
    """Fill the family; the date on which the report turns stale."""
    income = row.income
    due = NEVER_DUE
    fresh = False
    if row.report_time != NONE:
        made = row.report_time // DAY_US
        fresh = today - made <= FRESH_DAYS
        if fresh:
            due = made + FRESH_DAYS + 1
            out[_AGE] = today - made
            for k in range(_EARLY_LEVELS):
                if row.report[k] != NONE:
                    out[_FIRST_LEVEL + k] = row.report[k]
            if row.report[_REPORT_INCOME] != NONE:
                income = row.report[_REPORT_INCOME]
            if row.report[_DEBT] != NONE:
                if row.report[_TOTAL_LIMIT] > 0:
                    out[_DEBT_LIMIT] = row.report[_DEBT] / row.report[_TOTAL_LIMIT]
                if income > 0:
                    out[_DEBT_INCOME] = row.report[_DEBT] / income
    if income != NONE:
        out[_INCOME] = income
    if plan.levels[BUREAU] == ALL:
        _more(row, income, fresh, out)
    return due


@borrowing
def _more(row: Any, income: int, fresh: bool, out: NDArray[np.float64]) -> None:  # noqa: FBT001
    for column in range(_LATE_LEVEL, _BALANCE_INCOME + 1):
        out[column] = np.nan
    for k in range(_EARLY_LEVELS, _MANY if fresh else 0):
        if row.report[k] != NONE:
            out[_LATE_LEVEL + k - _EARLY_LEVELS] = row.report[k]
    out[_COUNT] = row.reports if row.report_time != NONE else 0  # whose row ends before it
    known = row.account_time != NONE
    if income > 0:
        out[_BALANCE_INCOME] = max(row.balance, 0) / income
        if known:
            out[_LIMIT_INCOME] = row.limit / income
    if not fresh:
        return
    if row.report_before_day != NEVER:
        out[_GAP] = row.report_time // DAY_US - row.report_before_day
        for k in range(_MANY):
            if row.report[k] != NONE and row.report_before[k] != NONE:
                out[_FIRST_CHANGE + k] = row.report[k] - row.report_before[k]
    if row.report[_INQUIRIES_3] > 0 and row.report[_INQUIRIES_1] != NONE:
        out[_PACE] = 3 * row.report[_INQUIRIES_1] / row.report[_INQUIRIES_3]
    if row.report[_LENDERS] > 0 and row.report[_SMALL_LENDERS] != NONE:
        out[_SMALL_SHARE] = row.report[_SMALL_LENDERS] / row.report[_LENDERS]
    if known and row.report[_TOTAL_LIMIT] > 0:
        out[_LIMIT_SHARE] = row.limit / row.report[_TOTAL_LIMIT]
