"""Stories worked out by hand: limit actions (contract 6). Day 0 is 2024-01-01."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.oracle.moment import in_control_group
from tests.oracle.stories import Pen, actions, said, tell, ticks

L = "d0f631ca1ddb.l"  # the actions of c1
ILL = {"total_debt": 900_000}


def control_id() -> str:
    """An id in the control group."""
    return next(name for name in map("k{}".format, itertools.count()) if in_control_group(name))


def test_our_own_cut_is_absolute(assess: Any) -> None:
    """3.3, 6.2, 6.3: after the cut the base stays 1,000,000, so a second hit asks for nothing lower."""
    pen = Pen()
    pen.account("c1", 0)
    pen.clean_report("c1", 1, **ILL)
    pen.result("c1", 2, L + "1", "applied")
    pen.account("c1", 2.5, 500_000, balance=450_000)
    pen.clean_report("c1", 3, **ILL)
    pen.clean_report("c1", 4)
    pen.clean_report("c1", 35)
    pen.clean_report("c1", 50, **ILL)
    pen.clean_report("c1", 51, small_loan_overdue_accounts=1)
    assert said(tell(assess, pen)) == [
        (1, "opened", "P2", "high_debt"),
        (1, "halve", "requested", "500000"),
        (35, "resolved", "P2", "high_debt"),
        (50, "opened", "P2", "high_debt"),  # half of 1,000,000 is not below 500,000
    ]


def test_two_of_a_kind_cut_to_a_tenth(assess: Any) -> None:
    """6.1, 6.3, 6.5: a second rule of the five makes it cut_to_tenth, in the same episode, by approval."""
    pen = Pen()
    pen.account("c1", 0)
    pen.clean_report("c1", 1, **ILL)
    pen.clean_report("c1", 2, small_loan_overdue_accounts=1, **ILL)
    decisions = tell(assess, pen)
    assert said(decisions) == [
        (1, "opened", "P2", "high_debt"),
        (1, "halve", "requested", "500000"),
        (2, "cut_to_tenth", "requested", "100000"),
    ]
    assert decisions[2]["requires_approval"] is True
    assert decisions[2]["alert_id"] == decisions[0]["id"]
    assert decisions[2]["reason_codes"] == ["small_loan_overdue", "high_debt"]


def test_rejected_is_never_asked_again(assess: Any) -> None:
    """6.3, 6.7: rejected counts as requested and is final."""
    pen = Pen()
    pen.account("c1", 0)
    pen.clean_report("c1", 1, **ILL)
    pen.result("c1", 2, L + "1", "rejected")
    pen.result("c1", 3, L + "1", "applied")
    pen.clean_report("c1", 40, **ILL)
    assert actions(tell(assess, pen)) == [(1, "halve", "requested", "500000")]


def test_an_exemption_withholds_the_action_not_the_alert(assess: Any) -> None:
    """6.4: told once; the first name in the schema's order; requested when lifted; ids count the withheld."""
    pen = Pen()
    pen.account("c1", 0, exemptions=["fraud_case", "hardship"])
    pen.clean_report("c1", 1, **ILL)
    pen.clean_report("c1", 2, **ILL)
    pen.account("c1", 3)
    decisions = tell(assess, pen)
    assert said(decisions) == [
        (1, "opened", "P2", "high_debt"),
        (1, "halve", "exemption:hardship", "500000"),
        (3, "halve", "requested", "500000"),
    ]
    assert [d["id"] for d in decisions[1:]] == [L + "1", L + "2"]
    assert decisions[1]["status"] == "withheld"


def test_control_group(assess: Any) -> None:
    """6.4: withheld for a halve, never at a judgement of P1."""
    name = control_id()
    pen = Pen()
    pen.account(name, 0, balance=500_000)
    pen.clean_report(name, 1, **ILL)
    pen.account(name, 2, balance=900_000)
    pen.clean_report(name, 3, small_loan_overdue_accounts=1)
    assert actions(tell(assess, pen)) == [
        (1, "halve", "control_group", "500000"),
        (3, "cut_to_tenth", "requested", "100000"),
    ]


def test_a_cut_to_nothing_is_withheld(assess: Any) -> None:
    """6.2, 6.4: half of 19,999 is below a whole 10,000."""
    pen = Pen()
    pen.account("c1", 0, 19_999)
    pen.clean_report("c1", 1, **ILL)
    assert actions(tell(assess, pen)) == [(1, "halve", "floor", "0")]


@pytest.mark.parametrize(("status", "expected"), [("active", ["block"]), ("blocked", []), ("closed", [])])
def test_block_by_status(assess: Any, status: str, expected: list[str]) -> None:
    """6.3: no block for a blocked account, nothing for a closed one; 3.7: both are judged."""
    pen = Pen()
    pen.account("c1", 0, status=status)
    pen.statement("c1", 1, 100_000, 5_000, due=2)
    ticks(pen, 2, 33)
    decisions = tell(assess, pen)
    assert [d["action"] for d in decisions if d["kind"] == "limit_action"] == expected
    assert [d["state"] for d in decisions if d["kind"] == "alert"] == ["opened", "escalated"]


def test_no_account_yet(assess: Any) -> None:
    """6.2, 6.3: issued when the snapshot comes; the first limit above 0 is the base."""
    pen = Pen()
    pen.clean_report("c1", 1, **ILL)
    pen.account("c1", 2, 0)
    pen.account("c1", 3, 80_000)
    decisions = tell(assess, pen)
    assert said(decisions) == [(1, "opened", "P2", "high_debt"), (3, "halve", "requested", "40000")]
    assert (decisions[1]["alert_id"], decisions[1]["base_limit"]) == (decisions[0]["id"], 80_000)


def test_breaker(assess: Any) -> None:
    """6.6: the 21st halve within 24 h trips it; the 22nd is withheld, until a reset empties the count."""
    pen = Pen()
    names = [name for name in map("b{}".format, range(40)) if not in_control_group(name)][:24]
    for name in names:
        pen.account(name, 0)
    for place, name in enumerate(names[:22]):
        pen.clean_report(name, 1 + place / 100, **ILL)
    pen.put("breaker_reset", None, 5, by="desk")
    pen.clean_report(names[22], 5.5, **ILL)
    pen.clean_report(names[21], 6, **ILL)
    told = [d[2] for d in actions(tell(assess, pen))]
    assert told == ["requested"] * 21 + ["breaker"] + ["requested"] * 2


def test_breaker_counts_a_day_to_the_instant(assess: Any) -> None:
    """6.6: the first halve is 24 h old when the 21st is asked, so 20 are counted."""
    pen = Pen()
    names = [name for name in map("b{}".format, range(40)) if not in_control_group(name)][:22]
    for name in names:
        pen.account(name, 0)
    for place, name in enumerate(names):
        pen.clean_report(name, [1, 1.5, 2][(place > 0) + (place > 19)], **ILL)
    told = [d[2] for d in actions(tell(assess, pen))]
    assert told == ["requested"] * 22


def test_cooldown_runs_from_the_late_application(assess: Any) -> None:
    """6.4: asked on day 1, applied on day 30; a new episode on day 40 waits until day 60."""
    pen = Pen()
    pen.account("c1", 0)
    pen.clean_report("c1", 1, **ILL)
    pen.clean_report("c1", 2)
    pen.result("c1", 30, L + "1", "applied")
    pen.clean_report("c1", 32)
    pen.clean_report("c1", 40, **ILL)
    ticks(pen, 41, 65)
    assert said(tell(assess, pen)) == [
        (1, "opened", "P2", "high_debt"),
        (1, "halve", "requested", "500000"),
        (32, "resolved", "P2", "high_debt"),
        (40, "opened", "P2", "high_debt"),
        (40, "halve", "cooldown", "500000"),
        (60, "halve", "requested", "500000"),
    ]


def test_two_clean_cycles_restore(assess: Any) -> None:
    """6.8, 6.7: cycles closing on days 41 and 71 are clean; the cycle that closes on day 11 was not."""
    pen = Pen()
    pen.account("c1", 0)
    pen.clean_report("c1", 1, **ILL)
    for day in (2, 32, 62):
        pen.statement("c1", day, 100_000, 0, due=day + 8)
    pen.result("c1", 3, L + "1", "applied")
    pen.account("c1", 4, 500_000)
    pen.clean_report("c1", 20)
    pen.clean_report("c1", 50)
    ticks(pen, 1, 80)
    decisions = tell(assess, pen)
    assert said(decisions) == [
        (1, "opened", "P2", "high_debt"),
        (1, "halve", "requested", "500000"),
        (50, "resolved", "P2", "high_debt"),
        (71, "restore", "requested", "1000000"),
    ]
    restore = decisions[3]
    assert (restore["alert_id"], restore["notice"], restore["reason_codes"]) == (None, None, [])
    assert (restore["base_limit"], restore["current_limit"]) == (1_000_000, 500_000)
    assert (restore["episode_id"], restore["effective"]) == (decisions[0]["episode_id"], "immediate")


def test_restore_is_silent_when_the_limit_is_back(assess: Any) -> None:
    """6.8: at two clean cycles the limit is as high already, so nothing is sent; nor is it later."""
    pen = Pen()
    pen.account("c1", 0)
    pen.clean_report("c1", 1, **ILL)
    pen.result("c1", 3, L + "1", "applied")
    for day in (10, 20, 30):
        pen.clean_report("c1", day - 5)
        pen.statement("c1", day, 100_000, 0, due=day + 2)
    pen.account("c1", 40, 500_000)
    ticks(pen, 1, 41)
    assert said(tell(assess, pen))[2:] == [(35, "resolved", "P2", "high_debt")]


def raise_story(**changed: Any) -> Pen:
    """Seven statements of 400,000 on a limit of 1,000,000, paid half each."""
    options: dict[str, Any] = {"name": "c1", "paid": 200_000, "opened_on": "2024-01-01", "income": 500_000}
    options |= changed
    pen, name = Pen(), options["name"]
    pen.account(name, 0, opened_on=options["opened_on"])
    for month in range(7):
        day = 30 * month + 3
        pen.clean_report(name, day - 1, monthly_income=options["income"], hard_inquiries_3m=3)
        pen.statement(name, day, 400_000, 10_000, due=day + 20)
        pen.payment(name, day + 5, options["paid"])
    return pen


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, [(183, "raise", "requested", "1200000")]),
        ({"income": 366_666}, [(183, "raise", "requested", "1090000")]),
        ({"income": 336_666}, []),  # 1,009,998 rounded down is no raise
        ({"paid": 199_999}, []),
        ({"opened_on": None}, []),
        ({"opened_on": "2024-01-03"}, []),  # day 183 is 2 July
        ({"opened_on": "2024-01-02"}, [(183, "raise", "requested", "1200000")]),
    ],
)
def test_raise(assess: Any, changed: dict[str, Any], expected: list[tuple[object, ...]]) -> None:
    """6.9: the seventh statement closes nothing yet, but six cycles are closed and half paid."""
    decisions = tell(assess, raise_story(**changed))
    assert said(decisions) == expected
    if decisions:
        assert (decisions[0]["alert_id"], decisions[0]["episode_id"]) == (None, None)
        assert (decisions[0]["effective"], decisions[0]["base_limit"]) == ("next_cycle", 1_000_000)


def test_raise_in_the_control_group(assess: Any) -> None:
    """6.9, 6.4: withheld."""
    name = control_id()
    assert said(tell(assess, raise_story(name=name))) == [(183, "raise", "control_group", "1200000")]
