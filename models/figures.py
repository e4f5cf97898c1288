"""How a model did on one set of labels, and how the champion did on the very same."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from models.metrics import auc, brier, ece, ks

Pairs = Sequence[tuple[float, int]]
"""A probability that was told before the label was known, and the label: 1 bad, 0 good."""


class Rival(msgspec.Struct, frozen=True):
    """The figures of another model on the labels of the figures that hold it. name: as people call it."""

    name: str
    auc: float
    ks: float
    ece: float
    brier: float


class Figures(msgspec.Struct, frozen=True):
    """How a model did on one set of labels, each predicted before it was known.

    labels: names the set; figures of different sets are never compared. psi: of the score; None: not
    measured. rival: the champion on the same labels, if there was one.
    """

    labels: str
    count: int
    bads: int
    auc: float
    ks: float
    ece: float
    brier: float
    psi: float | None = None
    rival: Rival | None = None


def figures_of(pairs: Pairs, labels: str, psi: float | None, rival: Rival | None = None) -> Figures | None:
    """Of predictions and their labels; None while one class is missing."""
    own = rival_of("", pairs)
    if own is None:
        return None
    bads = sum(label for _, label in pairs)
    return Figures(labels, len(pairs), bads, own.auc, own.ks, own.ece, own.brier, psi, rival)


def rival_of(name: str, pairs: Pairs) -> Rival | None:
    """What another model did on the same labels; None while one class is missing."""
    pds, bad = np.array([pd for pd, _ in pairs]), np.array([bool(label) for _, label in pairs], np.bool_)
    ranks, distance = auc(pds, bad), ks(pds, bad)
    if ranks is None or distance is None:
        return None
    return Rival(name, ranks, distance, ece(pds, bad) or 0.0, brier(pds, bad) or 0.0)
