from typing import Any

import msgspec
import pytest

from rules.rulebook import Rulebook
from streams.story.decided import action_sentence, result_sentence
from streams.story.reasons import _WORDS, briefly, reason
from streams.story.ticker import ticker_line
from streams.story.words import counted, day_text, money, percent, sentence

Trace = dict[str, Any]


def _trace(rule: str, observed: float | None, threshold: float, **more: str) -> Trace:
    return {"id": rule, "observed": observed, "operator": ">=", "threshold": threshold, "window": None} | more


def _action(action: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "limit_action",
        "cardholder_id": "anna",
        "occurred_at": "2025-03-04T05:06:07Z",
        "action": action,
        "current_limit": 1_000_000,
        "target_limit": 500_000,
        "requires_approval": False,
        "status": "requested",
        "withheld_because": None,
        "reason_codes": [],
    } | more


@pytest.mark.parametrize(
    ("trace", "told"),
    [
        (_trace("small_loan_overdue", 1, 1), "a credit report showed one small loan overdue elsewhere"),
        (
            _trace("small_loan_overdue", 80_050, 0, operator=">"),
            "a credit report showed 800.50 overdue on small loans elsewhere",
        ),
        (_trace("empty_card", 6, 4), "all the last six statements used 90 % of the limit or more"),
        (_trace("empty_card", 4, 4), "four of the last six statements used 90 % of the limit or more"),
        (_trace("high_debt", 0.83, 0.7), "debts everywhere came to 83 % of all credit limits"),
        (
            _trace("high_debt", 9_000_000, 8_800_000),
            "debts everywhere came to 90,000, more than 22 monthly incomes",
        ),
        (_trace("days_past_due", 31, 31), "the minimum payment was 31 days past due"),
        (
            _trace("inquiry_surge", 5, 3, window="1 month"),
            "five lenders asked the credit bureau within 1 month",
        ),
        (_trace("my_own", 0.65, 0.6, window="7 days"), "my_own: 0.65 >= 0.6 within 7 days"),
        (_trace("days_past_due", None, 1), "days_past_due: unknown >= 1"),
    ],
)
def test_reasons(trace: Trace, told: str) -> None:
    assert reason(trace) == told


def test_every_default_rule_has_words(default_book: Rulebook) -> None:
    ids = [rule.id for rule in default_book.rules]
    assert set(ids) == set(_WORDS)
    for rule in ids:
        assert rule not in briefly([rule])
        assert rule not in reason(_trace(rule, 3, 1))


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (_action("halve"), "Halve the limit, 10,000 to 5,000."),
        (
            _action("cut_to_tenth", requires_approval=True, reason_codes=["high_debt", "empty_card"]),
            (
                "Meanwhile too much debt and a card run empty: ask a person to agree to cut the limit to a "
                "tenth, 10,000 to 5,000."
            ),
        ),
        (
            _action("block", withheld_because="exemption:fraud_case"),
            "Would stop all spending on the card, but did not: the card is exempt (fraud case).",
        ),
        (_action("restore", target_limit=1_000_000), "Two clean cycles: unblock the card."),
    ],
)
def test_actions(action: dict[str, Any], told: str) -> None:
    assert action_sentence(action, alerted=False) == told


def test_results() -> None:
    assert result_sentence({"result": "applied"}, _action("halve")) == "The bank halved the limit."
    blocked = _action("block", requires_approval=True)
    assert result_sentence({"result": "applied"}, blocked) == "A clerk agreed and blocked the card."
    assert result_sentence({"result": "rejected"}, blocked) == "A clerk turned it down."
    assert result_sentence({"result": "failed"}, blocked) == "The bank reported: failed."


def test_a_published_record_is_one_line() -> None:
    line = ticker_line(msgspec.json.encode(_action("halve")))
    assert line == "2025-03-04 05:06  anna          requested  Halve the limit, 10,000 to 5,000."


def test_words() -> None:
    assert [money(amount) for amount in (0, 5, 123_456, -100)] == ["0", "0.05", "1,234.56", "-1"]
    assert percent(0.005) == "0 %"
    assert [counted(number, "day") for number in (0, 1, 2, 13)] == [
        "no days",
        "one day",
        "two days",
        "13 days",
    ]
    assert day_text("2025-03-04T00:00:00Z") == "4 Mar 2025"
    assert sentence("so it is") == "So it is."
