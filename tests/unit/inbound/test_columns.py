"""The columns of each kind, whichever reader filled them."""

from typing import Any

import numpy as np
import pytest

from features.inbound import layout
from features.inbound.batch import read_batch
from features.inbound.columns import Columns, to_columns
from features.inbound.decode import decode
from features.inbound.hashing import hash_texts
from features.inbound.layout import KINDS, UNKNOWN
from tests.unit.inbound.samples import GOOD, written


def hashed(text: str) -> int:
    return int(hash_texts([text]).view(np.int64)[0])


REPORT_NAMES = [
    "hard_inquiries_1m",
    "hard_inquiries_3m",
    "hard_inquiries_6m",
    "lenders",
    "small_loan_lenders",
    "small_loan_overdue_accounts",
    "small_loan_overdue_amount",
    "overdue_accounts",
    "max_dpd",
    "new_accounts_6m",
    "total_debt",
    "total_limit",
    "monthly_income",
]

ROWS: list[tuple[str, dict[str, Any], list[int]]] = [
    ("account_updated", {}, [500_000, 0, 0]),
    (
        "account_updated",
        {
            "status": "closed",
            "exemptions": ["fraud_case", "dispute", "dispute"],
            "balance": 0,
            "opened_on": "1969-12-31",
            "monthly_income": 10**15,
            "tags": {"a": "b"},
            "product": "gold",
        },
        [500_000, 2, 0b10001, 0, -1, 10**15, hashed("gold")],
    ),
    ("bureau_report", {"reason": "annual"}, []),
    ("bureau_report", {name: place for place, name in enumerate(REPORT_NAMES)}, list(range(13))),
    ("statement_issued", {}, [1000, 100, 20_176, hashed("st-1")]),
    ("payment_posted", {}, [500]),
    ("payment_posted", {"payer": "unknown", "channel": "wire"}, [500, 2]),
    ("transaction", {}, [700, 0]),
    (
        "transaction",
        {
            "type": "interest",
            "channel": "other",
            "mcc": "0012",
            "country": "DE",
            "city": 'Zü"rich\n',
            "merchant_id": "m-1",
        },
        [700, 4, 3, 12, hashed("DE"), hashed('Zü"rich\n'), hashed("m-1")],
    ),
    ("transaction", {"mcc": "541"}, [700, 0]),
    ("transaction", {"mcc": "54111", "city": ""}, [700, 0, UNKNOWN, UNKNOWN, UNKNOWN, hashed("")]),
    ("transaction", {"mcc": "-541", "city": "😀"}, [700, 0, UNKNOWN, UNKNOWN, UNKNOWN, hashed("😀")]),
    ("transaction", {"mcc": "٠١٢٣"}, [700, 0]),
    ("action_result", {"result": "reversed", "by": "x", "note": "y"}, [3]),
    ("outcome", {"outcome": "false_alarm"}, [3]),
    ("tick", {}, []),
    ("breaker_reset", {}, []),
]


@pytest.mark.parametrize(("kind", "changes", "fields"), ROWS)
def test_row(kind: str, changes: dict[str, Any], fields: list[int]) -> None:
    value = written(kind, **changes)
    for columns in (read_batch([value]).columns, to_columns([decode(value)])):
        assert columns.fields.tolist() == [fields + [UNKNOWN] * (16 - len(fields))]
        assert columns.kind.tolist() == [KINDS.index(kind)]
        assert columns.occurred.tolist() == [1_741_064_767_000_000]
        assert columns.event.tolist() == hash_texts(["e-1"]).tolist()
        assert list(columns.holders) == [GOOD[kind].get("cardholder_id", "").encode()]


def assert_shapes(columns: Columns, count: int) -> None:
    assert len(columns) == len(columns.holders) == count
    arrays = (columns.kind, columns.occurred, columns.event, columns.fields)
    assert [len(array) for array in arrays] == [count] * 4
    assert [array.dtype.name for array in arrays] == ["uint8", "int64", "uint64", "int64"]
    assert columns.fields.shape == (count, layout.WIDTH)
    assert columns.fields.flags.c_contiguous


def test_shapes() -> None:
    records = [decode(written(kind)) for kind in KINDS]
    assert_shapes(to_columns(records), 9)
    assert_shapes(to_columns(records).take([4, 2]), 2)
    assert_shapes(to_columns([]), 0)
    assert_shapes(read_batch([]).columns, 0)
    assert_shapes(read_batch([b"", None]).columns, 0)
    assert_shapes(read_batch([b"", written("tick"), None]).columns, 1)


def test_hashes_never_change() -> None:
    # State rows and journals of yesterday hold yesterday's hashes.
    assert hash_texts(["", "a", "evt-1", "Zürich"]).tolist() == [
        17280346270528514342,
        9413272369427828315,
        18098808917602058673,
        2644220054110733776,
    ]


def test_hashes_are_well_spread() -> None:
    hashes = hash_texts(f"evt-{number}" for number in range(100_000))
    assert len(np.unique(hashes)) == 100_000
    assert len(np.unique(hashes >> np.uint64(44))) > 90_000
    assert hashes.min() > 0
    bits = (hashes[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
    assert np.abs(bits.mean(axis=0) - 0.5).max() < 0.01


def test_layout_is_the_contracts_table() -> None:
    assert len(layout.TOPICS) == 7
    assert [layout.TOPICS[topic] for topic in layout.TOPIC_OF_KIND] == [
        "accounts",
        "bureau-queries",
        "repayments",
        "repayments",
        "transactions",
        "action-results",
        "outcomes",
        "control",
        "control",
    ]
