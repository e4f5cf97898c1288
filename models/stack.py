"""Several linear models scored in one pass: a value is binned once, for all of them.

Models that were given the same bins (models.families: `bins`) share every look-up; a feature that two of them
cut at different places is binned twice. Other families are scored one by one beside it.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.bins import FINE, WIDTH, bin_of
from models.families.compiled import CardScorer, Table
from models.links import calibrated, log_odds_of

_BLOCK: Final = 64
"""Rows that go through one feature together, so that its edges and table stay at hand."""


@njit(cache=True, nogil=True)
def _score(
    rows: NDArray[np.float64],
    columns: NDArray[np.int64],
    edges: NDArray[np.float64],
    tables: NDArray[np.float64],
    constants: NDArray[np.float64],
    links: NDArray[np.int64],
    curves: NDArray[np.float64],
) -> NDArray[np.float64]:
    """rows[n, k]; columns[u], edges[u, FINE - 1], tables[u, WIDTH, m] of each binning; float64[n, m]."""
    n, m = len(rows), len(constants)
    out = np.empty((n, m))
    for begin in range(0, n, _BLOCK):
        end = min(n, begin + _BLOCK)
        for i in range(begin, end):
            out[i] = constants
        for u in range(len(columns)):
            for i in range(begin, end):
                place = bin_of(rows[i, columns[u]], edges[u])
                for j in range(m):
                    out[i, j] += tables[u, place, j]
        for i in range(begin, end):
            for j in range(m):
                out[i, j] = calibrated(log_odds_of(out[i, j], links[j]), curves[j])
    return out


class Stack:
    """Scorers over the same k features, compiled together.

    names: of the features, in the order of the rows. scorers: of linear families (not trees, not blends),
    over some or all of these features. Each model's sum runs in the order of the rows' features.
    """

    def __init__(self, names: Sequence[str], scorers: Sequence[CardScorer]) -> None:
        self.names = tuple(names)
        self.model_ids = tuple(scorer.snapshot.model_id for scorer in scorers)
        found: dict[tuple[int, tuple[float, ...]], NDArray[np.float64]] = {}
        for place, scorer in enumerate(scorers):
            table = scorer.compiled
            if not isinstance(table, Table):
                raise TypeError(f"{scorer.snapshot.model_id} is scored from trees, not from a table")
            for j, name in enumerate(scorer.snapshot.feature_names):
                key = self.names.index(name), tuple(table.edges[j].tolist())
                values = found.setdefault(key, np.zeros((WIDTH, len(scorers))))
                values[:, place] = table.table[j]
        order = sorted(found)
        self._columns = np.array([column for column, _ in order], np.int64)
        self._edges = np.array([edges for _, edges in order], np.float64).reshape(-1, FINE - 1)
        self._tables = np.array([found[key] for key in order])
        compiled = [scorer.compiled for scorer in scorers if isinstance(scorer.compiled, Table)]
        self._constants = np.array([table.constant for table in compiled])
        self._links = np.array([table.link for table in compiled], np.int64)
        self._curves = np.array([table.curve for table in compiled])

    def pd(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probabilities float64[n, m] of raw features float64[n, k]; a column a model, in their order."""
        if rows.ndim != 2 or rows.shape[1] != len(self.names):
            raise ValueError(
                f"rows of {len(self.names)} features are scored, not an array of shape {rows.shape}"
            )
        scored: NDArray[np.float64] = _score(
            np.ascontiguousarray(rows, np.float64),
            self._columns,
            self._edges,
            self._tables,
            self._constants,
            self._links,
            self._curves,
        )
        return scored
