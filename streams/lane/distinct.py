"""Of how many cardholders records are: what a batch's commit will come to, while the batch is gathered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Distinct:
    """Counts slots, each once."""

    def __init__(self) -> None:
        self.count = 0
        self._turn = 1
        self._seen: NDArray[np.int64] = np.zeros(0, np.int64)
        """By slot the turn in which it was last counted."""
        self._last: NDArray[np.int64] = np.zeros(0, np.int64)
        """By slot its last place among those counted together."""

    def add(self, slots: NDArray[np.int64]) -> None:
        """Count some; those below 0 are nobody's."""
        known = slots[slots >= 0]
        if not len(known):
            return
        most = int(known.max())
        if most >= len(self._seen):
            grown = np.zeros(max(1024, 2 * most), np.int64)
            grown[: len(self._seen)] = self._seen
            self._seen = grown
            self._last = np.zeros(len(grown), np.int64)
        new = known[self._seen[known] != self._turn]
        self._seen[new] = self._turn
        # Of those that stand there more than once the last one's number remains: so each is counted once.
        numbers = np.arange(len(new))
        self._last[new] = numbers
        self.count += int(np.count_nonzero(self._last[new] == numbers))

    def reset(self) -> None:
        """Count anew."""
        self._turn += 1
        self.count = 0
