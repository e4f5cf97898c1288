"""Our own cut must not make a holder look worse (contract 3.3): decisions feed back within a day."""

from __future__ import annotations

from rules.evaluate import Evaluator
from tests.lanes import run_lane
from tests.oracle.lines import Pen


def test_a_limit_lowered_on_the_day_an_episode_opens(evaluator: Evaluator) -> None:
    pen = Pen()
    pen.account("c1", 0, limit=1_000_000, balance=500_000)
    # one day: an episode opens, the bank lowers the limit, and a second report comes
    pen.report("c1", 1.1, small_loan_overdue_accounts=1)
    pen.account("c1", 1.2, limit=500_000)
    pen.report("c1", 1.3, small_loan_overdue_accounts=2)
    decisions = run_lane(pen.lines(), evaluator).decisions
    assert [(record["kind"], record.get("state") or record["action"]) for record in decisions] == [
        ("alert", "opened"),
        ("limit_action", "halve"),
    ], "at 500,000 of 1,000,000 it is no P1, whatever the limit is cut to"


def test_the_same_fall_without_an_episode_is_seen(evaluator: Evaluator) -> None:
    pen = Pen()
    pen.account("c1", 0, limit=1_000_000, balance=500_000)
    pen.account("c1", 1.2, limit=500_000)
    pen.report("c1", 1.3, small_loan_overdue_accounts=2)
    decisions = run_lane(pen.lines(), evaluator).decisions
    assert [record.get("severity") or record["action"] for record in decisions] == ["P1", "cut_to_tenth"]
