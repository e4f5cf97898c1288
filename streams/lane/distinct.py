"""Of how many cardholders records are: what a batch's commit will come to, while the batch is gathered."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


class Distinct:
    """Counts slots, each once."""

    def __init__(self) -> None:
        self.count = 0
        self._turn = 1
        self._seen: NDArray[np.int64] = np.zeros(0, np.int64)
        """By slot the turn in which it was last counted."""

    def add(self, slots: NDArray[np.int64]) -> None:
        """Count some; those below 0 are nobody's."""
        most = int(slots.max(initial=-1))
        if most >= len(self._seen):
            grown = np.zeros(max(1024, 2 * most), np.int64)
            grown[: len(self._seen)] = self._seen
            self._seen = grown
        self.count += _count(slots, self._seen, self._turn)

    def reset(self) -> None:
        """Count anew."""
        self._turn += 1
        self.count = 0


@njit(cache=True, nogil=True)
def _count(slots: NDArray[np.int64], seen: NDArray[np.int64], turn: int) -> int:
    count = 0
    for n in range(len(slots)):
        slot = slots[n]
        if slot >= 0 and seen[slot] != turn:
            seen[slot] = turn
            count += 1
    return count
