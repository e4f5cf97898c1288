"""Scores all rows at once with an immutable snapshot of any family over binned evidence."""

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.bins import WIDTH, bin_of
from models.families.scoring import FIRST, LINKS, LOWEST_SHARE, constant_of, stacked
from models.families.snapshot import CardSnapshot
from models.links import LOGIT, Calibration, calibrated, log_odds_of

_IDENTITY: Final = Calibration(bends=False).curve


@njit(cache=True, nogil=True)
def _from_table(
    rows: NDArray[np.float64],
    edges: NDArray[np.float64],
    table: NDArray[np.float64],
    constant: float,
    link: int,
    curve: NDArray[np.float64],
) -> NDArray[np.float64]:
    out = np.empty(len(rows))
    for i in range(len(rows)):
        margin = constant
        for j in range(len(edges)):
            margin += table[j, bin_of(rows[i, j], edges[j])]
        out[i] = calibrated(log_odds_of(margin, link), curve)
    return out


@njit(cache=True, nogil=True)
def _from_trees(
    rows: NDArray[np.float64],
    edges: NDArray[np.float64],
    nodes: NDArray[np.int64],
    shares: NDArray[np.float64],
    roots: NDArray[np.int64],
    lowest: float,
    curve: NDArray[np.float64],
) -> NDArray[np.float64]:
    out = np.empty(len(rows))
    bins = np.empty(len(edges), np.int64)
    for i in range(len(rows)):
        for j in range(len(edges)):
            bins[j] = bin_of(rows[i, j], edges[j])
        total = 0.0
        for root in roots:
            node = root
            while nodes[node, 0] >= 0:
                node = nodes[node, 2] if bins[nodes[node, 0]] <= nodes[node, 1] else nodes[node, 3]
            total += shares[node]
        share = min(max(total / len(roots), lowest), 1.0 - lowest)
        out[i] = calibrated(np.log(share / (1.0 - share)), curve)
    return out


class Table:
    """A linear family compiled: table float64[k, WIDTH], constant, link and calibration curve."""

    def __init__(self, snapshot: CardSnapshot) -> None:
        k = len(snapshot.feature_names)
        self.table, self.constant = np.zeros((k, WIDTH)), constant_of(snapshot)
        self.link, self.curve = LOGIT, _IDENTITY
        self.edges = np.zeros((k, WIDTH - 2)) if snapshot.bins is None else snapshot.bins.array()
        if snapshot.lessons >= FIRST:
            weights = snapshot.core["weights"].array()
            self.table = snapshot.woe.array() * weights[:-1, None]
            self.constant = float(weights[-1])
            self.link, self.curve = LINKS[snapshot.kind], snapshot.calibration.array()

    def pd(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        scored: NDArray[np.float64] = _from_table(
            rows, self.edges, self.table, self.constant, self.link, self.curve
        )
        return scored


class Trees:
    """A tree or a forest compiled: nodes int64[n, 4] (feature, cut, left, right), shares float64[n]."""

    def __init__(self, snapshot: CardSnapshot) -> None:
        k = len(snapshot.feature_names)
        self.edges = np.zeros((k, WIDTH - 2)) if snapshot.bins is None else snapshot.bins.array()
        if snapshot.lessons >= FIRST:
            nodes, self.roots = stacked({name: packed.array() for name, packed in snapshot.core.items()})
            self.nodes = nodes[:, :4].astype(np.int64)
            weight = nodes[:, 4] + nodes[:, 5]
            self.shares = np.divide(nodes[:, 5], weight, out=np.zeros(len(nodes)), where=weight > 0.0)
            self.curve = snapshot.calibration.array()
        else:
            rate = 1.0 / (1.0 + np.exp(-constant_of(snapshot)))
            self.nodes, self.shares = np.array([[-1, 0, 0, 0]]), np.array([rate])
            self.roots, self.curve = np.zeros(1, np.int64), _IDENTITY

    def pd(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        scored: NDArray[np.float64] = _from_trees(
            rows, self.edges, self.nodes, self.shares, self.roots, LOWEST_SHARE, self.curve
        )
        return scored


class CardScorer:
    """A snapshot compiled into arrays. Each row is summed by itself, in the order of its features."""

    def __init__(self, snapshot: CardSnapshot) -> None:
        self.snapshot = snapshot
        self.compiled: Table | Trees = Table(snapshot) if snapshot.kind in LINKS else Trees(snapshot)

    def pd(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probabilities of bad float64[n] of raw features float64[n, k] (NaN: unknown)."""
        k = len(self.snapshot.feature_names)
        if rows.ndim != 2 or rows.shape[1] != k:
            raise ValueError(f"the model scores rows of {k} features, not an array of shape {rows.shape}")
        return self.compiled.pd(np.ascontiguousarray(rows, np.float64))
