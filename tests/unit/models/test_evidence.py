import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.bins import WIDTH
from models.evidence import SMOOTH, Evidence, pooled


def _counted(goods: Sequence[float], bads: Sequence[float], *, free: bool) -> Evidence:
    evidence = Evidence(1, np.array([free]), 1e9)
    evidence.goods[0, : len(goods)], evidence.bads[0, : len(bads)] = goods, bads
    evidence.refresh()
    return evidence


def test_woe_and_iv_are_those_of_the_textbook() -> None:
    goods, bads = [0, 90_000, 60_000, 30_000], [0, 2_000, 4_000, 6_000]
    evidence = _counted(goods, bads, free=True)
    share_of_goods, share_of_bads = np.array(goods) / sum(goods), np.array(bads) / sum(bads)
    expected = [math.log(g / b) for g, b in zip(share_of_goods[1:], share_of_bads[1:], strict=True)]
    np.testing.assert_allclose(evidence.woe[0, 1:4], expected, atol=0.01)
    value = sum((g - b) * w for g, b, w in zip(share_of_goods[1:], share_of_bads[1:], expected, strict=True))
    assert evidence.iv[0] == pytest.approx(value, rel=0.01)


def test_an_empty_bin_says_nothing() -> None:
    evidence = _counted([0, 900, 0, 300], [0, 20, 0, 60], free=True)
    assert evidence.woe[0, 0] == pytest.approx(0.0, abs=1e-9)
    assert evidence.woe[0, 2] == pytest.approx(0.0, abs=1e-9)


def test_numeric_bins_run_one_way_and_unknown_stands_alone() -> None:
    evidence = _counted([500, 900, 800, 850, 500], [200, 30, 60, 40, 90], free=False)
    known = evidence.woe[0, 1:5]
    assert (np.diff(known) <= 1e-12).all()
    assert known[1] == known[2]  # 60 and 40 of about as many were pooled
    assert evidence.woe[0, 0] < known[2]


def test_smoothing_draws_towards_the_book() -> None:
    evidence = _counted([0, 1_000, 0], [0, 99, 1], free=True)
    book = 100.5 / 1_101
    drawn = (1 + SMOOTH * book) / (1 + SMOOTH)
    assert evidence.woe[0, 2] == pytest.approx(
        math.log((1 - drawn) / drawn) - math.log((1 - book) / book), abs=0.02
    )


def test_old_lessons_fade() -> None:
    evidence = Evidence(1, np.array([True]), 100.0)
    evidence.count(np.array([1]), 1)
    evidence.refresh(100)
    assert evidence.bads[0, 1] == 0.5


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 9)), min_size=1, max_size=WIDTH - 1))
def test_pooling_keeps_the_mean_and_is_monotone(points: list[tuple[float, float]]) -> None:
    rates, weights = np.array([rate for rate, _ in points]), np.array([weight for _, weight in points])
    for sign in (1.0, -1.0):
        found = pooled(rates, weights, sign)
        assert (np.diff(found) * sign >= -1e-12).all()
        assert (found * weights).sum() == pytest.approx((rates * weights).sum())
    if (np.diff(rates) > 0).all():
        np.testing.assert_allclose(pooled(rates, weights, 1.0), rates)
