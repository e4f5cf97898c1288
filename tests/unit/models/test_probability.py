import math

import pytest

from models.probability import points, sigmoid


@pytest.mark.parametrize(("odds", "expected"), [(50.0, 600), (100.0, 620), (25.0, 580), (1.0, 487)])
def test_points_at_odds(odds: float, expected: int) -> None:
    assert points(1.0 / (1.0 + odds)) == expected


def test_points_stay_finite_and_fall_with_risk() -> None:
    ladder = [points(pd) for pd in (0.0, 1e-6, 0.01, 0.05, 0.3, 0.9, 1.0)]
    assert ladder == sorted(ladder, reverse=True)


@pytest.mark.parametrize("pd", [-0.1, 1.1, math.nan])
def test_no_points_for_what_is_no_probability(pd: float) -> None:
    with pytest.raises(ValueError, match="a probability lies"):
        points(pd)


def test_a_probability_is_never_quite_0_or_1() -> None:
    assert sigmoid(0.0) == 0.5
    assert 0.0 < sigmoid(-1e308) < 1e-8
    assert 1.0 - 1e-8 < sigmoid(1e308) < 1.0
