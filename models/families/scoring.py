"""What it takes to score the families from their snapshots, and no more: nothing here needs River."""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.families.snapshot import CardSnapshot
from models.links import IDENTITY, LOGIT, PROBIT

LINKS: Final = {"scorecard": LOGIT, "linear": IDENTITY, "probit": PROBIT, "lda": LOGIT, "first_order": LOGIT}
"""The scale of the margins of each linear family (models.links); the other families are trees."""
FIRST: Final = 25
"""Lessons before which every family expects the book's rate of everybody."""
LOWEST_SHARE: Final = 1e-4
"""A tree's share of bads is taken for no less than this, and no more than 1 minus this."""
NODE: Final = 8
"""Columns of a tree's node (models.families.treestate)."""
_EXPECTED: Final = 0.05
_EXPECTED_WEIGHT: Final = 20.0
"""Before the first lessons the book is taken for this bad, as by so many lessons."""


def rate_of(bads: float, goods: float) -> float:
    """The share of bads so far, drawn towards what is expected of any book."""
    return (bads + _EXPECTED * _EXPECTED_WEIGHT) / (bads + goods + _EXPECTED_WEIGHT)


def logit(rate: float) -> float:
    """Its log-odds."""
    return math.log(rate / (1.0 - rate))


def constant_of(snapshot: CardSnapshot) -> float:
    """The log-odds of the book's rate."""
    return logit(rate_of(snapshot.bads, snapshot.goods))


def stacked(arrays: Mapping[str, NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """All trees one behind the other: (nodes[n, NODE], the row of each root)."""
    trees: list[NDArray[np.float64]] = []
    roots: list[int] = []
    rows, number = 0, 0
    while f"nodes.{number}" in arrays:
        nodes = arrays[f"nodes.{number}"].reshape(-1, NODE).copy()
        if not len(nodes):  # a tree that has not begun
            nodes = np.array([[-1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]])
        nodes[:, 2:4] += rows
        trees.append(nodes)
        roots.append(rows)
        rows += len(nodes)
        number += 1
    return np.concatenate(trees), np.array(roots, np.int64)
