"""A correction takes back as many lessons as a label counted, and gives as many as the right one counts."""

import numpy as np
import pytest
from numpy.typing import NDArray

from models.bins import bins_of
from models.families.card import REFRESH, CardLearner

NAMES = ("delay", "share", "noise")
RARE = 8.0
SEEN = 9 * REFRESH
"""Here evidence was weighed anew, as it is not again before the end; bins were drawn at 800."""
LESSONS = SEEN + REFRESH - 1


def _lessons() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    draw = np.random.default_rng(5)
    vectors = np.column_stack([draw.poisson(0.6, LESSONS), draw.random(LESSONS), draw.normal(size=LESSONS)])
    risk = 1.0 / (1.0 + np.exp(3.0 - 1.2 * vectors[:, 0] - vectors[:, 1]))
    return vectors.astype(np.float64), (draw.random(LESSONS) < risk).astype(np.int64)


def _taught(kind: str, vectors: NDArray[np.float64], labels: NDArray[np.int64]) -> CardLearner:
    learner = CardLearner(kind, NAMES, bad_weight=RARE)
    for vector, label in zip(vectors, labels.tolist(), strict=True):
        learner.learn(vector, label)
    return learner


@pytest.mark.parametrize("was", [0, 1])
@pytest.mark.parametrize("kind", ["scorecard", "lda"])
def test_a_rare_label_is_put_right_with_its_weight(kind: str, was: int) -> None:
    vectors, labels = _lessons()
    wrong = SEEN + np.flatnonzero(labels[SEEN:] != was)[:12]
    told = labels.copy()
    told[wrong] = was
    truth, misled = _taught(kind, vectors, labels), _taught(kind, vectors, told)
    before = _margins(misled, vectors)
    for place in wrong.tolist():
        misled.correct(vectors[place], was, int(labels[place]))
    right, after = _margins(truth, vectors), _margins(misled, vectors)
    assert np.abs(after - right).mean() < 0.3 * np.abs(before - right).mean()


def _margins(learner: CardLearner, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    learner.core.refresh(1.0)
    places = [bins_of(row, learner._edges) for row in rows]
    return np.array([learner.core.margin(bins, learner.evidence.inputs(bins)) for bins in places])
