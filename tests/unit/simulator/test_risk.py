import json
import math
from collections import defaultdict

import numpy as np
import pytest

from streams.simulator import SimulatedRecord, roll_rates, simulate
from streams.simulator.calibration import ROLL_RATES
from streams.simulator.roll_rates import Repayments, bucket, month_ends, roll_counts
from tests.unit.simulator.scorecard import Observation, auc, cross_fitted, observe


def _record(kind: str, day: str, **fields: object) -> SimulatedRecord:
    at = f"{day}T12:00:00Z"
    value = {"kind": kind, "cardholder_id": "a", "occurred_at": at} | fields
    micros = int(np.datetime64(f"{day}T12:00:00", "us").astype(np.int64))
    return SimulatedRecord("repayments", "a", micros, json.dumps(value).encode())


def test_roll_rates_of_a_book_written_by_hand() -> None:
    records = [
        _record("statement_issued", "2025-01-05", due_on="2025-01-25", minimum_due=100, balance=2000),
        _record("statement_issued", "2025-02-05", due_on="2025-02-25", minimum_due=200, balance=2100),
        _record("statement_issued", "2025-03-05", due_on="2025-03-25", minimum_due=250, balance=2200),
        _record("payment_posted", "2025-03-10", amount=100),  # settles January's, leaves February's
        _record("statement_issued", "2025-04-30", due_on="2025-05-20", minimum_due=300, balance=2200),
    ]
    # At the ends of January to April: 6, 34, 34, 64 days past due.
    assert roll_counts(records) == {
        "1-29": (1, 1),
        "30-59": (1, 2),
        "60-89": (0, 0),
        "90-119": (0, 0),
        "120-149": (0, 0),
    }
    rates = roll_rates(records)
    assert (rates["1-29"], rates["30-59"]) == (1.0, 0.5)
    assert math.isnan(rates["60-89"])


def test_days_past_due_wait_for_the_first_statement() -> None:
    assert list(Repayments().days_past_due([1, 2])) == [None, None]
    assert [bucket(days) for days in (0, 1, 29, 30, 59, 60, 149, 150)] == [0, 1, 1, 2, 2, 3, 5, 6]
    assert month_ends(0, 59 * 86_400_000_000) == [30, 58]


def test_roll_rates_are_near_the_real_ones() -> None:
    counts = roll_counts(simulate(8000, 14, seed=2, transactions_per_month=0.3, ticks_per_day=0))
    for name, real in ROLL_RATES.items():
        rolled, seen = counts[name]
        # Three standard errors of a share; months of one cardholder are not independent, hence a third more.
        band = 4 * math.sqrt(real * (1 - real) / seen)
        assert abs(rolled / seen - real) < band, (name, rolled, seen)
    assert counts["1-29"][1] > 15_000
    assert counts["60-89"][1] > 50


@pytest.fixture(scope="module")
def observations() -> list[Observation]:
    return observe(simulate(2200, 13, seed=4, transactions_per_month=2.0, ticks_per_day=0))


def test_bad_ones_are_few_but_enough_to_learn_from(observations: list[Observation]) -> None:
    bad = sum(seen.bad for seen in observations)
    assert 0.012 < bad / len(observations) < 0.045
    assert len(observations) > 5_000
    assert len({seen.key for seen in observations if seen.bad}) >= 36


def test_default_can_be_foreseen_but_not_surely(observations: list[Observation]) -> None:
    inputs = np.array([seen.inputs for seen in observations])
    bad = np.array([seen.bad for seen in observations], float)
    keys = {key: place % 2 == 0 for place, key in enumerate(sorted({seen.key for seen in observations}))}
    halves = np.array([keys[seen.key] for seen in observations])
    scores = cross_fitted(inputs, bad, halves)
    assert 0.75 < auc(scores, bad) < 0.88
    # Also of those who are not yet late at all or only days.
    current = np.array([seen.days_past_due < 30 for seen in observations])
    assert 0.65 < auc(scores[current], bad[current]) < 0.86


def test_trouble_shows_before_it_hits(observations: list[Observation]) -> None:
    groups = defaultdict(list)
    for seen in observations:
        if seen.days_past_due < 30:
            groups["all"].append(seen.bad)
            for name, hit in (
                ("full card", seen.inputs[0] >= 0.9),
                ("debt", seen.inputs[6] >= 0.7),
                ("inquiries", seen.inputs[5] >= 5),
            ):
                if hit:
                    groups[name].append(seen.bad)
    share = {name: sum(bad) / len(bad) for name, bad in groups.items()}
    assert share["full card"] > 2 * share["all"]
    assert share["debt"] > 2 * share["all"]
    assert share["inquiries"] > 1.5 * share["all"]
