"""Observations and labels, worked out by hand (docs/models.md)."""

from __future__ import annotations

import pytest

from rules.evaluate import Evaluator
from tests.lanes import run_lane
from tests.oracle.lines import Pen


def labels(pen: Pen, evaluator: Evaluator) -> dict[str, tuple[str, str]]:
    """Label and reason by observation."""
    return {
        label.statement_id: (label.label, label.because) for label in run_lane(pen.lines(), evaluator).labels
    }


@pytest.mark.parametrize(
    ("paid_on", "label"),
    [
        (20, "good"),  # on the due date: never past due
        (49, "good"),  # 29 days past due at 00:00 of that day
        (50, "set_aside"),  # 30
        (79, "set_aside"),  # 59
        (80, "bad"),  # 60
        (None, "bad"),
    ],
)
def test_the_window_closes(paid_on: int | None, label: str, evaluator: Evaluator) -> None:
    pen = Pen()
    pen.statement("c1", 0.5, 100_000, 5_000, due=20)
    if paid_on is not None:
        pen.payment("c1", paid_on + 0.5, 100_000)
    for day in range(1, 190):
        pen.tick(day)
    assert labels(pen, evaluator) == {"s1": (label, "window_closed")}


def test_a_window_that_is_open_gives_nothing(evaluator: Evaluator) -> None:
    pen = Pen()
    pen.statement("c1", 0.5, 100_000, 5_000, due=20)
    for day in range(1, 180):
        pen.tick(day)
    assert labels(pen, evaluator) == {}
    pen.tick(180)
    assert labels(pen, evaluator) == {"s1": ("bad", "window_closed")}


def test_days_past_due_after_the_window_do_not_count(evaluator: Evaluator) -> None:
    pen = Pen()
    pen.statement("c1", 0.5, 100_000, 5_000, due=130)  # 60 days past due on day 190
    for day in range(1, 200):
        pen.tick(day)
    assert labels(pen, evaluator) == {"s1": ("set_aside", "window_closed")}


def test_no_observation_of_one_who_is_bad_already(evaluator: Evaluator) -> None:
    pen = Pen()
    pen.statement("c1", 0.5, 100_000, 5_000, due=20)
    pen.statement("c1", 79.5, 100_000, 5_000, due=100)  # 59 days past due
    pen.statement("c1", 80.5, 100_000, 5_000, due=100)  # 60
    for day in range(1, 82):
        pen.tick(day)
    seen = [observation.statement_id for observation in run_lane(pen.lines(), evaluator).observations]
    assert seen == ["s1", "s2"]


@pytest.mark.parametrize(
    ("outcome", "label"),
    [("charged_off", "bad"), ("cured", "good"), ("false_alarm", "good"), ("fraud_confirmed", "set_aside")],
)
def test_an_outcome_settles_what_waits(outcome: str, label: str, evaluator: Evaluator) -> None:
    pen = Pen()
    pen.statement("c1", 0.5, 100_000, 5_000, due=20)
    pen.statement("c1", 30.5, 100_000, 5_000, due=50)
    pen.put("outcome", "c1", 40, outcome=outcome)
    assert labels(pen, evaluator) == {"s1": (label, "outcome"), "s2": (label, "outcome")}


def test_features_are_frozen_as_they_were(evaluator: Evaluator) -> None:
    pen = Pen()
    pen.account("c1", 0, limit=1_000_000)
    pen.statement("c1", 1, 250_000, 5_000, due=20)
    pen.spend("c1", 2, 700_000)
    (observation,) = run_lane(pen.lines(), evaluator).observations
    assert 0.25 in observation.features
    assert observation.model_pd is None
