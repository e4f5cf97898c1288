"""Batch models to measure the online ones by: out of fold, so that no prediction knows its own label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.bins import Bins, bins_of, index_of
from models.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

FOLDS: Final = 5


def lightgbm(rows: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Gradient boosting (Ke and others, NeurIPS 2017), five folds; needs the extra `report`."""
    import lightgbm as boosting  # noqa: PLC0415  # in the extra `report` only

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
    """Logistic regression on weights of evidence over the learners' own kind of bins, five folds."""
    k = len(names)
    free = np.array([j in index_of(names, categories) for j in range(k)])
    bins = Bins.of(rows, index_of(names, categories))
    edges = bins.array()
    places = np.array([bins_of(np.ascontiguousarray(row), edges) for row in rows])
    pds = np.empty(len(labels))
    fold = np.arange(len(labels)) % FOLDS
    for number in range(FOLDS):
        seen = fold != number
        evidence = Evidence(k, free, 1.0)
        for row, label in zip(places[seen], labels[seen].tolist(), strict=True):
            evidence.count(row, label)
        evidence.refresh()
        columns = np.arange(k)
        inputs = evidence.woe[columns, places]
        weights = fitted(inputs[seen], labels[seen])
        pds[~seen] = 1.0 / (1.0 + np.exp(-(inputs[~seen] @ weights[:-1] + weights[-1])))
    return pds


def fitted(inputs: NDArray[np.float64], labels: NDArray[np.int64], ridge: float = 1.0) -> NDArray[np.float64]:
    """Weights float64[m + 1] (constant last) by Newton's steps on the penalised likelihood (ridge, sklearn's C = 1)."""
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
