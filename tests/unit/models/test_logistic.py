from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from models.logistic import LogisticLearner
from models.score import Scorer
from models.snapshot import Snapshot

NAMES = tuple(f"f{index}" for index in range(6))


def _taught(vectors: Any, labels: Any) -> LogisticLearner:
    learner = LogisticLearner(NAMES)
    for vector, label in zip(vectors, labels, strict=True):
        learner.learn(vector, int(label))
    return learner


def test_it_says_5_percent_before_the_first_lesson() -> None:
    assert LogisticLearner(NAMES).predict(np.zeros(6)) == pytest.approx(0.05)


def test_the_same_lessons_teach_the_same(book: Callable[..., Any]) -> None:
    vectors, labels = book(400)
    assert _taught(vectors, labels).snapshot() == _taught(vectors, labels).snapshot()


def test_a_restored_learner_goes_on_identically(book: Callable[..., Any]) -> None:
    vectors, labels = book(600)
    learner = _taught(vectors[:300], labels[:300])
    restored = LogisticLearner.from_snapshot(Snapshot.from_json(learner.snapshot().to_json(), NAMES))
    assert restored.snapshot() == learner.snapshot()
    for vector, label in zip(vectors[300:], labels[300:], strict=True):
        assert restored.predict(vector) == learner.predict(vector)
        learner.learn(vector, int(label))
        restored.learn(vector, int(label))
    assert restored.snapshot().to_json() == learner.snapshot().to_json()


def test_learning_leaves_snapshots_and_scorers_alone(book: Callable[..., Any]) -> None:
    vectors, labels = book(400)
    learner = _taught(vectors[:200], labels[:200])
    snapshot = learner.snapshot()
    scorer, written = Scorer(snapshot), snapshot.to_json()
    before = scorer.pd(vectors)
    for vector, label in zip(vectors[200:], labels[200:], strict=True):
        learner.learn(vector, int(label))
    assert snapshot.to_json() == written
    np.testing.assert_array_equal(scorer.pd(vectors), before)
    assert (Scorer(learner.snapshot()).pd(vectors) != before).any()


def test_probabilities_fit_what_happens(book: Callable[..., Any]) -> None:
    vectors, labels = book(6000)
    learner = _taught(vectors[:3000], labels[:3000])
    pds = Scorer(learner.snapshot()).pd(vectors[3000:])
    assert pds.mean() == pytest.approx(labels[3000:].mean(), rel=0.15)
    risky = pds > np.quantile(pds, 0.9)
    assert pds[risky].mean() == pytest.approx(labels[3000:][risky].mean(), rel=0.2)


def test_unknown_has_a_weight_of_its_own() -> None:
    draw = np.random.default_rng(5)
    learner = LogisticLearner(("steady", "asked"))
    for _ in range(1500):
        bad = draw.random() < 0.1
        asked = np.nan if draw.random() < (0.8 if bad else 0.1) else draw.normal()
        learner.learn(np.array([draw.normal(), asked]), int(bad))
    assert learner.predict(np.array([0.0, np.nan])) > 3.0 * learner.predict(np.array([0.0, 0.0]))


def test_a_vector_may_be_wholly_unknown_or_constant() -> None:
    learner = LogisticLearner(NAMES)
    for index in range(20):
        learner.learn(np.full(6, np.nan if index % 2 else 7.0), index % 2)
    pds = Scorer(learner.snapshot()).pd(np.array([[np.nan] * 6, [7.0] * 6]))
    assert np.isfinite(pds).all()
    assert pds[0] > pds[1]


def test_uncertainty_stays_symmetric_and_positive(book: Callable[..., Any]) -> None:
    covariance = _taught(*book(3000))._regression.covariance
    np.testing.assert_array_equal(covariance, covariance.T)
    assert np.linalg.eigvalsh(covariance).min() > 0.0


def test_wrong_shapes_labels_and_names_are_refused() -> None:
    learner = LogisticLearner(NAMES)
    with pytest.raises(ValueError, match="6 features are learned"):
        learner.learn(np.zeros(5), 1)
    with pytest.raises(ValueError, match="a label is 1"):
        learner.learn(np.zeros(6), 2)
    with pytest.raises(ValueError, match="distinct"):
        LogisticLearner(("a", "a"))
