"""The worst 1 % band: which default probability only one in a hundred cardholders reaches."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

WORST_SHARE: Final = 0.01


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

    def add(self, vector: NDArray[np.float64]) -> None:
        """Take a vector float64[k]; the oldest gives way."""
        self._rows[self._taken % len(self._rows)] = vector
        self._taken += 1

    def rows(self) -> NDArray[np.float64]:
        """Those held, oldest first."""
        size = len(self._rows)
        if self._taken <= size:
            return self._rows[: self._taken].copy()
        return np.roll(self._rows, -(self._taken % size), axis=0)
