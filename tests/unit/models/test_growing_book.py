"""A book that begins without any history, through a lane: its growth is no drift, a broken feed is."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

import msgspec
import pytest

from features.catalogue import MODEL_NAMES
from models.classroom import Change, Classroom
from models.lessons import Label, Observation, features_of
from streams.simulator import simulate
from tests.lanes import run_lane

if TYPE_CHECKING:
    from rules.evaluate import Evaluator

Deliveries = list[Observation | Label]


@pytest.fixture(scope="module")
def deliveries(evaluator: Evaluator) -> Deliveries:
    """Of 700 cardholders over 22 months, in order of time."""
    lines = [record.value for record in simulate(700, 22, 7, dt.date(2024, 1, 1), 1.0, 1)]
    outputs = run_lane(lines, evaluator)
    found: Deliveries = [*outputs.observations, *outputs.labels]
    return sorted(found, key=time_of)


def time_of(one: Observation | Label) -> int:
    return one.occurred_at_us if isinstance(one, Observation) else one.matured_us


def give(classroom: Classroom, deliveries: Deliveries) -> list[Change]:
    changes = []
    for one in deliveries:
        if isinstance(one, Observation):
            classroom.observe(one)
        else:
            classroom.mature(one)
        change = classroom.change()
        if change is not None:
            changes.append(change)
    return changes


def test_the_growth_of_a_book_is_no_drift(deliveries: Deliveries) -> None:
    classroom = Classroom(MODEL_NAMES)
    assert give(classroom, deliveries) == []
    assert classroom.lessons > 5_000
    assert len(classroom.monitor.indices) == len(MODEL_NAMES) + 1  # it was judged


@pytest.mark.parametrize(
    ("feature", "every", "month"),
    [("debt.to_income", 2, 10), ("payment.share.6c", 1, 10), ("debt.to_income", 2, 15)],
)
def test_a_feed_that_breaks_in_a_young_book_is_noticed(
    deliveries: Deliveries, feature: str, every: int, month: int
) -> None:
    """Half the income lost; a feature frozen at zero. Before and after its ripe rows were taught."""
    broken_from = dt.datetime(2024 + month // 12, month % 12 + 1, 15, tzinfo=dt.UTC).timestamp() * 1e6
    place, value = MODEL_NAMES.index(feature), math.nan if every == 2 else 0.0
    classroom, given, broken = Classroom(MODEL_NAMES), [], 0
    for one in deliveries:
        if isinstance(one, Observation) and one.occurred_at_us >= broken_from:
            broken += 1
            if broken % every == 0:
                vector = one.vector().copy()
                vector[place] = value
                one = msgspec.structs.replace(one, features=features_of(vector[None])[0])  # noqa: PLW2901
        given = give(classroom, [one])
        if given and given[0].state == "unstable":
            break
    assert 0 < broken < 4_000
    assert feature in given[0].because[0]
