"""The worst 1 % band: which default probability only one in a hundred cardholders reaches."""

import math
from collections.abc import Iterator, Mapping
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from models.pieces import Told

WORST_SHARE: Final = 0.01
BLOCK: Final = 250
"""Rows to a piece (models.pieces.Part)."""
TAKEN: Final = "taken"


def worst_band(pds: NDArray[np.float64]) -> float:
    """The lowest of pds[n] that at most 1 % of them reach; a cardholder is in the band from it on (>=).

    Equal probabilities are never split: if more than 1 % share the highest, or n < 100, the band is empty and
    the number just above the highest is returned (just above 1 for n = 0).
    """
    if not len(pds):
        return math.nextafter(1.0, 2.0)
    ordered = np.sort(pds)
    allowed = int(len(pds) * WORST_SHARE)
    excluded = float(ordered[len(pds) - allowed - 1])  # with it, the band would be too large
    above = ordered[np.searchsorted(ordered, excluded, side="right") :]
    return float(above[0]) if len(above) else math.nextafter(excluded, 2.0)


class RecentRows:
    """The feature vectors of the latest `size` observations: float64[size, k], NaN unknown."""

    def __init__(self, size: int, k: int) -> None:
        self._rows = np.full((size, k), np.nan)
        self._taken = 0
        self._changed: set[int] = set()

    def __len__(self) -> int:
        """How many are held."""
        return min(self._taken, len(self._rows))

    def add(self, vector: NDArray[np.float64] | float) -> None:
        """Take a vector float64[k], or a number k times; the oldest gives way."""
        place = self._taken % len(self._rows)
        self._rows[place] = vector
        self._taken += 1
        self._changed.add(place // BLOCK)

    def rows(self) -> NDArray[np.float64]:
        """Those held, oldest first."""
        size = len(self._rows)
        if self._taken <= size:
            return self._rows[: self._taken].copy()
        return np.roll(self._rows, -(self._taken % size), axis=0)

    def tell(self, *, whole: bool) -> Iterator[Told]:
        """As models.pieces.Part.tell: blocks of rows as they lie, float64 little-endian."""
        if whole or self._changed:
            yield TAKEN, str(self._taken).encode()
        for block in range(-(-len(self) // BLOCK)) if whole else sorted(self._changed):
            yield str(block), self._rows[block * BLOCK : (block + 1) * BLOCK].astype("<f8").tobytes()

    def confirm(self) -> None:
        """As models.pieces.Part.confirm."""
        self._changed.clear()

    def resume(self, pieces: Mapping[str, bytes]) -> Self:
        """As models.pieces.Part.resume; of the same size."""
        self._taken = int(pieces.get(TAKEN, b"0"))
        for block in range(-(-len(self) // BLOCK)):
            place = self._rows[block * BLOCK : (block + 1) * BLOCK]
            place[:] = np.frombuffer(pieces.get(str(block), b""), "<f8").reshape(place.shape)
        return self
