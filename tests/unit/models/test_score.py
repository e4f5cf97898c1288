from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from models.logistic import LogisticLearner
from models.score import Scorer

NAMES = tuple(f"f{index}" for index in range(6))


@pytest.mark.parametrize("lessons", [0, 1, 2, 500])
def test_arrays_score_as_the_learner_predicts(book: Callable[..., Any], lessons: int) -> None:
    vectors, labels = book(600)
    vectors[::50] *= 1e12
    vectors[7, 0], vectors[8, 0] = np.inf, -np.inf
    learner = LogisticLearner(NAMES)
    for vector, label in zip(vectors[:lessons], labels[:lessons], strict=True):
        learner.learn(vector, int(label))
    predicted = [learner.predict(vector) for vector in vectors]
    np.testing.assert_allclose(Scorer(learner.snapshot()).pd(vectors), predicted, rtol=0.0, atol=1e-9)


def test_a_row_scores_alike_in_any_batch(book: Callable[..., Any]) -> None:
    vectors, labels = book(1000)
    learner = LogisticLearner(NAMES)
    for vector, label in zip(vectors, labels, strict=True):
        learner.learn(vector, int(label))
    scorer = Scorer(learner.snapshot())
    together = scorer.pd(vectors)
    alone = np.array([scorer.pd(vectors[index : index + 1])[0] for index in range(len(vectors))])
    np.testing.assert_array_equal(alone, together)
    np.testing.assert_array_equal(scorer.pd(vectors[::-3]), together[::-3])
    np.testing.assert_array_equal(scorer.pd(np.asfortranarray(vectors)), together)
    assert scorer.pd(vectors[:0]).shape == (0,)


def test_rows_of_another_width_are_refused() -> None:
    scorer = Scorer(LogisticLearner(NAMES).snapshot())
    for rows in (np.zeros((2, 5)), np.zeros(6)):
        with pytest.raises(ValueError, match="rows of 6 features"):
            scorer.pd(rows)
