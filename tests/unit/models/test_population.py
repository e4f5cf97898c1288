"""The reference of the stability indices: ripe rows alone, and no verdict before there are enough."""

import numpy as np
import pytest

from models.lessons import Observation
from models.monitoring.population import (
    FIRST_ROWS,
    LEAST,
    MONTH_DAYS,
    RIPE,
    Population,
    is_ripe,
    share_of,
)

DAY_US = 86_400_000_000


def seen(day: float, history: int | None, value: float = 1.0) -> Observation:
    return Observation("c", "s1", int(day * DAY_US), (value,), history=history)


def see(population: Population, observation: Observation) -> None:
    population.see(observation, observation.vector())


def teach(population: Population, observation: Observation) -> None:
    population.teach(observation, observation.vector())


@pytest.mark.parametrize("history", [RIPE, RIPE + 1, None])
def test_a_row_is_ripe_when_six_cycles_have_closed(history: int | None) -> None:
    assert is_ripe(seen(0, history))
    assert not is_ripe(seen(0, RIPE - 1))


@pytest.mark.parametrize(("history", "share"), [(None, 1.0), (1, 1.0), (3, 1 / 3), (6, 1 / 6), (40, 1 / 6)])
def test_labels_of_overlapping_windows_count_as_one(history: int | None, share: float) -> None:
    assert share_of(seen(0, history)) == pytest.approx(share)


def test_there_is_no_reference_of_unripe_rows() -> None:
    population = Population(1)
    for n in range(5 * LEAST):
        see(population, seen(n / 10, RIPE - 1))
        teach(population, seen(n / 10, RIPE - 1))
    assert len(population.reference()) == 0


def test_rows_without_a_history_are_taken_as_they_come() -> None:
    population = Population(1)
    for n in range(LEAST):
        assert len(population.reference()) == 0
        see(population, seen(n / 1e6, None, float(n)))
    assert population.reference()[:, 0].tolist() == list(range(LEAST))


def test_the_first_to_ripen_are_passed_over() -> None:
    """Who has most statements early on is in arrears: those are no picture of the book."""
    population = Population(1)
    for n in range(3 * LEAST):
        see(population, seen(n / 100, RIPE if n % 10 == 0 else 6, 1.0))
    for n in range(4 * LEAST):
        see(population, seen(30 + n / 100, RIPE, 0.0))
    assert population.reference().mean() < 0.05


def test_the_first_rows_span_a_month_and_are_thinned_evenly() -> None:
    population = Population(1)
    days = np.arange(0.0, MONTH_DAYS + 10.0, 1 / 500)
    for day in days.tolist():
        see(population, seen(day, RIPE, day))
        if day < MONTH_DAYS:
            assert len(population.reference()) == 0
    rows = population.reference()[:, 0]
    assert LEAST <= len(rows) <= FIRST_ROWS
    assert np.ptp(rows) >= MONTH_DAYS - 1
    gaps = np.diff(rows)
    assert gaps.max() == pytest.approx(gaps.min())


def test_what_was_taught_takes_over_when_there_is_enough_of_it() -> None:
    population = Population(1)
    for n in range(3 * LEAST):
        see(population, seen(n / 40, RIPE, 1.0))
    for n in range(LEAST):
        teach(population, seen(n / 40 - 3, RIPE, 3.0))  # some are older than the book's ripening: left out
    assert set(population.reference()[:, 0]) == {1.0}
    for n in range(LEAST):
        teach(population, seen(40 + n / 40, RIPE, 2.0))
    assert set(population.reference()[:, 0]) == {2.0, 3.0}


def test_it_goes_on_from_its_state() -> None:
    population = Population(1)
    for n in range(5 * LEAST):
        see(population, seen(n / 100, 6 if n < 800 else RIPE, float(n)))
        if n > 3 * LEAST:
            teach(population, seen(n / 100, RIPE, float(n)))
        if n % 1_111 == 0:
            population = Population(1).resume(population.to_state())
    whole = Population(1)
    for n in range(5 * LEAST):
        see(whole, seen(n / 100, 6 if n < 800 else RIPE, float(n)))
        if n > 3 * LEAST:
            teach(whole, seen(n / 100, RIPE, float(n)))
    assert population.to_state() == whole.to_state()
    assert len(population.reference()) >= LEAST
