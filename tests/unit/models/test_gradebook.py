"""Labels that were given, and what outcomes make of them later."""

import numpy as np
import pytest

from features.calendar import DAY_US
from models.gradebook import REACH_DAYS, Gradebook, revised
from models.lessons import Correction, Label, Observation, Outcome, OutcomeWord, Verdict
from models.logistic import LogisticLearner
from models.secondorder import step, take_back


def seen(statement: str = "s1", day: int = 0, holder: str = "c") -> Observation:
    return Observation(holder, statement, day * DAY_US, (1.0,), 0.25)


def given(verdict: Verdict, because: str = "window_closed", day: int = 180, statement: str = "s1") -> Label:
    return Label("c", statement, verdict, day * DAY_US, because)


def told(what: OutcomeWord, day: int = 200) -> Outcome:
    return Outcome("c", day * DAY_US, what)


@pytest.mark.parametrize(
    ("was", "because", "what", "now"),
    [
        ("good", "window_closed", "charged_off", "bad"),
        ("set_aside", "window_closed", "charged_off", "bad"),
        ("bad", "window_closed", "charged_off", "bad"),
        ("good", "outcome", "charged_off", "bad"),  # cured, and charged off after all
        ("good", "window_closed", "fraud_confirmed", "set_aside"),
        ("bad", "window_closed", "fraud_confirmed", "set_aside"),
        ("bad", "outcome", "cured", "good"),  # a charge-off that is reversed
        ("set_aside", "outcome", "false_alarm", "good"),  # no fraud after all
        ("bad", "corrected", "false_alarm", "good"),
        ("bad", "window_closed", "cured", "bad"),  # it was 60 days past due, and that stays
        ("set_aside", "window_closed", "false_alarm", "set_aside"),
    ],
)
def test_what_an_outcome_makes_of_a_label(
    was: Verdict, because: str, what: OutcomeWord, now: Verdict
) -> None:
    assert revised(given(was, because), told(what)) == now


def test_an_older_outcome_does_not_undo_a_newer_one() -> None:
    assert revised(given("good", "corrected", 210), told("charged_off", 209)) == "good"
    assert revised(given("good", "window_closed", 210), told("charged_off", 209)) == "bad"


def test_a_correction_names_the_observation_it_corrects() -> None:
    book = Gradebook()
    book.enter(seen(), given("good"), 1.0)
    ((before, after),) = book.correct(told("charged_off"))
    assert (before.taught, after.taught, after.label.because) == (0, 1, "corrected")
    wanted = Correction(("c", "s1"), "good", "bad", "charged_off", 200 * DAY_US, 0.25)
    assert list(book.corrections) == [wanted]
    assert book.correct(told("charged_off")) == []  # told again
    assert book.correct(Outcome("other", 0, "charged_off")) == []
    book.correct(told("false_alarm", 201))
    assert [(one.was, one.now) for one in book.corrections] == [("good", "bad"), ("bad", "good")]


def test_it_reaches_back_to_windows_that_were_open_at_60_days_past_due() -> None:
    book = Gradebook()
    for day in (0, 1, 60):
        book.enter(seen(f"s{day}", day), given("good", statement=f"s{day}"), 1.0)
    changed = book.correct(told("charged_off", REACH_DAYS))
    assert [after.label.statement_id for _, after in changed] == ["s1", "s60"]
    assert len(book) == 2  # who is out of reach is forgotten


def test_the_oldest_labels_give_way_and_the_rest_goes_on_from_its_state() -> None:
    book = Gradebook(limit=3)
    for day in range(5):
        book.enter(seen(f"s{day}", day), given("good", statement=f"s{day}"))
        book.weigh(("c", f"s{day}"), 2.0)
    book.correct(told("fraud_confirmed"))
    again = Gradebook(limit=3)
    again.resume(book.to_state())
    assert again.to_state() == book.to_state()
    assert [mark.label.statement_id for mark in again.to_state().marks] == ["s2", "s3", "s4"]
    assert [mark.weight for mark in again.to_state().marks] == [2.0] * 3
    assert len(again.correct(told("false_alarm", 201))) == 3


def test_taking_back_is_the_inverse_of_learning() -> None:
    draw = np.random.default_rng(1)
    weights, prior = np.zeros(4), np.full(4, 0.5)
    covariance = np.diag(prior)
    for _ in range(200):
        step(weights, covariance, prior, draw.normal(size=4), float(draw.random() < 0.3), 1.0)
    x = 0.1 * draw.normal(size=4)  # one lesson moves its own probability little
    then, before = weights.copy(), covariance.copy()
    step(weights, covariance, prior, x, 1.0, 1.0)
    learned = np.abs(weights - then).max()
    take_back(weights, covariance, x, 1, 1.0)
    assert np.abs(weights - then).max() < 0.01 * learned
    np.testing.assert_allclose(covariance, before, atol=1e-5)


def test_a_lesson_taken_back_leaves_nearly_nothing() -> None:
    draw = np.random.default_rng(2)
    rows, labels = draw.normal(size=(600, 3)), draw.random(600) < 0.2
    learner = LogisticLearner(("a", "b", "c"))
    for row, label in zip(rows, labels.tolist(), strict=True):
        learner.learn(row, int(label))
    without, strange = learner.predict(rows[0]), np.array([0.5, 2.5, -2.5])
    learner.learn(strange, 1, 5.0)
    shifted = abs(learner.predict(rows[0]) - without)
    learner.correct(strange, 1, None, 5.0)
    assert abs(learner.predict(rows[0]) - without) < 0.1 * shifted
    assert (learner.lessons, learner.corrections, learner.snapshot().version) == (601, 1, 602)
    assert LogisticLearner.from_snapshot(learner.snapshot()).snapshot() == learner.snapshot()
