"""Predict, then learn: the only honest order, one shuffle of a book at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from models.families import Learner, new
from models.metrics import auc, brier, ece, ks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.families.snapshot import Categories

SKIPPED = 3
"""The first 1 / SKIPPED of the lessons are not measured."""


class Run(NamedTuple):
    """pds: float64[n], each made before its label was learned. learner: as it was after the last lesson."""

    pds: NDArray[np.float64]
    learner: Learner


def prequential(
    family: str,
    names: tuple[str, ...],
    rows: NDArray[np.float64],
    labels: NDArray[np.int64],
    categories: Categories = (),
) -> Run:
    """A family over rows[n, k] and labels[n], in this order."""
    learner = new(family, names, categories=categories)
    pds = np.empty(len(labels))
    for index, label in enumerate(labels.tolist()):
        pds[index] = learner.predict(rows[index])
        learner.learn(rows[index], label)
    return Run(pds, learner)


def measured(pds: NDArray[np.float64], labels: NDArray[np.int64]) -> dict[str, float]:
    """auc, ks, ece, brier of what came after the first third; NaN where one class is missing."""
    later = slice(len(labels) // SKIPPED, None)
    scored, bad = pds[later], labels[later] == 1
    figures = {"auc": auc, "ks": ks, "ece": ece, "brier": brier}
    return {name: _number(figure(scored, bad)) for name, figure in figures.items()}


def _number(found: float | None) -> float:
    return float("nan") if found is None else found


def shuffled(n: int, seed: int) -> NDArray[np.int64]:
    """An order of n lessons; another seed gives another."""
    return np.random.default_rng(seed).permutation(n)
