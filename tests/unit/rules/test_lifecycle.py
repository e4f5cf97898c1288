"""Actions and what becomes of them (contract 6.3 to 6.8): duplicates, reordering, failures, the breaker."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from tests.unit.rules.stories import DEFAULT, Book, edited


def cut_story() -> tuple[Book, str]:
    book = Book()
    book.account("c1", 0)
    book.debt("c1", 1)
    (halve,) = book.actions()
    return book, halve["id"]


def told(actions: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(one["action"], one["status"], one["withheld_because"]) for one in actions]


def test_a_redelivered_result_changes_nothing() -> None:
    """6.7: the same outputs whether a result comes once or five times."""
    once, action = cut_story()
    once.result("c1", 2, action, "applied")
    often, _ = cut_story()
    for _ in range(5):
        often.result("c1", 2, action, "applied")
    for book in (once, often):
        book.account("c1", 3, limit=500_000)
        book.debt("c1", 70, share=0.9)
    assert told(once.actions()) == told(often.actions())
    ignored = often.judged().engines[0].desk.ignored_results
    assert ignored == 4


@pytest.mark.parametrize("order", list(permutations(["applied", "failed", "applied"])))
def test_the_first_final_result_stays(order: tuple[str, ...]) -> None:
    """6.7: requested < applied < failed; afterwards nothing moves it, in whatever order results come."""
    book, action = cut_story()
    for place, result in enumerate(order):
        book.result("c1", 2 + place, action, result)
    (case,) = book.judged().engines[0].desk.cases.values()
    assert [cut.status for cut in case.cuts] == ["failed"]


def test_a_failed_cut_is_not_tried_again_in_its_episode() -> None:
    """6.3: failed counts as requested; only a person decides to try again."""
    book, action = cut_story()
    book.result("c1", 2, action, "failed")
    for day in range(3, 20, 4):
        book.debt("c1", day, share=0.9)
    assert told(book.actions()) == [("halve", "requested", None)]


def test_a_failed_cut_does_not_cool_down_the_next_episode() -> None:
    """6.4: what failed withholds nothing."""
    book, action = cut_story()
    book.result("c1", 2, action, "failed")
    book.put("bureau_report", "c1", 3, **CLEAN)
    for day in (10, 20, 33, 34):
        book.put("bureau_report", "c1", day, **CLEAN)
    again = edited(("resolve_after_days: 30", "resolve_after_days: 5"))
    book.debt("c1", 40)
    assert told(book.actions(again)) == [("halve", "requested", None), ("halve", "requested", None)]


CLEAN = {
    "total_debt": 0,
    "total_limit": 10_000,
    "monthly_income": 100,
    "small_loan_overdue_accounts": 0,
    "small_loan_overdue_amount": 0,
    "hard_inquiries_1m": 0,
    "hard_inquiries_6m": 0,
}


def test_an_applied_cut_cools_down_the_next_episode() -> None:
    book, action = cut_story()
    book.result("c1", 2, action, "applied")
    book.put("bureau_report", "c1", 3, **CLEAN)
    book.put("bureau_report", "c1", 9, **CLEAN)
    again = edited(("resolve_after_days: 30", "resolve_after_days: 5"))
    book.debt("c1", 20)
    assert told(book.actions(again)) == [("halve", "requested", None), ("halve", "withheld", "cooldown")]


def test_a_result_that_overtakes_its_action_is_ignored() -> None:
    """6.7: results of unknown actions are ignored and counted."""
    book = Book()
    book.account("c1", 0)
    book.result("c1", 0.5, "d0f631ca1ddb.l1", "applied")
    book.debt("c1", 1)
    assert told(book.actions()) == [("halve", "requested", None)]
    engine = book.judged().engines[0]
    assert engine.desk.ignored_results == 1
    assert [cut.status for case in engine.desk.cases.values() for cut in case.cuts] == ["requested"]


def test_a_redelivered_report_never_halves_twice() -> None:
    """6.2: the target is a share of what was held when the episode opened."""
    book, action = cut_story()
    book.result("c1", 2, action, "applied")
    book.account("c1", 3, limit=500_000)
    for day in (4, 5, 6):
        book.debt("c1", day, share=0.95)
    assert [one["target_limit"] for one in book.actions()] == [500_000]


def overdue_book(size: int, overdue: int) -> Book:
    """A book of which a bureau file marks some as overdue elsewhere, all within an hour."""
    book = Book()
    for n in range(size):
        book.account(f"h{n:04}", 0)
    book.tick(1.5)
    for n in range(overdue):
        book.put("bureau_report", f"h{n:04}", 2 + n / 24_000, small_loan_overdue_accounts=1)
    book.tick(2.9)
    return book


def test_a_bureau_file_that_marks_30_percent_overdue_trips_the_breaker() -> None:
    """6.6: alerts for all, halves for 21 at most; every other one is told as withheld."""
    book = overdue_book(400, 120)
    decisions = book.decisions()
    alerts = [one for one in decisions if one["kind"] == "alert"]
    actions = [one for one in decisions if one["kind"] == "limit_action"]
    assert len(alerts) == 120
    assert all(one["severity"] == "P2" for one in alerts)
    requested = [one for one in actions if one["status"] == "requested"]
    withheld = [one["withheld_because"] for one in actions if one["status"] == "withheld"]
    assert len(requested) == 21
    assert set(withheld) == {"breaker", "control_group"}
    assert len(requested) + len(withheld) == 120, "nobody is spared silently"


def test_a_person_resets_the_breaker() -> None:
    """6.6: what was withheld is requested at the next judgement at which it is still wanted."""
    book = overdue_book(400, 60)
    book.put("breaker_reset", None, 3, by="risk-desk")
    for n in range(60):
        book.put("bureau_report", f"h{n:04}", 3.1 + n / 24_000, small_loan_overdue_accounts=2)
    actions = book.actions()
    assert sum(one["status"] == "requested" for one in actions) == 42
    told_twice = [one["id"] for one in actions if one["withheld_because"] == "breaker"]
    assert (
        len(told_twice)
        == len(set(told_twice))
        == sum(one["withheld_because"] == "breaker" for one in actions)
    )


def test_the_breaker_of_each_lane_is_its_own() -> None:
    one, three = overdue_book(400, 120).actions(lanes=1), overdue_book(400, 120).actions(lanes=3)
    assert sum(a["status"] == "requested" for a in one) == 21
    assert sum(a["status"] == "requested" for a in three) == 63


def test_a_cut_to_nothing_is_withheld_as_floor() -> None:
    book = Book()
    book.account("c1", 0, limit=15_000)
    book.debt("c1", 1)
    assert told(book.actions()) == [("halve", "withheld", "floor")]


def test_a_product_has_a_floor_and_a_policy_of_its_own() -> None:
    book = Book()
    for holder, product in (("c1", "student"), ("c3", "gold"), ("c4", None)):
        book.account(holder, 0, product=product)
        book.debt(holder, 1)
    text = edited(
        ("product_floors: {}", "product_floors: {gold: 800000}"),
        ("# Examples of the whole", "products:\n  student: {version: student-1, halve: {share: 0.7}}\n#"),
    )
    found = {one["cardholder_id"]: (one["target_limit"], one["policy_version"]) for one in book.actions(text)}
    assert found == {"c1": (700_000, "student-1"), "c3": (800_000, "default-1"), "c4": (500_000, "default-1")}
    assert {one["target_limit"] for one in book.actions(DEFAULT)} == {500_000}
