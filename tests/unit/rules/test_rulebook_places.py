"""Errors of a rulebook file name the line, the column, and what was probably meant."""

from __future__ import annotations

import pytest

from rules.rulebook import ContradictionError, RulebookError, read_rulebook
from tests.unit.rules.stories import DEFAULT, edited


def place(text: str, passage: str, inside: int = 0) -> str:
    at = text.index(passage) + inside
    return f"r.yaml:{text.count(chr(10), 0, at) + 1}:{at - text.rfind(chr(10), 0, at)}: "


def refused(text: str) -> str:
    with pytest.raises(RulebookError) as error:
        read_rulebook(text, "r.yaml")
    return str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "passage", "why"),
    [
        (
            "when: utilisation.now >= 0.9",
            "when: utilization.now >= 0.9",
            "utilization.now",
            (
                "rules.small_loan_overdue.steps.0.when: unknown name utilization.now: "
                "did you mean utilisation.now?"
            ),
        ),
        (
            "when: days_past_due >= 1\n",
            "when: >\n      days_past_due >= 1 and\n      days_past_du < 4\n",
            "days_past_du <",
            "rules.days_past_due.when: unknown name days_past_du: did you mean days_past_due?",
        ),
        (
            "when: days_past_due >= 1\n",
            'when: "days_past_due >= 1 and\n      nothing > 2"\n',
            "nothing > 2",
            "rules.days_past_due.when: unknown name nothing",
        ),
        (
            "when: days_past_due >= 1\n",
            "when: |-\n      days_past_due >=\n",
            "=\n    because:\n      en: The minimum",
            "rules.days_past_due.when: not an expression: something is missing after this",
        ),
        (
            "severity: P2",
            "severity: P7",
            "P7",
            "rules.small_loan_overdue.severity: must be 'P1', 'P2', 'P3' or 'P4'",
        ),
        (
            "action: halve",
            "action: halv",
            "halv\n",
            (
                "rules.small_loan_overdue.action: must be 'alert_only', 'halve', 'cut_to_tenth' or 'block'"
                ": did you mean halve?"
            ),
        ),
        (
            "hours: 24",
            "hours: many",
            "many\n    over_count",
            "policy.breaker.hours: Input should be a valid integer",
        ),
        ("notice_days: 30", "notice_days: *a", "*a", "YAML aliases (*name) are not taken"),
        (
            "{small_loan.overdue_accounts: 1}",
            "{small_loan.overdue_account: 1}",
            "small_loan.overdue_account:",
            (
                "rules.small_loan_overdue.cases.0.facts.small_loan.overdue_account: unknown name "
                "small_loan.overdue_account: did you mean small_loan.overdue_accounts?"
            ),
        ),
        (
            "was {observed} past due",
            "was {observed.__class__} past due",
            "The minimum payment was",
            "rules.days_past_due.because.en: unknown name {observed.__class__}: did you mean observed?",
        ),
        (
            "version: default-1\n\nrules",
            "version: default-1\nversion: a\n\nrules",
            "version: a",
            "version stands here twice",
        ),
        (
            "version: default-1\n\nrules",
            "version: 3\n\nrules",
            "3\n",
            "version: Input should be a valid string",
        ),
        ("not_hit_is_enough: [model_score]", "not_hit_is_enough: [modelscore]", "modelscore", None),
    ],
)
def test_at_its_place(old: str, new: str, passage: str, why: str | None) -> None:
    text = edited((old, new))
    told = refused(text).splitlines()[0]
    assert told.startswith(place(text, passage)), told
    assert why is None or told == place(text, passage) + why


def test_a_misspelt_field_and_the_one_that_is_missing() -> None:
    text = edited(("  rounding: 10000", "  roundin: 10000"))
    assert refused(text).splitlines() == [
        place(text, "policy:\n") + "policy.rounding: is missing",
        place(text, "roundin:") + "policy.roundin: there is no such field: did you mean rounding?",
    ]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("when: days_past_due >= 1\n", "when: days_past_due > 5 and days_past_due < 3\n", "can never be hit"),
        ("when: days_past_due >= 31\n", "when: days_past_due < 1\n", "the step can never apply"),
        ("cut_to_tenth: {share: 0.1", "cut_to_tenth: {share: 0.6", "leaves more than halve does"),
        ("at_least: 2\n      action", "at_least: 6\n      action", "6 of 5 rules can never be hit together"),
        ("utilisation_mean: [0.2, 0.7]", "utilisation_mean: [0.7, 0.2]", "no raise is possible"),
    ],
)
def test_contradictions(old: str, new: str, why: str) -> None:
    with pytest.raises(ContradictionError, match=why):
        read_rulebook(edited((old, new)))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "3", "rules: [", "a: b: c", "\x00", "!!python/object:os.system x", "? [a]\n: b", "- " * 5000],
)
def test_what_is_no_rulebook(text: str) -> None:
    refused(text)


def test_the_text_has_an_end() -> None:
    assert "longer than" in refused(DEFAULT + "#" * 1_000_000)


@pytest.mark.parametrize("text", ["", "\n", "# only a remark\n", "null\n"])
def test_an_empty_file(text: str) -> None:
    assert refused(text) == "r.yaml:1:1: the file holds nothing"


@pytest.mark.parametrize("text", ["3\n", "- version: 1\n", "rules\n"])
def test_a_file_that_is_no_fields(text: str) -> None:
    assert refused(text) == "r.yaml:1:1: must be fields, one `name: value` a line"


def test_a_part_that_is_no_fields() -> None:
    at = DEFAULT.index("policy:")
    told = refused(DEFAULT[:at] + "policy: gentle\n")
    assert (
        told
        == place(DEFAULT[:at] + "policy: gentle", "gentle")
        + "policy: must be fields, one `name: value` a line"
    )
