"""Have the rows a model scores, or its scores, left the population it was made on?

Rows are counted over fixed bins in blocks of BLOCK; the latest BLOCKS of them are held against the reference.
"""

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.bins import Bins
from models.monitoring.psi import Reference

BLOCK: Final = 500
BLOCKS: Final = 10
LEAST_ROWS: Final = 1_000
"""Fewer rows than these tell nothing: the index of so few is noise of about (bins - 1) / rows."""
SCORE: Final = "score"


class Stability:
    """The index of each feature and of the score over the latest BLOCK · BLOCKS rows.

    names: of the k features. rows: float64[n, k] and pds: float64[n], the reference. bins: of the features.
    """

    def __init__(
        self, names: tuple[str, ...], bins: Bins, rows: NDArray[np.float64], pds: NDArray[np.float64]
    ) -> None:
        self.names = (*names, SCORE)
        with_score = Bins((*bins.edges, *Bins.of(pds[:, None]).edges))
        self._reference = Reference(with_score, np.column_stack([rows, pds]))
        self._blocks: deque[NDArray[np.float64]] = deque(maxlen=BLOCKS)
        self._open: list[NDArray[np.float64]] = []
        self._waiting = 0
        self.indices: dict[str, float] = {}

    @property
    def rows(self) -> int:
        """Rows that the indices were taken over."""
        return len(self._blocks) * BLOCK

    def take(self, rows: NDArray[np.float64], pds: NDArray[np.float64]) -> bool:
        """Take scored rows[n, k] with pds[n]; whether the indices were taken anew."""
        self._open.append(np.column_stack([rows, pds]))
        self._waiting += len(rows)
        if self._waiting < BLOCK:
            return False
        held = np.concatenate(self._open)
        whole = len(held) // BLOCK * BLOCK
        for start in range(max(0, whole - BLOCK * BLOCKS), whole, BLOCK):
            self._blocks.append(self._reference.count(held[start : start + BLOCK]))
        self._open, self._waiting = [held[whole:]], len(held) - whole
        if self.rows < LEAST_ROWS:
            return False
        counts: NDArray[np.float64] = np.sum(np.array(self._blocks), axis=0)
        self.indices = dict(zip(self.names, self._reference.psi(counts).tolist(), strict=True))
        return True
