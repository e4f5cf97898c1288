"""Stories worked out by hand: what is known, rules, episodes (contract 3 to 5). Day 0 is 2024-01-01."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle.stories import Pen, said, tell, ticks

HOUR = 1 / 24


def test_debt_of_exactly_seven_tenths_is_a_hit(assess: Any) -> None:
    """4.2, 4.3, 7.3, 7.4, 6.2: bounds are hits; ids; a halve rounded down to whole units."""
    pen = Pen()
    pen.account("c1", 0.5, 1_234_567)
    event = pen.put("bureau_report", "c1", 1.5, total_debt=700, total_limit=1000)
    alert, halve = tell(assess, pen)
    h = "d0f631ca1ddb"  # sha256 of c1
    assert alert == {
        "kind": "alert", "id": f"{h}.e1.a1", "cardholder_id": "c1", "occurred_at": "2024-01-02T12:00:00Z",
        "trigger": {"topic": "postloan.bureau-queries", "partition": 0, "offset": 0, "event_id": event},
        "episode_id": f"{h}.e1", "state": "opened", "severity": "P2",
        "rules": [{"id": "high_debt", "breached_by": 0.0, "observed": 0.7, "operator": ">=", "threshold": 0.7,
                   "window": None}],
        "unknown": ["small_loan_overdue", "minimum_payment", "empty_card", "days_past_due", "inquiry_surge",
                    "model_score"],
        "score": None, "reason_codes": ["high_debt"], "rulebook_version": alert["rulebook_version"],
    }  # fmt: skip
    assert halve == {
        "kind": "limit_action", "id": f"{h}.l1", "alert_id": f"{h}.e1.a1", "episode_id": f"{h}.e1",
        "cardholder_id": "c1", "occurred_at": "2024-01-02T12:00:00Z", "action": "halve",
        "base_limit": 1_234_567, "current_limit": 1_234_567, "target_limit": 610_000,
        "requires_approval": False, "effective": "immediate", "status": "requested", "withheld_because": None,
        "reason_codes": ["high_debt"], "notice": {"basis": "bureau", "send_by": "2024-02-01"},
        "policy_version": halve["policy_version"],
    }  # fmt: skip
    assert list(halve)[:5] == ["kind", "id", "alert_id", "episode_id", "cardholder_id"]


@pytest.mark.parametrize(
    ("fields", "trace"),
    [
        ({"total_debt": 69_999, "total_limit": 100_000, "monthly_income": 4_000}, None),
        ({"total_debt": 88_000, "total_limit": 0, "monthly_income": 4_000}, (0, 88_000, 88_000)),
        ({"total_debt": 88_001, "total_limit": None, "monthly_income": 4_000}, (1, 88_001, 88_000)),
        ({"total_debt": 87_999, "total_limit": None, "monthly_income": 4_000}, None),
        ({"total_debt": 22_000, "monthly_income": None}, (0, 22_000, 22_000)),  # the account's 1,000
        ({"total_debt": 0, "total_limit": 5, "monthly_income": 0}, (0, 0, 0)),
    ],
)
def test_debt_against_income(assess: Any, fields: dict[str, Any], trace: tuple[int, int, int] | None) -> None:
    """4.2 high_debt, its second term; 3.3 a divisor of zero is unknown; 3.4 the account's income."""
    pen = Pen()
    pen.account("c1", 0.5, monthly_income=1_000)
    pen.report("c1", 1, **fields)
    decisions = tell(assess, pen)
    rules = [rule for record in decisions if record["kind"] == "alert" for rule in record["rules"]]
    assert [(r["breached_by"], r["observed"], r["threshold"]) for r in rules] == ([trace] if trace else [])


def test_days_past_due_grow_with_the_lanes_time(assess: Any) -> None:
    """3.6, 4.2, 4.3, 5.2: due on day 10, a day past due on day 11, 31 days on day 41."""
    pen = Pen()
    pen.account("c1", 0.5)
    pen.statement("c1", 1, 100_000, 5_000, due=10)
    pen.put("outcome", "c2", 10.9, outcome="cured")
    pen.put("outcome", "c2", 11.5, outcome="cured")
    pen.put("outcome", "c2", 50.5, outcome="cured")
    decisions = tell(assess, pen)
    assert said(decisions) == [
        (11, "opened", "P3", "days_past_due"),
        (50, "escalated", "P1", "days_past_due"),
        (50, "block", "requested", "1000000"),
    ]
    terms = [(r["breached_by"], r["observed"], r["threshold"]) for d in decisions[:2] for r in d["rules"]]
    assert terms == [(0, 1, 1), (0, 31, 31)]  # judged as of 00:00 of day 41, told when day 50 came
    assert decisions[2]["effective"] == "approval"
    assert decisions[2]["notice"]["basis"] == "own_account"


def test_a_later_payment_pays_earlier_minimums(assess: Any) -> None:
    """3.6: each payment counts for every statement before it, so one payment clears both."""
    pen = Pen()
    pen.account("c1", 0.5)
    pen.statement("c1", 1, 100_000, 5_000, due=10)
    pen.statement("c1", 9, 100_000, 5_000, due=30)
    pen.payment("c1", 9.5, 5_000)
    ticks(pen, 10, 40)
    assert said(tell(assess, pen)) == []


def six_cycles(pen: Pen, pays: list[int]) -> None:
    """Statements of 100,000 with a minimum of 5,000, each 30 days apart and due after 20."""
    for month, paid in enumerate(pays):
        pen.statement("c1", 30 * month + 1, 100_000, 5_000, due=30 * month + 21)
        pen.payment("c1", 30 * month + 5, paid)


@pytest.mark.parametrize(
    ("pays", "when"),
    [
        ([5_000, 5_999, 5_500, 5_000, 5_000, 5_000], 172),
        ([6_000, 5_000, 5_000, 5_000, 5_000, 5_000], None),
        ([6_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000], 202),
    ],
)
def test_six_cycles_of_the_minimum(assess: Any, pays: list[int], when: int | None) -> None:
    """4.2 minimum_payment: below 1.2 times, six cycles; 3.5 the sixth closes at 00:00 of due_on + 1."""
    pen = Pen()
    pen.account("c1", 0.5, 300_000)
    six_cycles(pen, pays)
    ticks(pen, 0, 30 * len(pays))
    expected = [(when, "opened", "P2", "minimum_payment"), (when, "halve", "requested", "150000")]
    assert said(tell(assess, pen)) == (expected if when else [])


def test_a_late_payment_counts_in_its_closed_cycle(assess: Any) -> None:
    """3.5: posted in the first cycle, taken after it closed, it lifts that cycle to 1.2 times the minimum."""
    pen = Pen()
    pen.account("c1", 0.5, 300_000)
    six_cycles(pen, [5_000] * 6)
    pen.payment("c2", 29, 1)
    pen.payment("c1", 20.9, 1_000, late=8.5)
    ticks(pen, 0, 180)
    assert said(tell(assess, pen)) == []


def test_empty_card_is_known_from_four_statements(assess: Any) -> None:
    """4.1, 4.2 empty_card: four certain of six suffice; 3.3 the limit when each statement was taken."""
    pen = Pen()
    pen.account("c1", 0.5, 100_000)
    for month in range(4):
        pen.statement("c1", 30 * month + 1, 90_000, 0, due=30 * month + 21)
    pen.account("c1", 60, 100_000)
    decisions = tell(assess, pen)
    assert said(decisions) == [
        (91, "opened", "P2", "empty_card"),
        (91, "halve", "requested", "50000"),
    ]
    assert decisions[0]["rules"][0]["window"] == "6 statements"


def test_respent_repayments(assess: Any) -> None:
    """4.2 third_party_repayment: exactly 80 % at exactly 72 h; refunds and earlier purchases do not count."""
    pen = Pen()
    pen.account("c1", 0.5)
    pen.payment("c1", 10, 1_000, "third_party")
    pen.spend("c1", 19.9, 5_000)
    pen.payment("c1", 20, 1_000, "holder")
    pen.spend("c1", 23, 400)
    pen.spend("c1", 23, 400, "cash_advance")
    pen.payment("c1", 30, 1_000, None)
    pen.spend("c1", 33 + HOUR, 5_000)
    pen.spend("c1", 31, 5_000, "refund")
    pen.payment("c1", 99, 1_000, "third_party")
    decisions = tell(assess, pen)
    # days 10 and 99 lie in one window of 90 days
    assert said(decisions)[0] == (99, "opened", "P2", "third_party_repayment")
    assert decisions[0]["rules"][0]["observed"] == 3
    late = Pen()
    late.entries = [entry for entry in pen.entries if b"2024-04-09" not in entry[2]]
    late.payment("c1", 100, 1_000, "third_party")
    assert said(tell(assess, late)) == []


def test_cash_for_half_of_the_spending(assess: Any) -> None:
    """4.2 cash_hungry: 50 % of spending and 30 % of the limit, bounds included; alert only."""
    pen = Pen()
    pen.account("c1", 0.5, 100_000)
    pen.spend("c1", 2, 30_000)
    pen.spend("c1", 3, 29_999, "cash_advance")
    pen.spend("c1", 4, 1, "cash_advance")
    decisions = tell(assess, pen)
    assert said(decisions) == [(4, "opened", "P3", "cash_hungry")]
    assert decisions[0]["rules"][0] | {"id": ""} == {
        "id": "", "breached_by": 0.0, "observed": 0.5, "operator": ">=", "threshold": 0.5,
        "window": "30 days",
    }  # fmt: skip


def test_cash_share_grows_as_purchases_leave_the_window(assess: Any) -> None:
    """2.3, 4.2: a window of 30 days is today and the 29 before; the purchase of day 2 leaves it on day 32."""
    pen = Pen()
    pen.account("c1", 0.5, 100_000)
    pen.spend("c1", 2, 90_000)
    pen.spend("c1", 5, 40_000, "cash_advance")
    ticks(pen, 6, 36)
    assert said(tell(assess, pen)) == [(32, "opened", "P3", "cash_hungry")]


@pytest.mark.parametrize(
    ("fields", "hit"),
    [({"hard_inquiries_1m": 3, "hard_inquiries_6m": 9}, None),
     ({"hard_inquiries_1m": 4}, (1, 4, ">", 3, "1 month")),
     ({"hard_inquiries_1m": 0, "hard_inquiries_6m": 10}, (0, 10, ">=", 10, "6 months"))],
)  # fmt: skip
def test_inquiry_surge(assess: Any, fields: dict[str, int], hit: tuple[object, ...] | None) -> None:
    """4.2, 4.3: more than 3 in a month, or at least 10 in six."""
    pen = Pen()
    pen.report("c1", 1, **fields)
    rules = [rule for record in tell(assess, pen) for rule in record["rules"]]
    names = ("breached_by", "observed", "operator", "threshold", "window")
    assert [tuple(rule[name] for name in names) for rule in rules] == ([hit] if hit else [])


@pytest.mark.parametrize(
    ("balance", "severity", "target"), [(89_999, "P2", "50000"), (90_000, "P1", "10000")]
)
def test_small_loan_with_a_full_card(assess: Any, balance: int, severity: str, target: str) -> None:
    """4.2, 5.2: cut_to_tenth and P1 from a utilisation of 0.9 on."""
    pen = Pen()
    pen.account("c1", 0.5, 100_000, balance=balance)
    pen.report("c1", 1, small_loan_overdue_amount=1)
    alert, action = tell(assess, pen)
    assert (alert["severity"], str(action["target_limit"])) == (severity, target)


def test_a_late_statement_loses_no_purchase(assess: Any) -> None:
    """3.2: the purchase of day 5 was taken before the statement of day 4 and is added to its balance."""
    pen = Pen()
    pen.account("c1", 0.5, 100_000, balance=0)
    pen.spend("c1", 5, 50_000)
    pen.payment("c2", 5.5, 1)
    pen.statement("c1", 4, 40_000, 1_000, due=30, late=2)  # behind c2's payment, so taken on day 5
    pen.spend("c1", 3, 500_000, late=3)  # dated before the newest setting
    pen.report("c1", 6, small_loan_overdue_accounts=1)
    assert said(tell(assess, pen))[0] == (6, "opened", "P1", "small_loan_overdue")


def test_a_stale_report_keeps_an_episode_open(assess: Any) -> None:
    """3.4, 5.1: fresh to day 46, then stale; only 30 days of no_hit after a clean report resolve it."""
    pen = Pen()
    pen.clean_report("c1", 1, hard_inquiries_1m=4)
    pen.clean_report("c1", 20)
    pen.clean_report("c1", 75)
    ticks(pen, 2, 110)
    pen.entries = [
        entry for entry in pen.entries if b"2024-01-21" not in entry[2]
    ]  # without the one of day 20
    assert said(tell(assess, pen)) == [
        (1, "opened", "P3", "inquiry_surge"),
        (105, "resolved", "P3", "inquiry_surge"),
    ]


def test_thirty_clean_days_resolve(assess: Any) -> None:
    """5.1, 5.3: clean from day 10 on, resolved when day 40 is entered; all rules ever hit are listed."""
    pen = Pen()
    pen.clean_report("c1", 1, hard_inquiries_1m=4, hard_inquiries_6m=12)
    pen.clean_report("c1", 2, total_debt=900_000)
    pen.clean_report("c1", 10)
    ticks(pen, 11, 45)
    decisions = tell(assess, pen)
    assert said(decisions) == [
        (1, "opened", "P3", "inquiry_surge"),
        (2, "escalated", "P2", "high_debt"),
        (40, "resolved", "P2", "high_debt inquiry_surge"),
    ]
    debt, surge = decisions[2]["rules"]
    assert (debt["observed"], debt["breached_by"]) == (0.1, -0.6)
    assert (surge["observed"], surge["breached_by"], surge["operator"]) == (0, -3, ">")
    assert [d["id"].split(".", 1)[1] for d in decisions] == ["e1.a1", "e1.a2", "e1.a3"]


def test_joining_is_silent_and_escalation_is_told_once(assess: Any) -> None:
    """5.1: a second P3 rule joins silently; P2 is told once."""
    pen = Pen()
    pen.clean_report("c1", 1, hard_inquiries_1m=4)
    pen.statement("c1", 1.5, 100, 100, due=1)
    pen.clean_report("c1", 3, total_debt=900_000)
    pen.clean_report("c1", 4)
    pen.clean_report("c1", 5, total_debt=900_000)
    assert said(tell(assess, pen)) == [
        (1, "opened", "P3", "inquiry_surge"),
        (3, "escalated", "P2", "high_debt days_past_due"),
    ]
