"""Observations and labels, worked out by hand (docs/models.md)."""

from __future__ import annotations

import pytest

from features.catalogue import MODEL_NAMES
from models.classroom import Classroom
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
    assert 0.25 in observation.vector()
    assert observation.model_pd is None


def test_outcomes_go_to_learning_with_the_lanes_time(evaluator: Evaluator) -> None:
    pen = Pen()
    pen.statement("c1", 0.5, 100_000, 5_000, due=20)
    for day in range(1, 190):
        pen.tick(day)
    pen.put("outcome", "c1", 189.1, outcome="charged_off")
    pen.put("outcome", "c2", 189.6, outcome="false_alarm")
    outputs = run_lane(pen.lines(), evaluator)
    assert [(one.cardholder_id, one.what) for one in outputs.outcomes] == [
        ("c1", "charged_off"),
        ("c2", "false_alarm"),
    ]
    assert outputs.outcomes[1].at_us - outputs.outcomes[0].at_us == 43_200_000_000


@pytest.mark.parametrize(
    ("paid_on", "what", "labels"),
    [
        (20, "charged_off", ("good", "bad")),  # a charge-off that comes late
        (None, "fraud_confirmed", ("bad", "set_aside")),
        (None, "cured", ("bad",)),  # 60 days past due stay so
    ],
)
def test_an_outcome_corrects_what_a_classroom_has_learned(
    paid_on: int | None, what: str, labels: tuple[str, ...], evaluator: Evaluator
) -> None:
    pen = Pen()
    pen.statement("c1", 0.5, 100_000, 5_000, due=20)
    if paid_on is not None:
        pen.payment("c1", paid_on, 100_000)
    for day in range(1, 200):
        pen.tick(day)
    pen.put("outcome", "c1", 200, outcome=what)
    classroom = Classroom(MODEL_NAMES)
    outputs = run_lane(pen.lines(), evaluator)
    classroom.attend(outputs.lessons)
    corrections = classroom.joiner.gradebook.corrections
    assert tuple(one.label for one in outputs.labels) == labels[:1]
    assert [(one.corrects, one.was, one.now) for one in corrections] == [
        (("c1", "s1"), labels[0], now) for now in labels[1:]
    ]
    assert classroom.bads == (labels[-1] == "bad")


def test_a_charge_off_that_is_reversed(evaluator: Evaluator) -> None:
    pen = Pen()
    pen.statement("c1", 0.5, 100_000, 5_000, due=20)
    pen.put("outcome", "c1", 40, outcome="charged_off")
    pen.put("outcome", "c1", 70, outcome="cured")
    classroom = Classroom(MODEL_NAMES)
    classroom.attend(run_lane(pen.lines(), evaluator).lessons)
    (correction,) = classroom.joiner.gradebook.corrections
    assert (correction.corrects, correction.was, correction.now) == (("c1", "s1"), "bad", "good")
    assert (classroom.lessons, classroom.bads) == (1, 0)
