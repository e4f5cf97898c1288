"""The window of 30 days that rules and models always read: sums that follow it date by date.

The other windows are walked when they are read (features.vector.spending); this one would cost a walk at
every record. What is kept here follows from the tiles, so it is not packed: NEVER as its date means that it
must be summed anew.
"""

from __future__ import annotations

from typing import Any, Final

from numba import njit

from features.compiling import borrowing
from features.measures import CASH, PURCHASE, TYPE_SHIFT
from features.row import NEVER, Rows
from features.tiles import attributes_of_key, day_of_key

DAYS: Final = 30


@borrowing
def advance(row: Any, tiles: Rows, today: int) -> None:
    """Bring the window to a date, none before its own."""
    if row.window_day == today:
        return
    if row.window_day == NEVER:
        _sum(row, tiles)
    at = row.tiles + row.window_first
    end = row.tiles + row.tile_count
    while at < end and day_of_key(tiles[at].key) <= today - DAYS:
        _add(row, attributes_of_key(tiles[at].key), -tiles[at].sum)
        at += 1
    row.window_first = at - row.tiles
    row.window_day = today


@borrowing
def _sum(row: Any, tiles: Rows) -> None:
    row.window_first = row.window_purchases = row.window_cash = 0
    for at in range(row.tiles, row.tiles + row.tile_count):
        _add(row, attributes_of_key(tiles[at].key), tiles[at].sum)


@borrowing
def count(row: Any, attributes: Any, amount: int) -> None:
    """Count a movement of a date in the window."""
    _add(row, attributes, amount)


@njit(cache=True, inline="always")
def _add(row: Any, attributes: Any, amount: int) -> None:
    what = attributes >> TYPE_SHIFT
    if what == PURCHASE:
        row.window_purchases += amount
    elif what == CASH:
        row.window_cash += amount
