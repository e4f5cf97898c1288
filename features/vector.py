"""The compiled pass from a state row to its line of the feature matrix, and to the date it is next due."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.calendar import DAY_US
from features.catalogue import COLUMN
from features.inbound import layout
from features.ledger import CYCLES, NONE, TILES, Rows

FRESH_DAYS = 45
"""A report is fresh while lane date - report date is at most this (contract 3.4)."""

NEVER_DUE = np.iinfo(np.int64).max

_LIMIT = COLUMN["account.limit"]
_STATUS = COLUMN["account.status"]
_EXEMPTIONS = COLUMN["account.exemptions"]
_PRODUCT = COLUMN["account.product"]
_OPENED = COLUMN["account.opened_on"]
_INCOME = COLUMN["income.monthly"]
_CLOSED = COLUMN["cycles.closed"]
_UTILISATION = COLUMN["utilisation.now"]
_UTILISATION_6 = COLUMN["utilisation.mean.6s"]
_STATEMENT_MEAN = COLUMN["utilisation.statement_mean"]
_STATEMENT_MAX = COLUMN["utilisation.statement_max"]
_MINIMUM_CERTAIN = COLUMN["minimum_cycles.certain"]
_MINIMUM_POSSIBLE = COLUMN["minimum_cycles.possible"]
_MINIMUM_RUN = COLUMN["minimum_cycles.run"]
_MISSED = COLUMN["missed_cycles.6c"]
_SHARE_3 = COLUMN["payment.share.3c"]
_SHARE_6 = COLUMN["payment.share.6c"]
_HALF_PAID = COLUMN["half_paid_cycles.certain"]
_EMPTY_CERTAIN = COLUMN["empty_statements.certain"]
_EMPTY_POSSIBLE = COLUMN["empty_statements.possible"]
_RELAYED_CERTAIN = COLUMN["relayed_payments.certain"]
_RELAYED_POSSIBLE = COLUMN["relayed_payments.possible"]
_PAST_DUE = COLUMN["days_past_due"]
_CASH_SHARE = COLUMN["cash.share.30d"]
_CASH_LIMIT = COLUMN["cash.to_limit.30d"]
_SPEND_LIMIT = COLUMN["spend.to_limit.30d"]
_REPORT_AGE = COLUMN["report.age"]
_DEBT = COLUMN["debt.total"]
_DEBT_LIMIT = COLUMN["debt.to_limit"]
_DEBT_INCOME = COLUMN["debt.to_income"]
_AGE = COLUMN["account.age"]

_REPORT_COLUMNS = np.array(
    [
        COLUMN["inquiries.hard.1m"],
        COLUMN["inquiries.hard.3m"],
        COLUMN["inquiries.hard.6m"],
        COLUMN["report.lenders"],
        COLUMN["small_loan.lenders"],
        COLUMN["small_loan.overdue_accounts"],
        COLUMN["small_loan.overdue_amount"],
        COLUMN["report.overdue_accounts"],
        COLUMN["report.max_dpd"],
        COLUMN["report.new_accounts_6m"],
        COLUMN["debt.total"],
    ],
    np.int64,
)
"""The column of each report field, in the order of the record layout; total limit and income have none."""

_TOTAL_LIMIT = layout.REPORT_TOTAL_LIMIT
_REPORT_INCOME = layout.REPORT_MONTHLY_INCOME
_UNKNOWN_PAYER = 2
_THIRD_PARTY = 1


@njit(cache=True)
def fill(row: Any, payments: Rows, unpaid: Rows, today: int, out: NDArray[np.float64]) -> int:
    """Write the features of `row` as of date `today` into `out` (all columns); the date it is next due.

    The row must have been brought to that date (`update.pass_time`). It is due at the next date that by
    itself, without a record, changes any feature that a rule may read.
    """
    out[:] = np.nan
    due = NEVER_DUE
    known = row.account_time != NONE
    limit = 0
    if known:
        out[_LIMIT] = row.limit
        out[_STATUS] = row.status
        out[_EXEMPTIONS] = row.exemptions
        if row.product != NONE:
            out[_PRODUCT] = row.product
        if row.opened_on != NONE:
            out[_OPENED] = row.opened_on
            out[_AGE] = np.floor((today - row.opened_on) / 30.4375)
        limit = max(row.limit, row.floor)
        if limit > 0:
            out[_UTILISATION] = max(row.balance, 0) / limit
    due = min(due, _report(row, today, out))
    if row.statements > 0:
        due = min(due, _statements(row, out))
    else:
        out[_MINIMUM_CERTAIN] = out[_MINIMUM_RUN] = out[_EMPTY_CERTAIN] = out[_HALF_PAID] = out[_CLOSED] = 0
        out[_MINIMUM_POSSIBLE] = out[_EMPTY_POSSIBLE] = 6
    due = min(due, _past_due(row, unpaid, today, out))
    due = min(due, _relayed(row, payments, today, out))
    return min(due, _spend(row, limit, today, out))


@njit(cache=True)
def _report(row: Any, today: int, out: NDArray[np.float64]) -> int:
    income = row.income
    due = NEVER_DUE
    if row.report_time != NONE:
        made = row.report_time // DAY_US
        if today - made <= FRESH_DAYS:
            due = made + FRESH_DAYS + 1
            report = row.report
            out[_REPORT_AGE] = today - made
            for k in range(len(_REPORT_COLUMNS)):
                if report[k] != NONE:
                    out[_REPORT_COLUMNS[k]] = report[k]
            if report[_REPORT_INCOME] != NONE:
                income = report[_REPORT_INCOME]
            if not np.isnan(out[_DEBT]):
                if report[_TOTAL_LIMIT] > 0:
                    out[_DEBT_LIMIT] = out[_DEBT] / report[_TOTAL_LIMIT]
                if income > 0:
                    out[_DEBT_INCOME] = out[_DEBT] / income
    if income != NONE:
        out[_INCOME] = income
    return due


@njit(cache=True)
def _statements(row: Any, out: NDArray[np.float64]) -> Any:
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
    out[_EMPTY_CERTAIN] = certain
    out[_EMPTY_POSSIBLE] = certain + unknown
    if known:
        out[_STATEMENT_MEAN] = summed / known
        out[_STATEMENT_MAX] = largest
    if known == 6:
        # six decimal ratios add up with an error of some 1e-16: bounds such as 0.2 and 0.7 are included
        out[_UTILISATION_6] = np.round(summed / 6 * 1e12) / 1e12

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
    out[_MINIMUM_CERTAIN] = qualified
    out[_MINIMUM_POSSIBLE] = qualified + 6 - seen
    out[_MINIMUM_RUN] = run
    out[_HALF_PAID] = half
    if seen:
        out[_MISSED] = missed
    if closed < total:
        return row.cycle_due[(total - 1) % CYCLES] + 1
    return NEVER_DUE


@njit(cache=True)
def _past_due(row: Any, unpaid: Rows, today: int, out: NDArray[np.float64]) -> int:
    if row.statements == 0:
        return NEVER_DUE
    oldest = NEVER_DUE
    node = row.unpaid
    while node >= 0:
        oldest = min(oldest, unpaid[node].due)
        node = unpaid[node].next
    out[_PAST_DUE] = max(0, today - oldest) if oldest != NEVER_DUE else 0
    return NEVER_DUE if oldest == NEVER_DUE else max(oldest, today) + 1


@njit(cache=True)
def _relayed(row: Any, payments: Rows, today: int, out: NDArray[np.float64]) -> int:
    certain = possible = 0
    due = NEVER_DUE
    node = row.payments
    while node >= 0:
        paid = payments[node]
        leaves = paid.time // DAY_US + 90
        if leaves > today:
            due = min(due, leaves)
            if paid.payer == _THIRD_PARTY or 5 * paid.respent >= 4 * paid.amount:
                certain += 1
                possible += 1
            elif paid.payer == NONE or paid.payer == _UNKNOWN_PAYER:
                possible += 1
        node = paid.next
    out[_RELAYED_CERTAIN] = certain
    out[_RELAYED_POSSIBLE] = possible
    return due


@njit(cache=True)
def _spend(row: Any, limit: int, today: int, out: NDArray[np.float64]) -> int:
    purchases = cash = 0
    latest = NEVER_DUE
    for back in range(30):
        day = today - back
        tile = day % TILES
        if row.tile_day[tile] == day:
            purchases += row.tile_purchases[tile]
            cash += row.tile_cash[tile]
            if latest == NEVER_DUE and row.tile_purchases[tile] + row.tile_cash[tile] > 0:
                latest = day
    spent = purchases + cash
    if spent > 0:
        out[_CASH_SHARE] = cash / spent
    if limit > 0:
        out[_CASH_LIMIT] = cash / limit
        out[_SPEND_LIMIT] = spent / limit
    if spent == 0:
        return NEVER_DUE
    return today + 1 if cash > 0 else latest + 30
