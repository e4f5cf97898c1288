from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rules.contradictions import doubts
from rules.intervals import possible
from rules.rulebook import read_rulebook
from rules.schema import rulebook_schema
from rules.syntax import parse
from rules.trial import try_examples
from streams.cli.app import app
from tests.unit.rules.stories import DEFAULT, edited


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["rules", *arguments])
    return result.exit_code, result.output


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    return tmp_path / "rules.yaml"


def test_the_default_rulebook_is_sound() -> None:
    book = read_rulebook(DEFAULT)
    assert try_examples(book).failures == ()
    assert list(doubts(book)) == []
    assert all(rule.cases and rule.because and rule.because.zh and rule.owner for rule in book.rules)


def test_check_says_all_is_well(file: Path) -> None:
    file.write_text(DEFAULT)
    assert run("check", str(file)) == (0, "default-1: 9 rules, 37 examples, all well\n")


def test_check_runs_the_examples(file: Path) -> None:
    file.write_text(edited(("facts: {days_past_due: 30}", "facts: {days_past_due: 32}")))
    code, told = run("check", str(file))
    assert code == 1
    assert "rules.days_past_due.cases.1: expects alert_only, and asks for block" in told


def test_check_of_a_contradiction(file: Path) -> None:
    file.write_text(edited(("when: days_past_due >= 1\n", "when: days_past_due < 0\n")))
    code, told = run("check", str(file))
    assert code == 1
    assert "rules.days_past_due.when: contradicts itself: the rule can never be hit" in told


def test_check_of_a_misspelt_name(file: Path) -> None:
    file.write_text(edited(("debt.to_limit >= 0.7", "dept.to_limit >= 0.7")))
    code, told = run("check", str(file))
    assert code == 2
    assert "did you mean debt.to_limit?" in told


def test_a_story_of_the_whole(file: Path) -> None:
    file.write_text(edited(("    action: block\n  - name: alerts", "    action: halve\n  - name: alerts")))
    code, told = run("check", str(file))
    assert code == 1
    assert "'the worst wins' expects halve, and comes to block" in told


def test_doubts_are_told_and_not_refused(file: Path) -> None:
    changes = (("when: at_least(3, relayed_payments)", "when: at_least(4, empty_statements)"),)
    text = edited(*changes, ("facts: {relayed_payments: 3}", "facts: {empty_statements: 4}"))
    text = edited(("facts: {relayed_payments: 2}", "facts: {empty_statements: 2}"), text=text)
    file.write_text(text)
    told = run("check", str(file))[1]
    assert "rules.third_party_repayment.when: is the same condition as that of empty_card" in told


def test_a_new_rule_in_one_file() -> None:
    """A rule, its reason code and its example: nothing else is touched."""
    rule = """
  - id: nearly_full
    title: The card is nearly full
    when: between(utilisation.now, 0.8, 2)
    because: {code: high_utilisation, en: "{observed} of the limit is used."}
    action: halve
    severity: P2
    cases:
      - facts: {utilisation.now: 0.8}
        expect: hit
"""
    book = read_rulebook(edited(("\n  - id: minimum_payment", f"{rule}\n  - id: minimum_payment")))
    assert try_examples(book).failures == ()
    assert book.rules[1].reason_code == "high_utilisation"


def test_the_schema_names_every_fact() -> None:
    code, told = run("schema")
    assert code == 0
    assert json.loads(told) == rulebook_schema()
    assert "utilisation.now" in json.loads(told)["$defs"]["Case"]["properties"]["facts"]["properties"]


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("utilisation.now > 5 and utilisation.now < 3", False),
        ("days_past_due > 3 and days_past_due < 4", False),
        ("utilisation.now > 3 and utilisation.now < 4", True),
        ("days_past_due >= 3 and days_past_due < 4", True),
        ("days_past_due < 0", False),
        ("2 * utilisation.now + 1 >= 5 and utilisation.now < 1", False),
        ("not known(income.monthly) and debt.total > 3 * income.monthly", False),
        ("debt.total > account.limit and account.limit > debt.total", False),
        ("debt.total >= account.limit and account.limit >= debt.total", True),
        ("at_least(7, empty_statements)", False),
        ("account.status == 'active' and account.status in ('blocked', 'closed')", False),
        ("at_least(2, utilisation.now > 1, utilisation.now < 1, days_past_due < 0)", False),
        ("days_past_due >= 1 or days_past_due < 0", True),
        ("between(utilisation.now, 0.7, 0.2)", False),
        ("1 > 2", False),
    ],
)
def test_what_can_never_hold(condition: str, wanted: bool) -> None:  # noqa: FBT001
    assert possible(parse(condition)) is wanted
