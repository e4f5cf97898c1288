"""A statement: opens a cycle and closes the one before it (contract 3.1, 3.5, 3.6)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.calendar import DAY_US
from features.compiling import borrowing
from features.effects.balance import settle
from features.effects.passing import close_cycle
from features.effects.unpaid import owe
from features.inbound import layout
from features.limit import limit_of
from features.row import CYCLES, NEVER, NEVER_DUE, Rows

_MOST_OVERDUE: Final = 15


@borrowing
def statement(
    row: Any,
    time: int,
    fields: NDArray[np.int64],
    today: int,
    payments: Rows,
    unpaid: Rows,
    unpaid_free: NDArray[np.int64],
    tiles: Rows,
) -> bool:
    """Apply a statement; whether it was taken."""
    name = fields[layout.STATEMENT_ID]
    if row.statements > 0 and (time < row.statement_time or name == row.statement_id):
        return False
    if row.closed < row.statements:
        _cut_off(row, time, payments)
    overdue = 0
    node = row.unpaid
    while node >= 0:
        overdue += unpaid[node].due < today
        node = unpaid[node].next
    row.buckets = row.buckets << np.uint64(4) | np.uint64(min(overdue, _MOST_OVERDUE))
    c = row.statements % CYCLES
    row.statements += 1
    row.statement_time = time
    row.statement_id = name
    row.cycle_issue[c] = time
    row.cycle_close[c] = NEVER_DUE
    row.cycle_due[c] = fields[layout.STATEMENT_DUE_ON]
    row.cycle_minimum[c] = fields[layout.STATEMENT_MINIMUM_DUE]
    row.cycle_balance[c] = fields[layout.STATEMENT_BALANCE]
    row.cycle_limit[c] = limit_of(row)
    close_cycle(row, today)
    _count_paid(row, c, payments, unpaid, unpaid_free)
    settle(row, tiles, time, fields[layout.STATEMENT_BALANCE])
    return True


@borrowing
def _cut_off(row: Any, time: int, payments: Rows) -> None:
    """Close the open cycle where the next begins: later payments are not its own."""
    c = (row.statements - 1) % CYCLES
    row.cycle_close[c] = time
    row.closed = row.statements
    # payments of the day of the cut and later are all in the list: a statement is at most 35 days late
    known = row.cycle_first[c] != NEVER and row.cycle_first[c] < time // DAY_US
    if not known:
        row.cycle_first[c] = NEVER
    node = row.payments
    while node >= 0:
        paid = payments[node]
        if paid.time >= row.cycle_issue[c]:
            if paid.time >= time:
                row.cycle_paid[c] -= paid.amount
            elif not known:
                day = paid.time // DAY_US
                if row.cycle_first[c] == NEVER or day < row.cycle_first[c]:
                    row.cycle_first[c] = day
        node = paid.next


@borrowing
def _count_paid(row: Any, c: int, payments: Rows, unpaid: Rows, unpaid_free: NDArray[np.int64]) -> None:
    """Count the payments that were taken before their statement."""
    since = within = 0
    row.cycle_first[c] = NEVER
    node = row.payments
    while node >= 0:
        paid = payments[node]
        if paid.time >= row.cycle_issue[c]:
            since += paid.amount
            if paid.time < row.cycle_close[c]:
                within += paid.amount
                day = paid.time // DAY_US
                if row.cycle_first[c] == NEVER or day < row.cycle_first[c]:
                    row.cycle_first[c] = day
        node = paid.next
    row.cycle_paid[c] = within
    if since < row.cycle_minimum[c]:
        owe(row, c, since, unpaid, unpaid_free)
