"""Have the rows a model scores, or its scores, left the population it was taught on?

A value that was unknown and is now known does no harm: the index of such a feature is taken among its known
values. So a young book, whose histories fill, is not taken for a broken feed; lost values are.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.bins import Bins
from models.monitoring.psi import Reference, psi

LEAST_TAUGHT: Final = 1_000
"""Fewer rows than these are no population to compare with ..."""
LEAST_SEEN: Final = 500
"""... and tell nothing: the index of so few is noise of about (bins - 1) / rows."""
LEAST_KNOWN: Final = 200
"""Known values on both sides, for an index among known values."""
SCORE: Final = "score"
GROWING: Final = frozenset({"account.age"})
"""What grows with the book itself: its index is told, but it makes no state."""
BANDS: Final = {"days_past_due": (0.0, 29.0, 59.0, 89.0)}
"""Where custom cuts instead of quantiles: one payment missed is 8 or 11 days, as the month is long."""

Score = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Probabilities float64[n] of rows float64[n, k]."""


def indices(
    names: tuple[str, ...], taught: NDArray[np.float64], seen: NDArray[np.float64], score: Score
) -> dict[str, float]:
    """The index of each feature and of the score, of the rows seen[n, k] against those taught[m, k].

    Both are scored by the model as it is now. Empty while there are too few rows.
    """
    if len(taught) < LEAST_TAUGHT or len(seen) < LEAST_SEEN:
        return {}
    then, now = np.column_stack([taught, score(taught)]), np.column_stack([seen, score(seen)])
    drawn = Bins.of(then).edges
    edges = tuple(BANDS.get(name, own) for name, own in zip((*names, SCORE), drawn, strict=True))
    reference = Reference(Bins(edges), then)
    counts = reference.count(now)
    return {
        name: moved(before, after)
        for name, before, after in zip((*names, SCORE), reference.counts, counts, strict=True)
    }


def moved(then: NDArray[np.float64], now: NDArray[np.float64]) -> float:
    """The index of two counts[b], unknown first; among known values alone where more are known now."""
    if now[0] * then.sum() >= then[0] * now.sum():
        return psi(then, now)
    if min(then[1:].sum(), now[1:].sum()) < LEAST_KNOWN:
        return 0.0
    return psi(then[1:], now[1:])
