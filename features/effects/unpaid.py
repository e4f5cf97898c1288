"""Statements whose minimum is not yet paid (contract 3.6)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.compiling import borrowing
from features.effects.lists import get_entry, give_back
from features.row import NEVER_DUE, Rows


@borrowing
def owe(row: Any, c: int, paid: int, unpaid: Rows, unpaid_free: NDArray[np.int64]) -> None:
    """Put the statement of a cycle on the list."""
    node = get_entry(unpaid, unpaid_free)
    owed = unpaid[node]
    owed.issue = row.cycle_issue[c]
    owed.due = row.cycle_due[c]
    owed.minimum = row.cycle_minimum[c]
    owed.paid = paid
    owed.next = row.unpaid
    row.unpaid = node
    row.oldest_due = min(row.oldest_due, owed.due)


@borrowing
def pay_off(row: Any, time: int, amount: int, unpaid: Rows, unpaid_free: NDArray[np.int64]) -> None:
    """Count a payment for every statement before it; those it pays leave the list."""
    before = np.int32(-1)
    node = row.unpaid
    while node >= 0:
        owed = unpaid[node]
        after = owed.next
        if owed.issue <= time:
            owed.paid += amount
        if owed.paid >= owed.minimum:
            if before < 0:
                row.unpaid = after
            else:
                unpaid[before].next = after
            give_back(unpaid, unpaid_free, node)
        else:
            before = node
        node = after
    find_oldest(row, unpaid)


@borrowing
def find_oldest(row: Any, unpaid: Rows) -> None:
    """Bring the oldest due date up to date with the list."""
    row.oldest_due = NEVER_DUE
    node = row.unpaid
    while node >= 0:
        row.oldest_due = min(row.oldest_due, unpaid[node].due)
        node = unpaid[node].next
