"""Fine bins of raw features: where their quantiles cut, and which bin a value falls into.

Every feature has bin 0 for unknown (NaN) and bins 1..FINE for known values: bin 1 + the number of edges below
the value. The edges see no label, so models with other targets can share them, and so can the stability
index.
"""

from collections.abc import Collection, Sequence
from typing import Final, Self

import msgspec
import numpy as np
from numba import njit
from numpy.typing import NDArray

FINE: Final = 32
"""Most bins of known values."""

WIDTH: Final = FINE + 1
"""Places of a table over the bins of one feature: unknown first."""


class Bins(msgspec.Struct, frozen=True):
    """The inner edges of each feature, ascending, in the raw unit; bin b is (edges[b - 2], edges[b - 1]]."""

    edges: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, rows: NDArray[np.float64], categories: Collection[int] = (), most: int = FINE) -> Self:
        """Edges at the quantiles of rows[n, k]; between the values if there are at most `most`.

        categories: columns that hold codes 0, 1, 2, … in no order; each code is a bin, the last takes the
        rest.
        """
        halves = tuple(float(code) + 0.5 for code in range(FINE - 1))
        return cls(
            tuple(halves if j in categories else _edges(rows[:, j], most) for j in range(rows.shape[1])),
        )

    def array(self) -> NDArray[np.float64]:
        """The edges as float64[k, FINE - 1], filled up with infinity: nothing lies above it."""
        filled = np.full((len(self.edges), FINE - 1), np.inf)
        for j, edges in enumerate(self.edges):
            filled[j, : len(edges)] = edges
        return filled


def _edges(values: NDArray[np.float64], most: int) -> tuple[float, ...]:
    known = np.sort(values[np.isfinite(values)])
    distinct = np.unique(known)
    if len(distinct) < 2:
        return ()
    if len(distinct) <= most:
        edges = distinct[:-1] / 2.0 + distinct[1:] / 2.0
    else:
        places = (np.arange(1, most) * len(known)) // most
        edges = known[places]
    unique = np.unique(edges)
    return tuple(unique[unique < distinct[-1]].tolist())


@njit(cache=True, inline="always")
def bin_of(x: float, edges: NDArray[np.float64]) -> int:
    """The bin of x among ascending edges[FINE - 1]; 0 for NaN. Halves the 31 edges five times."""
    if x != x:  # noqa: PLR0124 - NaN
        return 0
    place = 0
    place += 16 * (x > edges[place + 15])
    place += 8 * (x > edges[place + 7])
    place += 4 * (x > edges[place + 3])
    place += 2 * (x > edges[place + 1])
    place += 1 * (x > edges[place])
    found: int = place + 1
    return found


@njit(cache=True)
def bins_of(x: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.int64]:
    """The bins int64[k] of a vector x[k]; edges[k, FINE - 1]."""
    out = np.empty(len(x), np.int64)
    for j in range(len(x)):
        out[j] = bin_of(x[j], edges[j])
    return out


def index_of(names: Sequence[str], chosen: Collection[str]) -> frozenset[int]:
    """The columns of the chosen names; each must be among the names."""
    missing = sorted(set(chosen) - set(names))
    if missing:
        raise ValueError(f"no such feature: {', '.join(missing)}")
    return frozenset(index for index, name in enumerate(names) if name in chosen)
