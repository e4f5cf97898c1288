"""On which date a cardholder is looked at next: when it changes what a rule reads (contract 4.2)."""

from __future__ import annotations

import pytest

from rules.evaluate import Evaluator
from streams.lane.engine import LaneEngine
from tests.lanes import run_lane
from tests.oracle.lines import Pen


@pytest.mark.parametrize(
    ("today", "next_day"),
    [
        pytest.param(9, 31, id="the first purchase leaves the 30 days"),
        pytest.param(30.5, 31, id="on the day before it does"),
        pytest.param(31, 32, id="then the second"),
        pytest.param(32, 35, id="then the cash advance"),
        pytest.param(35, 38, id="then, without cash, only the end of all spending matters"),
        pytest.param(38, None, id="nothing is left"),
    ],
)
def test_cash_is_looked_at_when_a_date_leaves_the_window(
    evaluator: Evaluator, today: float, next_day: int | None
) -> None:
    pen, engine = Pen(), LaneEngine(0, evaluator)
    pen.account("c1", 0)
    pen.spend("c1", 1.5, 1_000)
    pen.spend("c1", 2.5, 1_000)
    pen.spend("c1", 5.5, 1_000, "cash_advance")
    pen.spend("c1", 8.5, 1_000)
    pen.tick(today)
    run_lane(pen.lines(), evaluator, engine)
    first = engine.day
    assert first is not None
    due = int(engine.ledger.due[0])
    if next_day is None:
        assert due > first + 366
    else:
        assert due - first == next_day - int(today)
