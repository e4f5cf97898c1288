"""What the rounds of the scale benchmark come to."""

from __future__ import annotations

from tests.bench.marks import Pace
from tests.bench.ours import Measured
from tests.bench.reference import Decided
from tests.bench.scale import Case, growths, told


def _run(cpu_us: float, per_second: float = 1_000.0, peak_mb: int = 1) -> Measured:
    steady = Pace(1_000_000, 1e6 / per_second, cpu_us)
    return Measured(steady, peak_mb, Decided((2, 3), ("", "")), {})


def test_growth_compares_cases_of_the_same_round() -> None:
    """Two rounds on a machine that took twice as long in the second."""
    runs = {
        Case(10).name: [_run(2.0), _run(4.0)],
        Case(20).name: [_run(9.0), _run(9.0)],
        Case(30).name: [_run(3.0), _run(5.0)],
    }
    assert growths(runs, [10, 20, 30]) == [1.5, 1.25]


def test_a_case_is_told_by_its_median_and_range() -> None:
    found = told([_run(4.0, 40.0, 7), _run(2.0, 10.0, 9), _run(9.0, 20.0, 8)])
    assert found == {
        "events_per_second": 20.0,
        "cpu_us_per_event": 4.0,
        "cpu_us_range": [2.0, 9.0],
        "peak_mb": 9,
        "decisions": 5,
    }
