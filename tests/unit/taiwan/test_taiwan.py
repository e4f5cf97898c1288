import csv
import gzip
import json
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from streams.simulator import SimulatedRecord
from streams.simulator.clock import month_of
from streams.simulator.roll_rates import bucket, repayments
from streams.taiwan import TaiwanFormatError, labels, taiwan_records
from streams.taiwan.cycles import course, told_months
from streams.taiwan.reading import read
from tests.unit.simulator.contract_records import check_stream

FILE = Path(__file__).parents[2] / "data" / "taiwan-credit-default.csv.gz"
ENDS = [month.first_day + month.days - 1 for month in (month_of(2005, 4).shifted(step) for step in range(6))]
ROW = {
    "ID": "7",
    "LIMIT_BAL": "50000",
    "default.payment.next.month": "1",
    **{f"PAY_{n}": "0" for n in (0, 2, 3, 4, 5, 6)},
    **{f"BILL_AMT{n}": "20000" for n in range(1, 7)},
    **{f"PAY_AMT{n}": "1000" for n in range(1, 7)},
}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    """Every tenth cardholder."""
    with gzip.open(FILE, "rt", encoding="utf-8") as text:
        return list(islice(csv.DictReader(text), 0, None, 10))


@pytest.fixture(scope="module")
def records(rows: list[dict[str, str]]) -> list[SimulatedRecord]:
    return list(taiwan_records(rows))


def _values(*rows: dict[str, str]) -> list[dict[str, Any]]:
    return check_stream(taiwan_records(rows))


def test_all_cardholders_have_a_label() -> None:
    known = labels(FILE)
    assert len(known) == 30_000
    assert sum(known.values()) == 6_636
    assert known["tw-00001"]
    assert not known["tw-00003"]


def test_records_pass_the_contract_in_order_of_time(records: list[SimulatedRecord]) -> None:
    check_stream(records)
    times = [record.occurred_us for record in records]
    assert times == sorted(times)


def test_counts(rows: list[dict[str, str]], records: list[SimulatedRecord]) -> None:
    values = [json.loads(record.value) for record in records]
    kinds = Counter(value["kind"] for value in values)
    unpaid_before = sum(int(row["PAY_6"]) >= 3 for row in rows)
    assert kinds["account_updated"] == kinds["outcome"] == len(rows) == 3_000
    assert 6 * 3_000 <= kinds["statement_issued"] <= 6 * 3_000 + unpaid_before
    assert kinds["tick"] == 184  # days of April to September, and 1 October
    outcomes = Counter(value["outcome"] for value in values if value["kind"] == "outcome")
    assert outcomes == {
        "charged_off": sum(row["default.payment.next.month"] == "1" for row in rows),
        "cured": sum(row["default.payment.next.month"] == "0" for row in rows),
    }


def test_the_same_file_gives_the_same_records_whichever_way_it_comes(
    tmp_path: Path, rows: list[dict[str, str]]
) -> None:
    some = rows[:50]
    plain = tmp_path / "some.csv"
    with plain.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(some[0]))
        writer.writeheader()
        writer.writerows(some)
    packed = tmp_path / "some.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert list(taiwan_records(plain)) == list(taiwan_records(str(packed))) == list(taiwan_records(some))


def test_who_they_are_decides_nothing(rows: list[dict[str, str]]) -> None:
    hidden = ("SEX", "MARRIAGE", "EDUCATION", "AGE")
    without = [{name: text for name, text in row.items() if name not in hidden} for row in rows[:50]]
    assert list(taiwan_records(without)) == list(taiwan_records(rows[:50]))


def test_days_past_due_agree_with_the_status(
    rows: list[dict[str, str]], records: list[SimulatedRecord]
) -> None:
    """Of all 30,000: 97.5 % of months; 99.96 % of those not late, 89.7 % of those late with a balance."""
    found = repayments(records)
    agree: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for cardholder in read(rows):
        days = found[f"tw-{cardholder.number:05d}"].days_past_due(ENDS)
        for status, bill, past in zip(cardholder.status, cardholder.bill, days, strict=True):
            kind = "not late" if status <= 0 else "late" if bill > 0 else "late without a balance"
            seen[kind] += 1
            agree[kind] += bucket(past or 0) == min(told_months(status), 6)
    assert agree.total() / seen.total() > 0.965
    assert agree["not late"] / seen["not late"] > 0.998
    assert agree["late"] / seen["late"] > 0.87


def test_the_records_behave_as_the_cycles_say(
    rows: list[dict[str, str]], records: list[SimulatedRecord]
) -> None:
    found = repayments(records)
    for cardholder in read(rows[:500]):
        days = found[f"tw-{cardholder.number:05d}"].days_past_due(ENDS)
        told = [min(months, 6) for months in course(cardholder).months_behind]
        assert [bucket(past or 0) for past in days] == told


def test_money_is_in_minor_units_and_never_negative() -> None:
    values = _values(ROW | {"BILL_AMT6": "-300", "BILL_AMT5": "0", "LIMIT_BAL": "1.00E+05"})
    assert values[1] == {
        "kind": "account_updated",
        "event_id": "a7",
        "cardholder_id": "tw-00007",
        "occurred_at": "2005-04-01T00:00:07Z",
        "credit_limit": 10_000_000,
        "status": "active",
        "exemptions": [],
    }
    asked = [
        (value["balance"], value["minimum_due"]) for value in values if value["kind"] == "statement_issued"
    ]
    assert asked == [(0, 0), (0, 0), *[(2_000_000, 100_000)] * 4]


def test_septembers_payment_is_marked_as_assumed() -> None:
    paid = [value for value in _values(ROW) if value["kind"] == "payment_posted"]
    assert [value.get("channel") for value in paid] == [None] * 5 + ["assumed"]
    full = [value for value in _values(ROW | {"PAY_0": "-1"}) if value["kind"] == "payment_posted"]
    assert full[-1]["amount"] == 2_000_000
    none = [value for value in _values(ROW | {"PAY_0": "2"}) if value["kind"] == "payment_posted"]
    assert len(none) == 5


def test_unpaid_from_before_april_is_handed_over() -> None:
    values = _values(ROW | {"PAY_6": "3", "PAY_AMT5": "0"})
    first = next(value for value in values if value["kind"] == "statement_issued")
    assert (first["statement_id"], first["due_on"]) == ("s7-before", "2005-03-25")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"BILL_AMT3": "abc"}, "row 2, column BILL_AMT3: 'abc' is no whole number"),
        ({"BILL_AMT3": "10.5"}, "row 2, column BILL_AMT3: '10.5' is no whole number"),
        ({"BILL_AMT3": ""}, "row 2, column BILL_AMT3: '' is no whole number"),
        ({"PAY_AMT1": "-5"}, "row 2, column PAY_AMT1: -5 is not between 0 and 10000000000"),
        ({"PAY_0": "10"}, "row 2, column PAY_0: 10 is not between -2 and 9"),
        ({"LIMIT_BAL": "1e999"}, "row 2, column LIMIT_BAL: 1e999 is not between 0 and 10000000000"),
        ({"default.payment.next.month": "2"}, "row 2, column default.payment.next.month: 2 is not between 0"),
        ({"ID": "7"}, "row 2, column ID: 7 was there before"),
    ],
)
def test_a_bad_row_is_named(change: dict[str, str], message: str) -> None:
    with pytest.raises(TaiwanFormatError) as caught:
        list(taiwan_records([ROW, ROW | {"ID": "8"} | change]))
    assert str(caught.value).startswith(message)


def test_a_missing_column_is_named() -> None:
    short = {name: text for name, text in ROW.items() if name != "PAY_4"}
    with pytest.raises(TaiwanFormatError, match="row 1, column PAY_4: missing"):
        labels([short])
