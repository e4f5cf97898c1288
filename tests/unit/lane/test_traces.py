"""Which term a trace shows (contract 4.3)."""

from __future__ import annotations

from rules.evaluate import Evaluator
from tests.lanes import run_lane
from tests.oracle.lines import Pen


def test_a_rule_that_is_not_hit_shows_its_first_term(evaluator: Evaluator) -> None:
    pen = Pen()
    pen.account("c1", 0, limit=1_000_000)
    pen.clean_report("c1", 0.1)
    pen.spend("c1", 1.0, 400_000, "cash_advance")
    pen.spend("c1", 2.0, 500_000)
    pen.spend("c1", 20.0, 600_000)
    pen.spend("c1", 20.1, 400_000, "cash_advance")
    for day in range(3, 34):
        pen.tick(day)
    opened, resolved = run_lane(pen.lines(), evaluator).decisions
    (hit,), (clean,) = opened["rules"], resolved["rules"]
    assert (hit["observed"], hit["threshold"], hit["breached_by"]) == (1.0, 0.5, 0.5)
    # cash is still 40 % of the limit, but no longer half of what is spent
    assert (clean["observed"], clean["threshold"], clean["breached_by"]) == (0.4, 0.5, -0.1)


def test_the_first_term_that_holds_is_shown(evaluator: Evaluator) -> None:
    pen = Pen()
    pen.account("c1", 0, limit=1_000_000)
    pen.report("c1", 1, total_debt=2_200_000, total_limit=10_000_000, monthly_income=100_000)
    (alert, _) = run_lane(pen.lines(), evaluator).decisions
    (rule,) = alert["rules"]
    assert (rule["observed"], rule["operator"], rule["threshold"]) == (2_200_000, ">=", 2_200_000)
