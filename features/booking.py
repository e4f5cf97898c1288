"""Movements into tiles, and old tiles into weeks (features.tiles says how tiles lie)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.compiling import borrowing
from features.row import Rows
from features.tiles import (
    DAILY_WEEKS,
    SIZES,
    WEEKS,
    attributes_of_key,
    day_of_key,
    key_of,
    monday_of,
    week_of,
    widen,
)
from features.window import DAYS, advance, count


@borrowing
def book(
    row: Any, tiles: Rows, heads: NDArray[np.int64], day: int, attributes: Any, amount: int, today: int
) -> None:
    """Count one movement of a date; there must be room."""
    advance(row, tiles, today)
    if week_of(today) != row.rolled:
        _roll(row, tiles, week_of(today))
    inside = today - day < DAYS
    if inside:
        count(row, attributes, amount)
    key = key_of(day, attributes)
    start = row.tiles
    at = np.int64(row.tile_count)
    while at > 0 and tiles[start + at - 1].key > key:
        at -= 1
    if at > 0 and tiles[start + at - 1].key == key:
        tile = tiles[start + at - 1]
        tile.count += 1
        tile.sum += amount
        tile.largest = max(tile.largest, amount)
        return
    if row.tile_class < 0 or row.tile_count == SIZES[row.tile_class]:
        widen(row, tiles, heads)
        start = row.tiles
    for k in range(row.tile_count, at, -1):
        tiles[start + k] = tiles[start + k - 1]
    tile = tiles[start + at]
    tile.key = key
    tile.count = 1
    tile.sum = amount
    tile.largest = amount
    row.tile_count += 1
    row.window_first += not inside


@borrowing
def _roll(row: Any, tiles: Rows, week: Any) -> None:
    """Merge the tiles of old weeks, drop those of older ones: all lie before the window."""
    row.rolled = week
    start = row.tiles
    kept = 0
    for k in range(row.tile_count):
        tile = tiles[start + k]
        key, count, total, largest = np.int64(tile.key), tile.count, tile.sum, tile.largest
        age = week - week_of(day_of_key(key))
        if age >= WEEKS:
            continue
        at = kept
        if age >= DAILY_WEEKS:
            monday = monday_of(week_of(day_of_key(key)))
            key = key_of(monday, attributes_of_key(key))
            while at > 0 and tiles[start + at - 1].key > key:
                at -= 1
            if at > 0 and tiles[start + at - 1].key == key:
                same = tiles[start + at - 1]
                same.count += count
                same.sum += total
                same.largest = max(same.largest, largest)
                continue
            for j in range(kept, at, -1):
                tiles[start + j] = tiles[start + j - 1]
        into = tiles[start + at]
        into.key = key
        into.count = count
        into.sum = total
        into.largest = largest
        kept += 1
    row.window_first -= row.tile_count - kept
    row.tile_count = kept
