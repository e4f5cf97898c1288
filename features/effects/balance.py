"""The balance (contract 3.2)."""

from __future__ import annotations

from typing import Any

from features.calendar import DAY_US
from features.compiling import borrowing
from features.row import NONE, Rows
from features.tiles import net_after


@borrowing
def settle(row: Any, tiles: Rows, time: int, balance: int) -> None:
    """Set the balance, and keep what later dates already did to it."""
    if row.balance_set != NONE and time < row.balance_set:
        return
    row.balance = balance + net_after(row, tiles, time // DAY_US)
    row.balance_set = time


@borrowing
def move(row: Any, time: int, amount: int) -> None:
    """Raise or lower the balance, unless its newest setting holds the movement already."""
    if row.balance_set == NONE or time >= row.balance_set:
        row.balance += amount
