import math
from functools import cache

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.band import WORST_SHARE, worst_band
from models.logistic import LogisticLearner
from models.metrics import auc, ks
from models.score import Scorer

_VALUES = st.floats(allow_nan=True, allow_infinity=True)
_ROWS = st.lists(st.tuples(_VALUES, _VALUES, _VALUES), min_size=1, max_size=20)
_SCORED = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), st.booleans()), max_size=40)


@cache
def _learner() -> LogisticLearner:
    draw = np.random.default_rng(11)
    learner = LogisticLearner(("a", "b", "c"))
    for _ in range(300):
        vector = draw.normal(size=3) * 10.0 ** draw.integers(0, 6, size=3)
        vector[draw.random(3) < 0.2] = np.nan
        learner.learn(vector, int(draw.random() < 0.2))
    return learner


@given(_ROWS, st.randoms(use_true_random=False))
def test_a_row_scores_by_itself(rows: list[tuple[float, ...]], shuffler: object) -> None:
    scorer = Scorer(_learner().snapshot())
    table = np.array(rows, np.float64)
    pds = scorer.pd(table)
    order = list(range(len(rows)))
    shuffler.shuffle(order)  # type: ignore[attr-defined]
    np.testing.assert_array_equal(scorer.pd(table[order]), pds[order])
    for index, row in enumerate(table):
        assert scorer.pd(row[None, :])[0] == pds[index]
        assert math.isclose(_learner().predict(row), pds[index], rel_tol=0.0, abs_tol=1e-9)
    assert ((pds > 0.0) & (pds < 1.0)).all()


def _arrays(scored: list[tuple[float, bool]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return np.array([pd for pd, _ in scored], np.float64), np.array([bad for _, bad in scored], np.bool_)


@given(_SCORED)
def test_auc_and_ks_are_what_counting_pairs_gives(scored: list[tuple[float, bool]]) -> None:
    pds, bad = _arrays(scored)
    bads, goods = pds[bad], pds[~bad]
    if not len(bads) or not len(goods):
        assert auc(pds, bad) is None
        assert ks(pds, bad) is None
        return
    wins = [(b > g) + 0.5 * (b == g) for b in bads for g in goods]
    assert math.isclose(auc(pds, bad) or 0.0, sum(wins) / len(wins), abs_tol=1e-12)
    gaps = [abs((bads <= cut).mean() - (goods <= cut).mean()) for cut in pds]
    assert math.isclose(ks(pds, bad) or 0.0, max(gaps), abs_tol=1e-12)


@given(st.lists(st.sampled_from([i / 50 for i in range(51)]), max_size=400))
def test_the_band_is_the_largest_that_is_not_too_large(values: list[float]) -> None:
    pds = np.array(values, np.float64)
    band = worst_band(pds)
    assert (pds >= band).sum() <= WORST_SHARE * len(pds)
    below = pds[pds < band]
    if len(below):
        assert (pds >= below.max()).sum() > WORST_SHARE * len(pds)
