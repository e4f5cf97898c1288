import numpy as np
import pytest

from models.families import FAMILIES, new
from models.treerules import bad_leaves

NAMES = ("days_past_due", "utilisation.now", "income.monthly")


def _book(n: int = 4_000) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(12)
    rows = np.column_stack([draw.poisson(0.6, n) * 15.0, draw.random(n), np.exp(draw.normal(13, 1, n))])
    bad = draw.random(n) < np.where((rows[:, 0] >= 30) & (rows[:, 1] > 0.6), 0.7, 0.06)
    rows[draw.random(rows.shape) < 0.05] = np.nan
    return rows, bad.astype(np.int64)


@pytest.mark.parametrize("family", ["tree", "forest", "blend"])
def test_the_planted_rule_is_found(family: str) -> None:
    rows, labels = _book()
    learner = new(family, NAMES)
    for row, label in zip(rows, labels.tolist(), strict=True):
        learner.learn(row, label)
    leaves = bad_leaves(learner.snapshot(), max_depth=4, min_lift=2.0)
    worst = leaves[0]
    assert {bound.feature for bound in worst.bounds} >= {"days_past_due", "utilisation.now"}
    assert all(leaf.lift >= 2.0 and leaf.cases >= 50 for leaf in leaves)
    inside = np.ones(len(rows), np.bool_)
    for bound in worst.bounds:
        column = rows[:, NAMES.index(bound.feature)]
        inside &= (column > (-np.inf if bound.above is None else bound.above)) & (
            column <= (np.inf if bound.upto is None else bound.upto)
        )
    assert labels[inside].mean() == pytest.approx(worst.rate, abs=0.15)
    assert len({leaf.when for leaf in leaves}) == len(leaves)


def test_a_shallower_rule_is_the_ancestor() -> None:
    rows, labels = _book()
    learner = new("tree", NAMES)
    for row, label in zip(rows, labels.tolist(), strict=True):
        learner.learn(row, label)
    for leaf in bad_leaves(learner.snapshot(), max_depth=1, min_lift=1.0):
        assert len(leaf.bounds) == 1


@pytest.mark.parametrize("family", [name for name in FAMILIES if name not in ("tree", "forest", "blend")])
def test_a_model_without_trees_is_refused(family: str) -> None:
    with pytest.raises(ValueError, match="has no tree"):
        bad_leaves(new(family, NAMES).snapshot())


def test_a_young_tree_is_refused() -> None:
    with pytest.raises(ValueError, match="too little"):
        bad_leaves(new("tree", NAMES).snapshot())
