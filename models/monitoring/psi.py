"""Population stability index: how far a distribution has moved from the one a model was made on.

psi = Σ (now - then) · ln(now / then) over the shares of fixed bins (Siddiqi, Credit Risk Scorecards, 2006,
ch. 9).
By custom below 0.1 nothing to speak of, from 0.25 on another population. A share is drawn towards the other
side's by HALF a row a bin, so that an empty bin stays finite.
"""

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.bins import FINE, WIDTH, Bins, bin_of

WATCH: Final = 0.1
UNSTABLE: Final = 0.25
COARSE: Final = 10
"""Bins of known values that the index is taken over."""
_HALF: Final = 0.5


def psi(then: NDArray[np.float64], now: NDArray[np.float64]) -> float:
    """The index of two counts[b] over the same bins; 0 while either is empty."""
    rows_then, rows_now = float(then.sum()), float(now.sum())
    used = (then > 0.0) | (now > 0.0)
    if not rows_then or not rows_now or used.sum() < 2:
        return 0.0
    before = (then[used] + _HALF) / (rows_then + _HALF * used.sum())
    after = (now[used] + _HALF) / (rows_now + _HALF * used.sum())
    return float(((after - before) * np.log(after / before)).sum())


@njit(cache=True, nogil=True)
def count_bins(
    rows: NDArray[np.float64],
    edges: NDArray[np.float64],
    group: NDArray[np.int64],
    counts: NDArray[np.float64],
) -> None:
    """Add rows[n, k] to counts[k, WIDTH], each at the group[k, WIDTH] of its fine bin; edges[k, FINE - 1]."""
    for i in range(len(rows)):
        for j in range(len(edges)):
            counts[j, group[j, bin_of(rows[i, j], edges[j])]] += 1.0


def coarse_groups(counts: NDArray[np.float64]) -> NDArray[np.int64]:
    """Which fine bins belong together, int64[k, WIDTH]: about COARSE equal shares of counts[k, WIDTH].

    Unknown stays alone at 0. Neighbours are joined; a bin is never parted.
    """
    groups = np.zeros(counts.shape, np.int64)
    for j, row in enumerate(counts):
        known = row[1:]
        total = known.sum()
        middle = np.cumsum(known) - known / 2.0
        share = middle / total if total else np.arange(FINE) / FINE
        groups[j, 1:] = 1 + np.minimum((share * COARSE).astype(np.int64), COARSE - 1)
    return groups


class Reference:
    """What the features looked like when the model was made: shares over coarse bins.

    bins: of the k features. counts: float64[k, WIDTH] over groups.
    """

    def __init__(self, bins: Bins, rows: NDArray[np.float64]) -> None:
        self.bins = bins
        self.edges = bins.array()
        fine = np.zeros((len(bins.edges), WIDTH))
        alone = np.tile(np.arange(WIDTH), (len(bins.edges), 1))
        count_bins(np.ascontiguousarray(rows, np.float64), self.edges, alone, fine)
        self.group = coarse_groups(fine)
        self.counts = self.count(rows)

    def count(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """The counts float64[k, WIDTH] of rows[n, k] over the same groups."""
        counts = np.zeros((len(self.edges), WIDTH))
        count_bins(np.ascontiguousarray(rows, np.float64), self.edges, self.group, counts)
        return counts

    def psi(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        """The index float64[k] of each feature."""
        return np.array([psi(then, now) for then, now in zip(self.counts, counts, strict=True)])
