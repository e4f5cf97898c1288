"""Tiles: what each date saw, by attributes; whole weeks of them are merged once they are 36 days old.

The tiles of a cardholder lie side by side in a block of a pool, ordered by key = date and attributes. A tile
that was merged stands for a week (Monday to Sunday, UTC) and bears the date of its Monday. Rolling happens at
the first movement taken in a new week of the lane: then weeks that ended 36 days ago or earlier are merged,
and what lies before the 13 latest weeks leaves. No feature sees whether that has happened: windows up to 30
days count dates, and those of 60 and 90 days count whole weeks. Late records fall into a date of at most 35
days ago, never into a merged week (contract 2.5); a balance set as late finds the net of every date after it
(contract 3.2).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.compiling import borrowing
from features.growing import Growing
from features.measures import ATTRIBUTE_BITS, ATTRIBUTES, SIGNS, TYPE_SHIFT
from features.row import Rows

WEEKS: Final = 13
"""Weeks kept, this one included."""
DAILY_WEEKS: Final = 6
"""Weeks with a tile a date, this one included: at least 36 days."""
MONDAY_SHIFT: Final = 3
"""1970-01-01 was a Thursday."""
FIRST_DAY: Final = -719_162
"""0001-01-01, the first date there is; a key counts dates from there."""

ATTRIBUTES_OF_KEY: Final = ATTRIBUTES - 1
"""The bits of a key that tell attributes."""

TILE: Final = np.dtype([("key", "u4"), ("count", "u4"), ("sum", "i8"), ("largest", "i8")])


def _sizes() -> NDArray[np.int64]:
    sizes = list(range(8, 137, 16))
    while sizes[-1] < ATTRIBUTES * (7 * DAILY_WEEKS + WEEKS):
        sizes += [sizes[-1] * 5 // 4 // 8 * 8 + 8]
    return np.array(sizes, np.int64)


SIZES: Final = _sizes()
"""Tiles that a block of each class holds; the largest holds whatever a row may need."""
TOP: Final = len(SIZES)
WANTED: Final = TOP + 1
_SPARE: Final = 4_096


class TilePool:
    """Blocks of tiles with a free list for each class; grows outside the compiled pass."""

    def __init__(self) -> None:
        self._tiles = Growing(TILE)
        self.heads: NDArray[np.int64] = np.full(len(SIZES) + 2, -1, np.int64)
        """[first free block of each class, first tile never used, tiles that a pass stopped for]."""
        self.heads[TOP] = self.heads[WANTED] = 0

    @property
    def entries(self) -> Rows:
        """All tiles, used or not."""
        return self._tiles.entries

    def reserve(self, wanted: int = 0) -> None:
        """Make sure of some room behind all blocks, and of what the last pass stopped for."""
        top = int(self.heads[TOP])
        needed = top + max(wanted, int(self.heads[WANTED]), min(_SPARE, 64 + top))
        if needed > len(self.entries):
            self._tiles.grow(max(needed, len(self.entries) + len(self.entries) // 4))
        self.heads[WANTED] = 0


@njit(cache=True, inline="always")
def week_of(day: int) -> Any:
    """The number of a date's week."""
    return (day + MONDAY_SHIFT) // 7


@njit(cache=True, inline="always")
def monday_of(week: int) -> Any:
    """The date that a week begins with."""
    return week * 7 - MONDAY_SHIFT


@njit(cache=True, inline="always")
def key_of(day: Any, attributes: Any) -> Any:
    return (day - FIRST_DAY << ATTRIBUTE_BITS) + attributes


@njit(cache=True, inline="always")
def day_of_key(key: Any) -> Any:
    return (np.int64(key) >> ATTRIBUTE_BITS) + FIRST_DAY


@njit(cache=True, inline="always")
def attributes_of_key(key: Any) -> Any:
    return np.int64(key) & ATTRIBUTES_OF_KEY


@borrowing
def has_room(row: Any, tiles: Rows, heads: NDArray[np.int64]) -> bool:
    """Whether one more tile can be booked without growing the pool; notes what is wanted if not."""
    if row.tile_class >= 0 and row.tile_count < SIZES[row.tile_class]:
        return True
    wider = row.tile_class + 1
    if heads[wider] >= 0 or heads[TOP] + SIZES[wider] <= len(tiles):
        return True
    heads[WANTED] = SIZES[wider]
    return False


@borrowing
def widen(row: Any, tiles: Rows, heads: NDArray[np.int64]) -> None:
    """Move a row's tiles to a block of the next class; there must be room."""
    old, wider = row.tiles, row.tile_class + 1
    start = heads[wider]
    if start >= 0:
        heads[wider] = tiles[start].sum
    else:
        start = heads[TOP]
        heads[TOP] += SIZES[wider]
    for k in range(row.tile_count):
        tiles[start + k] = tiles[old + k]
    if row.tile_class >= 0:
        tiles[old].sum = heads[row.tile_class]
        heads[row.tile_class] = old
    row.tiles = start
    row.tile_class = wider


@borrowing
def take_block(row: Any, tiles: Rows, heads: NDArray[np.int64], many: int) -> None:
    """Give a row without tiles a block for so many."""
    wanted = 0
    while SIZES[wanted] < many:
        wanted += 1
    row.tile_class = wanted - 1
    start = heads[wanted]
    if start >= 0:
        heads[wanted] = tiles[start].sum
    else:
        start = heads[TOP]
        heads[TOP] += SIZES[wanted]
    row.tiles = start
    row.tile_class = wanted


@borrowing
def give_block_back(row: Any, tiles: Rows, heads: NDArray[np.int64]) -> None:
    """Put a row's block on the free list of its class; the row must not use it any more."""
    if row.tile_class >= 0:
        tiles[row.tiles].sum = heads[row.tile_class]
        heads[row.tile_class] = row.tiles


@borrowing
def net_after(row: Any, tiles: Rows, day: int) -> int:
    """What the records dated later than a date did to the balance (contract 3.2)."""
    net = 0
    at = row.tiles + row.tile_count - 1
    least = key_of(day + 1, 0)
    while at >= row.tiles and tiles[at].key >= least:
        net += tiles[at].sum * SIGNS[attributes_of_key(tiles[at].key) >> TYPE_SHIFT]
        at -= 1
    return net
