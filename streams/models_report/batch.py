"""Batch models to measure the online ones by: out of fold, so that no prediction knows its own label."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.bins import Bins, bins_of, index_of
from models.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

FOLDS: Final = 5
PARTS: Final = 15


def lightgbm(rows: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Gradient boosting (Ke and others, NeurIPS 2017), five folds; needs the extra `report`."""
    import lightgbm as boosting  # in the extra `report` only

    pds = np.empty(len(labels))
    fold = np.arange(len(labels)) % FOLDS
    settings: dict[str, Any] = {
        "objective": "binary",
        "learning_rate": 0.03,
        "num_leaves": 15,
        "min_data_in_leaf": 60,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "feature_fraction": 0.5,
        "lambda_l2": 5.0,
        "num_threads": 1,
        "seed": 1,
        "deterministic": True,
        "force_row_wise": True,
        "verbose": -1,
    }
    for number in range(FOLDS):
        learned = boosting.Dataset(rows[fold != number], labels[fold != number])
        model = boosting.train(settings, learned, num_boost_round=250)
        pds[fold == number] = model.predict(rows[fold == number])
    return pds


def scorecard(
    names: tuple[str, ...],
    rows: NDArray[np.float64],
    labels: NDArray[np.int64],
    categories: Collection[str] = (),
) -> NDArray[np.float64]:
    """Logistic regression on weights of evidence, made anew before each part of the rows from all before it.

    What a bank does that retrains now and then; it is told as much as an online learner, and no more.
    Predictions of the first part are the rate of nobody: 0.5.
    """
    pds = np.full(len(labels), 0.5)
    free = index_of(names, categories)
    for begin, end in pairwise(np.linspace(0, len(labels), PARTS + 1).astype(int).tolist()):
        if begin and 0 < labels[:begin].sum() < begin:
            pds[begin:end] = _fit(free, rows[:begin], labels[:begin], rows[begin:end])
    return pds


def scorecard_folds(
    names: tuple[str, ...],
    rows: NDArray[np.float64],
    labels: NDArray[np.int64],
    categories: Collection[str] = (),
) -> NDArray[np.float64]:
    """The same in five folds: it is told four fifths of all, also what came later."""
    pds = np.empty(len(labels))
    fold = np.arange(len(labels)) % FOLDS
    free = index_of(names, categories)
    for number in range(FOLDS):
        seen = fold != number
        pds[~seen] = _fit(free, rows[seen], labels[seen], rows[~seen])
    return pds


def _fit(
    free: frozenset[int], rows: NDArray[np.float64], labels: NDArray[np.int64], asked: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Probabilities of asked[m, k] by a model made from rows[n, k] and labels[n], with the learners' bins."""
    k = rows.shape[1]
    edges = Bins.of(rows, free).array()
    evidence = Evidence(k, np.array([j in free for j in range(k)]), 1.0)
    places = np.array([bins_of(np.ascontiguousarray(row), edges) for row in rows])
    for row, label in zip(places, labels.tolist(), strict=True):
        evidence.count(row, label)
    evidence.refresh()
    columns = np.arange(k)
    weights = fitted(evidence.woe[columns, places], labels)
    other = np.array([bins_of(np.ascontiguousarray(row), edges) for row in asked])
    margins = evidence.woe[columns, other] @ weights[:-1] + weights[-1]
    found: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.clip(margins, -30.0, 30.0)))
    return found


def fitted(inputs: NDArray[np.float64], labels: NDArray[np.int64], ridge: float = 1.0) -> NDArray[np.float64]:
    """Weights float64[m + 1], constant last, by Newton's steps on the likelihood with a ridge."""
    design = np.column_stack([inputs, np.ones(len(inputs))])
    penalty = np.append(np.full(inputs.shape[1], ridge), 1e-9)
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30.0, 30.0)))
        gradient = design.T @ (labels - p) - penalty * weights
        curvature = (design * (p * (1.0 - p))[:, None]).T @ design + np.diag(penalty)
        move = np.linalg.solve(curvature, gradient)
        weights += move * min(1.0, 5.0 / max(float(np.abs(move).max()), 1e-12))
        if float(np.abs(move).max()) < 1e-8:
            break
    return weights
