"""The default model, taught one cardholder after the other, each scored before its label is learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from features.catalogue import MODEL_COLUMNS, MODEL_NAMES
from models.logistic import LogisticLearner
from models.metrics import auc, ks
from streams.lookup import features_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from streams.assess import Assessment


@dataclass(frozen=True, slots=True)
class ModelQuality:
    """Measured on all but the first third, which only teaches."""

    count: int
    defaulted: int
    auc: float | None
    ks: float | None
    in_worst_tenth: float
    """Share of those who defaulted that the worst-scored tenth held."""


def vectors_of(assessment: Assessment) -> dict[str, NDArray[np.float64]]:
    """The model's inputs of every cardholder, as of the date each lane has reached."""
    columns = list(MODEL_COLUMNS)
    found: dict[str, NDArray[np.float64]] = {}
    for engine in assessment.engines:
        if engine.day is not None:
            for cardholder, slot in engine.ledger.slots.items():
                found[cardholder] = features_of(engine.ledger, slot, engine.day)[columns]
    return found


def progressive(vectors: Mapping[str, NDArray[np.float64]], labels: Mapping[str, bool]) -> ModelQuality:
    """Score, then teach, each cardholder in the order of `labels`."""
    learner = LogisticLearner(MODEL_NAMES)
    pds, bads = np.empty(len(labels)), np.empty(len(labels), np.bool_)
    for place, (cardholder, bad) in enumerate(labels.items()):
        vector = vectors[cardholder]
        pds[place], bads[place] = learner.predict(vector), bad
        learner.learn(vector, int(bad))
    later = slice(len(labels) // 3, None)
    pds, bads = pds[later], bads[later]
    worst = np.argsort(-pds, kind="stable")[: len(pds) // 10]
    caught = float(bads[worst].sum() / bads.sum()) if bads.any() else 0.0
    return ModelQuality(len(pds), int(bads.sum()), auc(pds, bads), ks(pds, bads), caught)
