"""Difference, trial, explanation and backtest, over small books."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from rules.shadow import SHADOW_HIT, in_share
from streams.backtest.history import histories
from streams.backtest.intervals import difference, wilson
from streams.backtest.measure import as_json, backtest
from streams.cli.app import app
from streams.explain.story import explain
from streams.explain.words import Teller
from streams.rulebook.difference import compare
from tests.unit.rules.stories import DEFAULT, Book, edited, evaluator

MILD = edited(
    ("version: default-1\n", "version: mild-2\n"),
    ("halve: {share: 0.5", "halve: {share: 0.7"),
    ("debt.to_limit >= 0.7", "debt.to_limit >= 0.75"),
)


def two() -> Book:
    book = Book()
    for holder, share in (("c1", 0.72), ("c3", 0.8)):
        book.account(holder, 0)
        book.debt(holder, 1, share)
    return book


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


# --- diff ---


def test_the_difference_in_alerts_actions_and_money() -> None:
    found = compare(two().lines, evaluator(), evaluator(MILD), lanes=1, learns=False)
    told = found.as_json(examples=5)
    assert told["money"] == {"limits_cut": -700_000, "limits_blocked": 0, "limits_raised": 0}
    assert told["old"]["alerts"] == {"opened": 2}
    assert told["new"]["alerts"] == {"opened": 1}
    assert told["cardholders"]["alerted_only_by_old"] == 1
    assert [one["cardholder_id"] for one in told["examples"]] == ["c1", "c3"]


def test_no_difference_to_itself() -> None:
    found = compare(two().lines, evaluator(), evaluator(), lanes=1, learns=False)
    assert found.changed == []


def test_results_that_answer_another_action_are_counted() -> None:
    book = two()
    (first, _) = book.actions()
    book.result("c1", 2, first["id"], "applied")
    found = compare(book.lines, evaluator(), evaluator(MILD), lanes=1, learns=False)
    assert found.other_answers == 1


def test_diff_in_words(tmp_path: Path) -> None:
    events, new = tmp_path / "events.jsonl", tmp_path / "new.yaml"
    events.write_bytes(b"\n".join(two().lines))
    new.write_text(MILD)
    code, told = run("rules", "diff", "default", str(new), "--events", str(events), "--no-model")
    assert code == 0
    assert "limits cut by 10,000 3,000 -7,000" in " ".join(told.split())
    assert "2 cardholders are treated differently" in told


# --- trial ---

ANY_DEBT = "{id: any_debt, title: Any, when: debt.total > 0, action: block, severity: P1, shadow: true}"
TRIAL = edited(
    ("rules:\n  - id: small", f"rules:\n  - {ANY_DEBT}\n  - id: small"),
    ("# Examples of the whole", "challenger:\n  of_ten_thousand: 10000\n  policy: {halve: {share: 0.9}}\n#"),
)


def test_what_is_on_trial_acts_on_nobody() -> None:
    book = two()
    assert book.decisions(TRIAL) == book.decisions()
    reports = [report for lane in book.judged(TRIAL).lanes for report in lane.reports]
    shadow = [report for report in reports if report["kind"] == SHADOW_HIT]
    assert [(one["cardholder_id"], one["would_ask_for"], one["beside"]) for one in shadow] == [
        ("c1", "block", ["high_debt"]),
        ("c3", "block", ["high_debt"]),
    ]
    would = [one["would"] for one in reports if one["kind"] == "challenger"]
    assert [one["target_limit"] for one in would if one["kind"] == "limit_action"] == [900_000, 900_000]


def test_a_shadow_hit_is_reported_when_it_begins() -> None:
    book = two()
    book.debt("c1", 2, 0.8)
    book.debt("c1", 3, 0.0)
    book.debt("c1", 4, 0.8)
    reports = [one for lane in book.judged(TRIAL).lanes for one in lane.reports if one["kind"] == SHADOW_HIT]
    assert [one["cardholder_id"] for one in reports] == ["c1", "c3", "c1"]


def test_the_share_of_a_challenger_is_sticky() -> None:
    challenger = evaluator(TRIAL.replace("of_ten_thousand: 10000", "of_ten_thousand: 2500")).book.challenger
    assert challenger is not None
    chosen = [in_share(f"h{n}", challenger) for n in range(4_000)]
    assert chosen == [in_share(f"h{n}", challenger) for n in range(4_000)]
    assert 0.22 < sum(chosen) / 4_000 < 0.28


# --- explain ---


def test_every_step_of_a_decision() -> None:
    book = two()
    told = explain(book.lines, evaluator(), "c3", lanes=1, learns=False)
    assert told is not None
    (story,) = told["decisions"]
    assert [record["kind"] for record in story["records"]] == ["alert", "limit_action"]
    (debt,) = [rule for rule in story["rules"] if rule["outcome"] == "hit"]
    assert debt["id"] == "high_debt"
    assert [term["truth"] for term in debt["terms"]] == ["holds", "unknown"]
    assert debt["sentences"]["en"] == "Debts everywhere came to 80 % of all credit limits."
    assert story["facts"]["debt.to_limit"] == 0.8
    assert story["facts"]["income.monthly"] is None
    policy = story["policy"]
    assert policy["competing"] == [{"rule": "high_debt", "asks_for": "halve"}]
    assert (policy["target"], policy["share"], policy["target_limit"]) == ("halve", 0.5, 500_000)
    assert set(policy["checks"]) == {"exemption", "cooldown", "control_group", "breaker", "floor"}
    assert set(policy["checks"].values()) == {None}


def test_what_withheld_it() -> None:
    book = Book()
    book.account("c1", 0, exemptions=["hardship"])
    book.debt("c1", 1)
    told = explain(book.lines, evaluator(), "c1", lanes=1, learns=False)
    assert told is not None
    assert told["decisions"][0]["policy"]["checks"]["exemption"] == "exemption:hardship"
    assert "withholds it (exemption: hardship)" in Teller("en").tell(told)
    assert "\u8c41\u514d\uff1a\u6682\u7f13\uff08\u8c41\u514d\uff08\u56f0\u96be\uff09\uff09" in Teller(
        "zh"
    ).tell(told)


def test_one_action_only() -> None:
    book = two()
    book.put("bureau_report", "c3", 2, total_debt=9, total_limit=10, small_loan_overdue_accounts=3)
    _, first, second = book.actions()
    told = explain(book.lines, evaluator(), "c3", action=second["id"], lanes=1, learns=False)
    assert told is not None
    assert len(told["decisions"]) == 1
    (together,) = told["decisions"][0]["policy"]["combinations"]
    assert together["rules"] == ["high_debt", "small_loan_overdue"]
    assert told["decisions"][0]["policy"]["target"] == "cut_to_tenth"
    assert first["action"] == "halve"
    assert explain(book.lines, evaluator(), "c3", action="none", lanes=1, learns=False) is None


def test_looking_on_changes_nothing() -> None:
    book = two()
    before = book.decisions()
    explained = explain(book.lines, evaluator(), "c3", lanes=1, learns=False)
    assert explained is not None
    assert [one for story in explained["decisions"] for one in story["records"]] == [
        record for record in before if record["cardholder_id"] == "c3"
    ]


@pytest.mark.parametrize(("language", "word"), [("en", "Rules that were hit"), ("zh", "命中的规则")])
def test_explain_on_the_command_line(tmp_path: Path, language: str, word: str) -> None:
    events = tmp_path / "events.jsonl"
    events.write_bytes(b"\n".join(two().lines))
    code, told = run("explain", "c3", "--events", str(events), "--language", language, "--no-model")
    assert code == 0
    assert word in told
    code, told = run("explain", "c3", "--events", str(events), "--json", "--no-model")
    assert json.loads(told)["cardholder_id"] == "c3"
    assert run("explain", "nobody", "--events", str(events), "--no-model")[0] == 1


# --- backtest ---


def defaulting() -> Book:
    """One who runs into 60 days past due, warned in time and cut; one cut who stays clean."""
    book = Book()
    for holder in ("bad", "good"):
        book.account(holder, 0)
        book.debt(holder, 1)
    book.statement("bad", 10, 600_000, "2025-01-25")
    book.statement("good", 10, 100_000, "2025-01-25")
    book.put("payment_posted", "good", 12, amount=100_000)
    book.put("transaction", "bad", 20, type="purchase", amount=300_000)
    for day in range(30, 200, 10):
        book.tick(day)
    return book


def test_days_past_due_from_the_records_alone() -> None:
    found, end = histories(defaulting().lines)
    assert found["bad"].reached(60, end) == [20_113 + 60]
    assert found["good"].reached(1, end) == []
    assert found["bad"].past_due_on(20_113 + 5) == 5
    assert found["bad"].balance_on(20_113) == 900_000


def test_precision_recall_lead_harm_and_exposure() -> None:
    told: dict[str, Any] = as_json(
        backtest(defaulting().lines, evaluator(), window=120, lanes=1, learns=False)
    )
    debt = told["rules"]["high_debt"]
    assert debt["precision"]["alerts"] == 2
    assert debt["precision"]["right"] == 1
    assert debt["recall"]["share"] == 1.0
    assert debt["lead_days"]["median"] == 53
    assert told["harm"]["acted_on"]["clean"] == 1
    assert told["exposure"] == {
        "cuts_of_later_bad": 2,
        "limits_cut_of_later_bad": 500_000,
        "saved": 400_000,
    }


def test_intervals() -> None:
    """Wilson's and Newcombe's own examples."""
    low, high = wilson(81, 263) or (0.0, 0.0)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    apart = difference(56, 70, 48, 80) or (0.0, 0.0, 0.0)
    assert [round(one, 4) for one in apart] == [0.2, 0.0524, 0.3339]
    assert wilson(0, 0) is None


def test_the_default_rulebook_says_a_sentence_for_each_hit() -> None:
    assert DEFAULT.count("because:") == 9
