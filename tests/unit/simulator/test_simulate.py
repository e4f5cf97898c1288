import hashlib
from collections import Counter
from datetime import date
from itertools import islice
from typing import Any

import pytest

from streams.simulator import SimulatedRecord, simulate
from tests.unit.simulator.contract_records import check_stream

HOUR_US = 3_600_000_000


@pytest.fixture(scope="module")
def book() -> list[SimulatedRecord]:
    return list(simulate(600, 8, seed=3, transactions_per_month=8.0))


@pytest.fixture(scope="module")
def values(book: list[SimulatedRecord]) -> list[dict[str, Any]]:
    return check_stream(book)


def _digest(seed: int, **others: float) -> str:
    digest = hashlib.sha256()
    for record in simulate(120, 3, seed, **others):  # type: ignore[arg-type]
        digest.update(repr(record).encode())
    return digest.hexdigest()


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert _digest(5) == _digest(5)
    assert _digest(5) != _digest(6)
    assert _digest(5) != _digest(5, transactions_per_month=19.0)


def test_every_record_passes_the_contract(book: list[SimulatedRecord], values: list[dict[str, Any]]) -> None:
    assert len(values) == len(book)


def test_every_kind_and_most_words_are_there(values: list[dict[str, Any]]) -> None:
    kinds = Counter(value["kind"] for value in values)
    assert set(kinds) == {
        "account_updated",
        "bureau_report",
        "statement_issued",
        "payment_posted",
        "transaction",
        "outcome",
        "tick",
        "breaker_reset",
    }
    assert kinds["tick"] == 243  # days of January to August 2025
    assert kinds["statement_issued"] > 0.9 * 600 * 8
    spent = [value for value in values if value["kind"] == "transaction"]
    assert {value["type"] for value in spent} == {"purchase", "cash_advance", "refund", "fee", "interest"}
    assert {"7995", "5933", "5944", "6011"} <= {value.get("mcc") for value in spent}
    assert {value.get("channel") for value in spent} >= {"pos", "online", "atm", None}
    assert len({value.get("country") for value in spent}) > 5
    assert {value.get("payer") for value in values} >= {"holder", "third_party", "unknown", None}
    assert {value["status"] for value in values if value["kind"] == "account_updated"} >= {
        "active",
        "blocked",
    }


def test_late_records_are_few_and_within_days(book: list[SimulatedRecord]) -> None:
    watermark, late = 0, Counter[str]()
    for record in book:
        if record.occurred_us < watermark:
            late[record.topic] += 1
            assert watermark - record.occurred_us <= 10 * 24 * HOUR_US
        watermark = max(watermark, record.occurred_us)
    assert 0.002 < late.total() / len(book) < 0.02
    assert late["control"] == 0
    assert late["transactions"] > 0
    assert late["repayments"] > 0


def test_statements_tell_the_balance_that_the_records_add_up_to(
    book: list[SimulatedRecord], values: list[dict[str, Any]]
) -> None:
    signs = {"purchase": 1, "cash_advance": 1, "fee": 1, "interest": 1, "refund": -1}
    balances: dict[str, int] = {}
    wrong = seen = 0
    for record, value in sorted(zip(book, values, strict=True), key=lambda pair: pair[0].occurred_us):
        key = record.key
        if value["kind"] == "statement_issued":
            seen += 1
            wrong += abs(value["balance"] - max(balances.get(key, 0), 0)) > 1
        elif value["kind"] == "payment_posted":
            balances[key] = balances.get(key, 0) - value["amount"]
        elif value["kind"] == "transaction":
            balances[key] = balances.get(key, 0) + signs[value["type"]] * value["amount"]
        elif value["kind"] == "account_updated" and key not in balances:
            balances[key] = value["balance"]
    assert seen
    assert wrong == 0


def test_amounts_and_hours_look_like_life(values: list[dict[str, Any]]) -> None:
    spent = [value for value in values if value["kind"] == "transaction"]
    cash = [value["amount"] for value in spent if value["type"] == "cash_advance"]
    bought = [value for value in spent if value["type"] == "purchase"]
    night = sum(value["occurred_at"][11:13] < "06" for value in bought) / len(bought)
    assert all(amount % 1000 == 0 for amount in cash if amount > 50_000)
    assert 0.05 < night < 0.25
    assert 0.02 < len(cash) / (len(cash) + len(bought)) < 0.12


def test_balances_do_not_depend_on_the_number_of_transactions() -> None:
    def mean_balance(per_month: float) -> float:
        values = check_stream(simulate(300, 4, 9, transactions_per_month=per_month, ticks_per_day=0))
        balances: list[int] = [value["balance"] for value in values if value["kind"] == "statement_issued"]
        return sum(balances) / len(balances)

    assert mean_balance(4.0) == pytest.approx(mean_balance(16.0), rel=0.15)


def test_ticks_come_as_often_as_asked() -> None:
    def ticks(per_day: int) -> int:
        return sum(b'"tick"' in record.value for record in simulate(2, 1, 1, ticks_per_day=per_day))

    assert [ticks(count) for count in (0, 1, 24, 1440)] == [0, 31, 744, 44_640]


def test_it_streams_and_starts_where_told() -> None:
    first = list(islice(simulate(5, 1200, 1, start=date(2031, 2, 1)), 100))
    assert min(record.occurred_us for record in first) == 1_927_670_400_000_000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"cardholders": 0}, "cardholders"),
        ({"months": 0}, "months"),
        ({"seed": -1}, "seed"),
        ({"start": date(2025, 1, 15)}, "first day of a month, not 2025-01-15"),
        ({"transactions_per_month": 0.0}, "transactions_per_month"),
        ({"ticks_per_day": 1441}, "ticks_per_day"),
    ],
)
def test_it_refuses_at_once_what_it_cannot_do(arguments: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        simulate(**{"cardholders": 5, "months": 1, "seed": 1} | arguments)  # type: ignore[arg-type]
