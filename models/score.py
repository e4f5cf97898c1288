"""Scores all rows at once with an immutable snapshot."""

import math
from typing import Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.inputs import beyond, clipped, signed_log1p
from models.probability import points, sigmoid
from models.snapshot import Snapshot

__all__ = ["Scorer", "name_of", "points"]


@njit(cache=True, nogil=True, inline="always")
def _weighed(
    v: float, mean: float, per_scale: float, weight: float, bend: float, clip: float, knot: float
) -> float:
    """What one known value, after signed_log1p, adds to the log-odds."""
    z = clipped((v - mean) * per_scale, clip)
    return weight * z + bend * beyond(z, knot)


@njit(cache=True, nogil=True)
def _score(
    rows: NDArray[np.float64],
    means: NDArray[np.float64],
    per_scale: NDArray[np.float64],
    weights: NDArray[np.float64],
    intercept: float,
    cap: float,
    clip: float,
    knot: float,
) -> NDArray[np.float64]:
    n, k = rows.shape
    out = np.empty(n)
    at_zero = np.empty(k)  # most known values are zero: what they add needs no logarithm
    for j in range(k):
        at_zero[j] = _weighed(0.0, means[j], per_scale[j], weights[j], weights[k + j], clip, knot)
    for i in range(n):
        logit = intercept
        for j in range(k):
            x = rows[i, j]
            if math.isnan(x):
                logit += weights[2 * k + j]
            elif x == 0.0:
                logit += at_zero[j]
            else:
                v = signed_log1p(x, cap)
                logit += _weighed(v, means[j], per_scale[j], weights[j], weights[k + j], clip, knot)
        out[i] = sigmoid(logit)
    return out


class Scored(Protocol):
    """What lanes must know of a snapshot, of whatever family."""

    @property
    def model_id(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def feature_names(self) -> tuple[str, ...]: ...
    @property
    def ready(self) -> bool: ...
    @property
    def worst_band_pd(self) -> float: ...


def name_of(snapshot: Scored) -> str:
    """What a snapshot is called in the journal, and its key on its topic."""
    return f"{snapshot.model_id}.{snapshot.version}"


class SnapshotScorer(Protocol):
    """A compiled snapshot that lanes can score with: as champion, or looking on."""

    @property
    def snapshot(self) -> Scored: ...

    def pd(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities float64[n] of rows float64[n, k] in the order of the snapshot's features."""
        ...


class Scorer:
    """A snapshot compiled into arrays.

    Each row is summed by itself, in the order of its features: its probability is the same to the bit alone,
    in any batch and beside any neighbours.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        scales = np.array(snapshot.scales, np.float64)
        self._means = np.array(snapshot.means, np.float64)
        self._per_scale = np.divide(1.0, scales, out=np.zeros_like(scales), where=scales > 0.0)
        self._weights = np.array(snapshot.weights, np.float64)

    def pd(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """The default probabilities float64[n] of raw features float64[n, k] (NaN: unknown)."""
        k = len(self._means)
        if rows.ndim != 2 or rows.shape[1] != k:
            raise ValueError(f"the model scores rows of {k} features, not an array of shape {rows.shape}")
        shape = self.snapshot.shape
        scored: NDArray[np.float64] = _score(
            np.ascontiguousarray(rows, np.float64),
            self._means,
            self._per_scale,
            self._weights,
            self.snapshot.intercept,
            shape.cap,
            shape.clip,
            shape.knot,
        )
        return scored
