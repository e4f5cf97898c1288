import numpy as np
import pytest

from models.bins import Bins
from models.families.card import CardLearner
from models.families.compiled import CardScorer
from models.stack import Stack

NAMES = ("a", "b", "c", "d")


def _scorer(
    kind: str, names: tuple[str, ...], bins: Bins | None, seed: int, lessons: int = 400
) -> CardScorer:
    draw = np.random.default_rng(seed)
    learner = CardLearner(kind, names, model_id=f"{kind}{seed}", bins=bins)
    for _ in range(lessons):
        row = draw.normal(size=len(names))
        learner.learn(row, int(row[0] + draw.normal() > 1.0))
    return CardScorer(learner.snapshot())


def test_a_stack_scores_as_each_model_does() -> None:
    rows = np.random.default_rng(1).normal(size=(300, 4))
    rows[::7, 1] = np.nan
    shared = Bins.of(rows)
    scorers = [
        _scorer("scorecard", NAMES, shared, 1),
        _scorer("lda", NAMES, shared, 2),
        _scorer("probit", NAMES, None, 3),
        _scorer("linear", NAMES[:2], None, 4),
        _scorer("scorecard", NAMES, shared, 5, lessons=10),
    ]
    stack = Stack(NAMES, scorers)
    found = stack.pd(rows)
    assert stack.model_ids == ("scorecard1", "lda2", "probit3", "linear4", "scorecard5")
    for column, scorer in enumerate(scorers):
        k = len(scorer.snapshot.feature_names)
        np.testing.assert_allclose(found[:, column], scorer.pd(rows[:, :k]), rtol=0.0, atol=1e-12)


def test_a_row_scores_by_itself() -> None:
    rows = np.random.default_rng(2).normal(size=(130, 4))
    stack = Stack(NAMES, [_scorer("lda", NAMES, None, 1)])
    np.testing.assert_array_equal(stack.pd(rows)[100:101], stack.pd(rows[100:101]))


def test_trees_and_other_rows_are_refused() -> None:
    with pytest.raises(TypeError, match="scored from trees"):
        Stack(NAMES, [_scorer("tree", NAMES, None, 1)])
    with pytest.raises(ValueError, match="rows of 4 features"):
        Stack(NAMES, [_scorer("lda", NAMES, None, 1)]).pd(np.zeros((2, 3)))
