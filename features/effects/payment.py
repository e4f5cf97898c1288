"""A payment: into its tile, the balance, its cycles and the statements it pays (contract 3.5, 3.6)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.booking import book
from features.calendar import DAY_US
from features.compiling import borrowing
from features.effects.balance import move
from features.effects.lists import get_entry, give_back
from features.effects.transaction import remember
from features.effects.unpaid import pay_off
from features.inbound import layout
from features.measures import PAYMENT, TYPE_SHIFT
from features.row import CYCLES, NEVER, NONE, Rows
from features.vector.payments import KEPT_DAYS

_ATTRIBUTES: Final = PAYMENT << TYPE_SHIFT


@borrowing
def payment(
    row: Any,
    time: int,
    fields: NDArray[np.int64],
    today: int,
    payments: Rows,
    payments_free: NDArray[np.int64],
    unpaid: Rows,
    unpaid_free: NDArray[np.int64],
    tiles: Rows,
    heads: NDArray[np.int64],
) -> None:
    """Apply a payment."""
    amount = fields[layout.PAYMENT_AMOUNT]
    day = time // DAY_US
    book(row, tiles, heads, day, _ATTRIBUTES, amount, today)
    remember(row, _ATTRIBUTES, day)
    move(row, time, -amount)
    for c in range(min(row.statements, CYCLES)):
        if row.cycle_issue[c] <= time < row.cycle_close[c]:
            row.cycle_paid[c] += amount
            if row.cycle_first[c] == NEVER or day < row.cycle_first[c]:
                row.cycle_first[c] = day
    pay_off(row, time, amount, unpaid, unpaid_free)
    _forget(row, today, payments, payments_free)
    node = get_entry(payments, payments_free)
    new = payments[node]
    new.time = time
    new.amount = amount
    new.respent = 0
    new.respent_day = 0
    new.payer = -1 if fields[layout.PAYMENT_PAYER] == NONE else fields[layout.PAYMENT_PAYER]
    new.next = row.payments
    row.payments = node


@borrowing
def _forget(row: Any, today: int, payments: Rows, payments_free: NDArray[np.int64]) -> None:
    """Drop the payments that have left the window."""
    before = np.int32(-1)
    node = row.payments
    while node >= 0:
        after = payments[node].next
        if today - payments[node].time // DAY_US >= KEPT_DAYS:
            if before < 0:
                row.payments = after
            else:
                payments[before].next = after
            give_back(payments, payments_free, node)
        else:
            before = node
        node = after
