"""Whom the bank cut teaches by those whom chance spared."""

from __future__ import annotations

import json
from hashlib import sha256
from itertools import count

import numpy as np
import pytest

from models.classroom import Classroom
from models.lessons import Label, Lesson, Observation, Treatment, Verdict
from models.maturity import OUTCOME_WINDOW_DAYS
from models.treatments import LEAST_SPARED, MOST, Treatments
from rules.evaluate import Evaluator
from tests.lanes import run_lane
from tests.oracle.lines import Pen

DAY_US = 86_400_000_000


def lesson(holder: str, day: int = 200, verdict: Verdict = "good") -> Lesson:
    observation = Observation(holder, "s1", day * DAY_US, (1.0,))
    return Lesson(observation, Label(holder, "s1", verdict, (day + 180) * DAY_US, "window_closed"))


def halved(holder: str, day: int) -> Treatment:
    return Treatment(holder, day * DAY_US, "halved")


def spared(holder: str, day: int) -> Treatment:
    return Treatment(holder, day * DAY_US, "spared")


def taught(treatments: Treatments, spared_ones: int) -> None:
    for n in range(spared_ones):
        treatments.take(spared(f"s{n}", 210))
        treatments.weight(lesson(f"s{n}"))


def test_until_enough_were_spared_everybody_counts_once() -> None:
    treatments = Treatments()
    taught(treatments, LEAST_SPARED - 1)
    treatments.take(halved("h", 210))
    assert treatments.weight(lesson("h")) == 1.0
    assert treatments.weight(lesson("other")) == 1.0


def test_then_the_spared_count_for_the_halved() -> None:
    treatments = Treatments()
    taught(treatments, LEAST_SPARED)
    for n in range(3 * LEAST_SPARED):
        treatments.take(halved(f"h{n}", 210))
        assert treatments.weight(lesson(f"h{n}")) == 0.0
    treatments.take(spared("x", 210))
    share = (LEAST_SPARED + 1) / (4 * LEAST_SPARED + 1)
    assert treatments.weight(lesson("x")) == pytest.approx(1 / share)
    for n in range(100 * LEAST_SPARED):
        treatments.take(halved(f"g{n}", 210))
        treatments.weight(lesson(f"g{n}"))
    treatments.take(spared("y", 210))
    assert treatments.weight(lesson("y")) == MOST


@pytest.mark.parametrize(
    ("day", "weight"),
    [(200 - OUTCOME_WINDOW_DAYS, 1.0), (201 - OUTCOME_WINDOW_DAYS, 0.0), (200, 0.0), (379, 0.0), (380, 1.0)],
)
def test_what_was_done_near_the_observation_counts(day: int, weight: float) -> None:
    treatments = Treatments()
    taught(treatments, LEAST_SPARED)
    treatments.take(halved("h", day))
    assert treatments.weight(lesson("h")) == weight


def test_they_go_on_from_their_state_and_forget_the_oldest() -> None:
    treatments = Treatments(limit=2)
    for holder in ("a", "b", "c"):
        treatments.take(halved(holder, 210))
        treatments.take(halved(holder, 210))
    again = Treatments(limit=2)
    again.resume(treatments.to_state())
    assert again.to_state() == treatments.to_state()
    assert list(again.to_state().latest) == ["b", "c"]
    assert again.to_state().latest["b"] == [halved("b", 210)]


def test_a_classroom_that_saw_only_the_spared_expects_what_happens_without_a_cut() -> None:
    """Of those at risk nine in ten are halved, and then pay; without a cut half of them turn out bad."""
    draw = np.random.default_rng(1)
    weighted, naive = Classroom(("risk",)), Classroom(("risk",))
    for n in range(6_000):
        risky = n % 2 == 0
        cut = risky and draw.random() < 0.9
        bad = draw.random() < (0.02 if cut or not risky else 0.5)
        holder = f"c{n}"
        observation = Observation(holder, "s1", n, (float(risky),))
        label = Label(holder, "s1", "bad" if bad else "good", n + 1, "window_closed")
        for classroom in (weighted, naive):
            classroom.observe(observation)
            if risky and classroom is weighted:
                classroom.treat(Treatment(holder, n, "halved" if cut else "spared"))
            classroom.mature(label)
    at_risk = np.array([1.0])
    assert naive.learner.predict(at_risk) < 0.15
    assert weighted.learner.predict(at_risk) == pytest.approx(0.5, abs=0.1)
    again = Classroom.from_json(weighted.to_json(), ("risk",))
    assert again.to_json() == weighted.to_json()


def in_group() -> str:
    """A cardholder of the control group (contract 6.4)."""
    ids = (f"c{n}" for n in count())
    return next(one for one in ids if int(sha256(one.encode()).hexdigest()[:8], 16) % 10_000 < 200)


@pytest.mark.parametrize("holder", ["c1", in_group()])
def test_lanes_tell_whom_they_halved_and_whom_chance_spared(holder: str, evaluator: Evaluator) -> None:
    pen = Pen()
    pen.account(holder, 0, limit=10_000_000)
    pen.put("bureau_report", holder, 1, small_loan_overdue_accounts=1)
    outputs = run_lane(pen.lines(), evaluator)
    (action,) = [record for record in outputs.decisions if record["kind"] == "limit_action"]
    (treatment,) = outputs.treatments
    assert treatment.cardholder_id == holder
    assert treatment.what == ("halved" if action["status"] == "requested" else "spared")
    assert action["withheld_because"] == (None if holder == "c1" else "control_group"), json.dumps(action)
    at = np.datetime64(action["occurred_at"].rstrip("Z")).astype("datetime64[us]")
    assert treatment.at_us == int(at.astype(int))
