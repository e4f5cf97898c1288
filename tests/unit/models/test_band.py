import math

import numpy as np
import pytest

from models.band import RecentRows, worst_band


def test_one_in_a_hundred_reaches_the_band() -> None:
    pds = np.random.default_rng(3).permutation(np.arange(1000) / 1000.0)
    assert worst_band(pds) == 0.99
    assert int((pds >= worst_band(pds)).sum()) == 10


@pytest.mark.parametrize("pds", [[0.3] * 500, [0.1] * 480 + [0.3] * 20, [0.1, 0.2, 0.3], [1.0] * 200])
def test_equal_probabilities_are_never_split(pds: list[float]) -> None:
    band = worst_band(np.array(pds))
    assert band == math.nextafter(max(pds), 2.0)
    assert not any(pd >= band for pd in pds)


def test_nothing_observed_leaves_the_band_empty() -> None:
    assert worst_band(np.array([])) > 1.0


def test_the_latest_rows_are_held_in_order() -> None:
    recent = RecentRows(3, 2)
    for value in range(5):
        recent.add(np.array([value, np.nan]))
    np.testing.assert_array_equal(recent.rows()[:, 0], [2.0, 3.0, 4.0])
    recent.add(np.array([5.0, 1.0]))
    np.testing.assert_array_equal(recent.rows(), [[3.0, np.nan], [4.0, np.nan], [5.0, 1.0]])
