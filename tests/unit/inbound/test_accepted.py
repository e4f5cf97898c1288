"""What is a record although it may not look so (contract 1.2-1.4)."""

import pytest

from features.inbound.decode import decode, decode_many
from features.inbound.layout import KINDS
from features.inbound.schema import SCHEMA
from features.inbound.structs import STRUCTS, AccountUpdated, BreakerReset, Tick, Transaction
from tests.unit.inbound.samples import GOOD, patched, written

ACCEPTED = {
    "white space": b" \t\r\n" + written("tick") + b" \n",
    "offset": written("tick", occurred_at="2025-03-04t05:06:07.1234567+23:59"),
    "null for what may be absent": written(
        "transaction", merchant_id=None, mcc=None, channel=None, city=None
    ),
    "minus zero": patched("account_updated", "credit_limit", "-0"),
    "10^15": written("account_updated", credit_limit=10**15),
    "free text": written("transaction", mcc="", city="\u0000 東京 😀", country="x" * 10_000),
    "free payment channel": written("payment_posted", channel="bank transfer"),
    "repeated exemptions": written("account_updated", exemptions=["dispute", "dispute"]),
    "empty tags": written("account_updated", tags={}),
    "id of 64": written("tick", event_id="aZ09_-.:" * 8),
    "not Luhn": written("tick", event_id="4111111111111112"),
    "begins with 1": written("tick", event_id="14111111111111111"),
    "20 digits": written("tick", event_id="41111111111111110000"),
    "12 digits": written("tick", event_id="400000000002"),
    "a card number in free text": written("transaction", city="4111111111111111"),
    "a card number in an ignored field": written("tick", action_id="4111111111111111"),
    "a bad cardholder in control": written("tick", cardholder_id=5),
    "the last of a repeated key": patched("transaction", "amount", '"x","amount":-1,"amount":5'),
    "the last of a repeated kind": patched("tick", "kind", '[],"kind":"tick"'),
    "escaped name and value": written("tick").replace(b'"kind": "tick"', rb'"\u006bind": "\u0074ick"'),
    "a surrogate pair": patched("transaction", "city", r'"\ud83d\ude00 \\ud800"'),
    "a small exponent in an ignored field": patched("tick", "x", "[1e300, 1e-999, -0.0]"),
    "a huge integer in an ignored field": patched("tick", "x", "9" * 5000),
    "deep in an ignored field": patched("tick", "x", "[" * 511 + "]" * 511),
    "brackets in a string": written("tick", x="[" * 100_000),
    "exactly 1 MiB": written("tick", x="x" * (1_048_576 - len(written("tick", x="")))),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name: str) -> None:
    value = ACCEPTED[name]
    record = decode(value)
    assert decode_many([value]).items == [record]


def test_exactly_1_mib_is_exact() -> None:
    assert len(ACCEPTED["exactly 1 MiB"]) == 1_048_576


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind(kind: str) -> None:
    record = decode(written(kind))
    assert type(record) is STRUCTS[KINDS.index(kind)]
    assert {name: getattr(record, name) for name in GOOD[kind]} == GOOD[kind]


@pytest.mark.parametrize("code", range(len(KINDS)))
def test_structs_follow_the_schema(code: int) -> None:
    struct = STRUCTS[code]
    assert struct.__struct_config__.tag == KINDS[code]
    assert set(struct.__struct_fields__) == {field.name for field in SCHEMA[code]}


def test_attributes() -> None:
    assert decode(written("transaction", city="Zürich")) == Transaction(
        event_id="e-1",
        occurred_at="2025-03-04T05:06:07Z",
        cardholder_id="ch-1",
        type="purchase",
        amount=700,
        city="Zürich",
    )
    snapshot = decode(written("account_updated", tags={"stage": "m3"}, exemptions=["hardship"]))
    assert isinstance(snapshot, AccountUpdated)
    assert (snapshot.tags, snapshot.exemptions) == ({"stage": "m3"}, ["hardship"])


@pytest.mark.parametrize(
    ("value", "extra"),
    [
        (written("tick"), 0),
        (written("tick", x=1, y={"z": {}}), 2),
        (written("tick", cardholder_id="ch-1"), 1),
        (written("transaction", balance=5), 1),
        (patched("tick", "x", '1,"x":2'), 1),
        (written("breaker_reset", x="1"), 1),
        (b'{"x":1}', 0),
    ],
)
def test_extra_fields_are_counted(value: bytes, extra: int) -> None:
    assert decode_many([value, value]).extra_fields == 2 * extra


def test_control_has_no_cardholder() -> None:
    tick, reset = decode(written("tick", cardholder_id="ch-1")), decode(written("breaker_reset"))
    assert isinstance(tick, Tick)
    assert isinstance(reset, BreakerReset)
    assert not hasattr(tick, "cardholder_id")
