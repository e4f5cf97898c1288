"""The batch scan decides nothing of its own: it equals the strict reader to the bit."""

import os

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.inbound.batch import read_batch
from features.inbound.columns import to_columns
from features.inbound.decode import decode_many, event_id_of
from features.inbound.rejected import Rejected
from features.inbound.strict import read
from tests.property.inbound.strategies import broken_records, odd_records

PLAIN = (
    b'{"kind":"transaction","event_id":"e1","cardholder_id":"c1","occurred_at":"2026-01-02T03:04:05.678Z",'
    b'"type":"purchase","amount":12345678901,"merchant_id":"m1","mcc":"5411","channel":"pos"}'
)
EXAMPLES = int(os.environ.get("INBOUND_EXAMPLES", "300"))


def assert_equal_to_strict(values: list[bytes | None]) -> None:
    """Also among others, which are read first and lie behind them in the text."""
    for run in (values, [PLAIN, *values, PLAIN]):
        _assert_equal(run)


def _assert_equal(values: list[bytes | None]) -> None:
    records, index, rejected, extra_fields = [], [], [], 0
    for position, value in enumerate(values):
        try:
            record, extra = read(value)
        except Rejected as refusal:
            rejected.append((position, refusal.args, refusal.kind, refusal.cardholder_id))
        else:
            records.append(record)
            index.append(position)
            extra_fields += extra
    batch, expected = read_batch(values), to_columns(records)
    assert list(batch.index) == index
    assert [(place, why.args, why.kind, why.cardholder_id) for place, why in batch.rejected] == rejected
    assert batch.extra_fields == extra_fields
    accepted = [item for item in decode_many(values).items if not isinstance(item, Rejected)]
    assert accepted == records
    assert [type(record) for record in accepted] == [type(record) for record in records]
    assert list(batch.columns.holders) == list(expected.holders)
    assert [event_id_of(values[place] or b"") for place in index] == [record.event_id for record in records]
    for name in ("kind", "occurred", "event", "fields"):
        found, wanted = getattr(batch.columns, name), getattr(expected, name)
        assert found.dtype == wanted.dtype
        np.testing.assert_array_equal(found, wanted)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(odd_records(), max_size=4))
def test_odd_records(values: list[bytes | None]) -> None:
    assert_equal_to_strict(values)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(broken_records(), max_size=3))
def test_broken_records(values: list[bytes | None]) -> None:
    assert_equal_to_strict(values)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.one_of(st.none(), st.binary(max_size=40)), max_size=3))
def test_any_bytes(values: list[bytes | None]) -> None:
    assert_equal_to_strict(values)
