"""Hand-written cases of contract 2.4's codes, for one record and for many."""

from typing import Any

import pytest

from features.inbound.decode import Rejected, decode, decode_many
from tests.unit.inbound.samples import GOOD, PAN, patched, written

INVALID_JSON = {
    "tombstone": None,
    "empty": b"",
    "blank": b"  ",
    "half": b'{"kind":"tick"',
    "two": written("tick") + written("tick"),
    "byte order mark": b"\xef\xbb\xbf" + written("tick"),
    "UTF-16": written("tick").decode().encode("utf-16"),
    "single quotes": b"{'kind':'tick'}",
    "trailing comma": written("tick")[:-1] + b",}",
    "comment": written("tick") + b"//",
    "NaN": patched("transaction", "amount", "NaN"),
    "Infinity": patched("transaction", "amount", "Infinity"),
    "NaN in an ignored field": patched("tick", "x", "[-Infinity]"),
    "a number with a leading zero": patched("transaction", "amount", "01"),
    "a plus sign": patched("transaction", "amount", "+1"),
    "invalid UTF-8": written("transaction", city="@").replace(b"@", b"\xff"),
    "invalid UTF-8 in an ignored field": written("tick", x="@").replace(b"@", b"\xc0\x80"),
    "a raw surrogate": patched("transaction", "city", '"\ud800"'),
    "a lone surrogate": patched("transaction", "city", r'"\ud800"'),
    "a lone low surrogate": patched("transaction", "city", r'"\uDC00"'),
    "swapped surrogates": patched("transaction", "city", r'"\ude00\ud83d"'),
    "half a pair, then text": patched("transaction", "city", r'"\ud83dx\ude00"'),
    "a lone surrogate in an ignored name": written("tick", x=1).replace(b'"x"', rb'"\ud800"'),
    "a lone surrogate in a repeated key": rb'{"kind":"\ud800",' + written("tick")[1:],
    "a control character": patched("transaction", "city", '"\n"'),
    "too deep": b"[" * 100_000 + b"]" * 100_000,
    "brackets without end": b"[" * 1_000_000,
    "too deep in an ignored field": patched("tick", "x", '{"a":' * 100_000 + "1" + "}" * 100_000),
    "one level too deep": patched("tick", "x", "[" * 512 + "]" * 512),
    "1e999 in broken JSON": b'{"kind":"tick","x":1e999',
}

SCHEMA = {
    "a list": b"[]",
    "a string": b'"tick"',
    "null": b"null",
    "a huge number": b"1" * 100_000,
    "no kind": b"{}",
    "kind null": written("tick", kind=None),
    "kind a list": written("tick", kind=["tick"]),
    "unknown kind": written("tick", kind="tock"),
    "kind in capitals": written("tick", kind="Tick"),
    "the last kind counts": patched("tick", "kind", '"tick","kind":"tock"'),
    "no event_id": written("tick", event_id=...),
    "event_id null": written("tick", event_id=None),
    "event_id a number": written("tick", event_id=1),
    "event_id empty": written("tick", event_id=""),
    "event_id too long": written("tick", event_id="a" * 65),
    "event_id with a space": written("tick", event_id="a b"),
    "event_id with a line end": written("tick", event_id="a\n"),
    "event_id with an umlaut": written("tick", event_id="ä"),
    "no cardholder": written("outcome", cardholder_id=...),
    "merchant_id empty": written("transaction", merchant_id=""),
    "no by": written("breaker_reset", by=...),
    "by with a slash": written("action_result", by="a/b"),
    "time without offset": written("tick", occurred_at="2025-03-04T05:06:07"),
    "time a number": written("tick", occurred_at=1741064767),
    "second 60": written("tick", occurred_at="2016-12-31T23:59:60Z"),
    "date 30 February": written("statement_issued", due_on="2025-02-30"),
    "date with a time": written("statement_issued", due_on="2025-02-03T00:00:00Z"),
    "opened_on a number": written("account_updated", opened_on=20250101),
    "5.0": patched("transaction", "amount", "5.0"),
    "1e3": patched("transaction", "amount", "1e3"),
    "a boolean": written("transaction", amount=True),
    "a number in a string": written("transaction", amount="5"),
    "below zero": written("account_updated", credit_limit=-1),
    "a balance below zero": written("account_updated", balance=-1),
    "over 10^15": written("account_updated", credit_limit=10**15 + 1),
    "beyond int64": written("account_updated", credit_limit=2**64 + 1),
    "beyond Python's digits": patched("account_updated", "credit_limit", "1" + "0" * 5000),
    "1e999": patched("transaction", "amount", "1e999"),
    "1e999 in an ignored field": patched("transaction", "x", '{"a":[-1e999]}'),
    "amount zero": written("transaction", amount=0),
    "payment zero": written("payment_posted", amount=0),
    "amount null": written("payment_posted", amount=None),
    "no status": written("account_updated", status=...),
    "status in capitals": written("account_updated", status="Active"),
    "no exemptions": written("account_updated", exemptions=...),
    "exemptions null": written("account_updated", exemptions=None),
    "exemptions a string": written("account_updated", exemptions="dispute"),
    "unknown exemption": written("account_updated", exemptions=["dispute", "vip"]),
    "exemption null": written("account_updated", exemptions=[None]),
    "exemption a list": written("account_updated", exemptions=[[]]),
    "tags a list": written("account_updated", tags=[]),
    "tag a number": written("account_updated", tags={"stage": 1}),
    "tag null": written("account_updated", tags={"stage": None}),
    "unknown type": written("transaction", type="transfer"),
    "unknown channel": written("transaction", channel="phone"),
    "mcc a number": written("transaction", mcc=5411),
    "city a number": written("transaction", city=1),
    "unknown payer": written("payment_posted", payer="bank"),
    "payment channel a number": written("payment_posted", channel=1),
    "unknown result": written("action_result", result="done"),
    "unknown outcome": written("outcome", outcome="unknown"),
    "reason a list": written("bureau_report", reason=[]),
    "lenders a float": patched("bureau_report", "lenders", "3.0"),
    "schema before pan_in_clear": written("transaction", event_id=PAN, amount=0),
}

PAN_IN_CLEAR = {
    "event_id": written("tick", event_id=PAN),
    "cardholder_id": written("outcome", cardholder_id=f"ch-{PAN}"),
    "merchant_id": written("transaction", merchant_id=f"{PAN}:m"),
    "statement_id": written("statement_issued", statement_id="6011000990139424"),
    "action_id": written("action_result", action_id=f"a.{PAN}"),
    "by": written("breaker_reset", by=PAN),
    "13 digits": written("tick", event_id="4222222222222"),
    "19 digits": written("tick", event_id="6304000000000000000"),
    "behind an escape": patched("tick", "event_id", r'"\u0034111111111111111"'),
}

TOO_LARGE = {
    "one byte": b" " * 1_048_577,
    "good otherwise": written("transaction", city="x" * 1_048_576),
}

CODES: dict[str, dict[str, Any]] = {
    "invalid_json": INVALID_JSON,
    "schema": SCHEMA,
    "pan_in_clear": PAN_IN_CLEAR,
    "too_large": TOO_LARGE,
}
CASES = [
    pytest.param(code, value, id=f"{code}-{name}")
    for code, cases in CODES.items()
    for name, value in cases.items()
]


@pytest.mark.parametrize(("code", "value"), CASES)
def test_code(code: str, value: bytes | None) -> None:
    with pytest.raises(Rejected) as caught:
        decode(value)
    assert caught.value.code == code
    assert 0 < len(caught.value.detail) <= 200
    assert PAN not in caught.value.detail
    (item,) = decode_many([value]).items
    assert isinstance(item, Rejected)
    assert item.args == caught.value.args


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        (written("transaction", amount=0), "transaction.amount: expected an integer from 1 to 10^15"),
        (patched("tick", "x", "1e999"), "tick: a number is too large (such as 1e999)"),
        (written("tick", occurred_at=PAN), "tick.occurred_at: expected an RFC 3339 time with an offset"),
        (b'{"a":\xff}', "invalid UTF-8 at byte 5"),
        (b'{"a":1]', "Expecting ',' delimiter at character 6"),
    ],
)
def test_detail_names_field_and_place_but_no_content(value: bytes, detail: str) -> None:
    with pytest.raises(Rejected) as caught:
        decode(value)
    assert caught.value.detail == detail


def test_a_refusal_tells_what_could_be_read() -> None:
    with pytest.raises(Rejected) as caught:
        decode(written("transaction", amount=0))
    assert (caught.value.kind, caught.value.cardholder_id) == (4, "ch-1")
    with pytest.raises(Rejected) as caught:
        decode(written("tick", kind="tock"))
    assert (caught.value.kind, caught.value.cardholder_id) == (None, None)


def test_items_keep_the_order_of_values() -> None:
    values = [written(kind) for kind in GOOD]
    values[3:3] = [b"", b"{}"]
    decoded = decode_many([*values, None])
    refused = [place for place, item in enumerate(decoded.items) if isinstance(item, Rejected)]
    assert refused == [3, 4, len(values)]
