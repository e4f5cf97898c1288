from __future__ import annotations

from math import isnan

import pytest

from tests.soak.figures import Sample, percentile_ms, slope_mb


def test_growth_is_seen_through_the_noise_of_garbage() -> None:
    """1.5 MB in 10 minutes, under a saw of 20 MB; what comes before the warm-up does not count."""
    before = [Sample(at, 50.0 + at) for at in range(100)]
    samples = [Sample(at, 200 + 1.5 * at / 600 + at % 10 * 2) for at in range(100, 1900)]
    assert slope_mb(before + samples, 100) == pytest.approx(1.5, abs=0.05)


def test_flat_is_flat() -> None:
    assert slope_mb([Sample(at, 200.0) for at in range(200)], 0) == pytest.approx(0, abs=1e-9)


def test_too_short_a_run_has_no_slope() -> None:
    assert isnan(slope_mb([Sample(0, 1.0), Sample(40, 2.0)], 0))


def test_percentiles_in_milliseconds() -> None:
    assert percentile_ms([n / 1000 for n in range(101)], 99) == pytest.approx(99)
    assert isnan(percentile_ms([], 99))
