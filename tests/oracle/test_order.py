"""Stories worked out by hand: order, time, dead letters (contract 1, 2, 4.2). Day 0 is 2024-01-01."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.oracle.run import murmur2
from tests.oracle.stories import Pen, Record, said, tell

HOUR = 1 / 24
SECOND = HOUR / 3600
PAN = "4111111111111111"


def codes(dead: list[Record]) -> list[tuple[str, str | None, int | None, int]]:
    """Dead letters in short, in an order of their own: the contract gives none between lanes and topics."""
    short = [(d["error_code"], d["source_topic"], d["source_partition"], d["source_offset"]) for d in dead]
    return sorted(short, key=lambda code: (code[1] or "", code[2] or 0, code[3]))


@pytest.mark.parametrize(
    ("key", "signed"),
    [("21", -973932308), ("foobar", -790332482), ("a-little-bit-long-string", -985981536),
     ("a-little-bit-longer-string", -1486304829), ("abc", 479470107)],
)  # fmt: skip
def test_murmur2(key: str, signed: int) -> None:
    """1.1: the values of Kafka's own test."""
    assert murmur2(key.encode()) == signed & 0xFFFFFFFF


def test_topics_merge_by_time_and_then_by_table(assess: Any) -> None:
    """2.1: the report stands first in the file, the snapshot of the same instant is taken first."""
    pen = Pen()
    pen.clean_report("c1", 1, total_debt=900_000)
    pen.account("c1", 1)
    alert, halve = tell(assess, pen)
    assert alert["trigger"]["topic"] == "postloan.bureau-queries"
    assert halve["occurred_at"] == "2024-01-02T00:00:00Z"


def test_lanes_speak_in_turn(assess: Any) -> None:
    """2.2, 7.4: lane 0 first, whatever the order of lines; the prefix is part of the topic."""
    pen = Pen()
    names = sorted((f"c{n}" for n in range(8)), key=lambda name: -((murmur2(name.encode()) & 0x7FFFFFFF) % 4))
    for name in names:
        pen.report(name, 1, hard_inquiries_1m=4)
    decisions, _ = assess(pen.lines(), 4, "x.")
    lanes = [d["trigger"]["partition"] for d in decisions]
    assert lanes == sorted(lanes)
    assert len(set(lanes)) > 1
    assert {d["trigger"]["topic"] for d in decisions} == {"x.bureau-queries"}


def test_where_dead_letters_lie(assess: Any) -> None:
    """2.7: no known kind, no topic, the line's number; else an offset in a log; control in each lane."""
    good = Pen()
    good.put("outcome", "c1", 1, outcome="cured")
    good.put("outcome", "c1", 2, outcome="cured", event_id="a b")
    good.put("outcome", "c1", 3, outcome="cured")
    first, bad, third = good.lines()
    lines = [b"{", b"", b"[]", first, bad, b'{"kind":"tick"}', third, b"  "]
    lines += [
        b'{"kind":"outcome","cardholder_id":5}',
        b"{}",
        b'{"kind":"outcome","x":"\\ud800"}',
        b"x" * 1_048_577,
    ]
    _, dead = assess(lines, 1)
    assert codes(dead) == [
        ("invalid_json", None, None, 0),
        ("schema", None, None, 2),
        ("schema", None, None, 9),
        ("invalid_json", None, None, 10),
        ("too_large", None, None, 11),
        ("schema", "postloan.control", 0, 0),
        ("schema", "postloan.outcomes", 0, 1),
        ("schema", "postloan.outcomes", 0, 3),
    ]
    assert len(assess([b'{"kind":"tick"}'], 3)[1]) == 3


def body(**changed: Any) -> bytes:
    """A purchase, changed."""
    fields = {"kind": "transaction", "event_id": "e", "occurred_at": "2024-01-02T00:00:00Z",
              "cardholder_id": "c1", "type": "purchase", "amount": 4000}  # fmt: skip
    return json.dumps(fields | changed).encode()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (body(), None),
        (body(occurred_at="2024-01-02t23:59:59.1234567z"), None),
        (body(occurred_at="2024-01-02T00:00:00-00:30", merchant_id=None, mcc=None, extra=[1.5]), None),
        (body().replace(b"4000}", b'"x","amount":1}'), None),  # of a repeated key the last counts
        (body(event_id="4111111111111112"), None),
        (body(event_id="1111111111111117"), None),
        (body(merchant_id="9" * 4 + PAN), None),  # a run of 20
        (body(city=PAN), None),
        (body(merchant_id="x-" + PAN), "pan_in_clear"),
        (body(amount=0, merchant_id=PAN), "schema"),
        (body(occurred_at="2024-01-02T00:00:60Z"), "schema"),
        (body(occurred_at="2024-01-02T00:00:00"), "schema"),
        (body(amount=True), "schema"),
        (body(amount=10**15 + 1), "schema"),
        (body(amount=10**15), None),
        (body(channel="fax"), "schema"),
        (body().replace(b"4000", b"4000.0"), "schema"),
        (body().replace(b"4000", b"4e3"), "schema"),
        (body().replace(b"4000", b"1e999"), "schema"),
        (body().replace(b"4000", b"NaN"), "invalid_json"),
        (body().replace(b"purchase", b"\xff"), "invalid_json"),
        (body().replace(b"4000", b'4000,"x":' + b"[" * 100_000 + b"]" * 100_000), "invalid_json"),
    ],
)  # fmt: skip
def test_checks(assess: Any, line: bytes, code: str | None) -> None:
    """1.2, 1.3, 2.4: the first check that fails is told."""
    assert [d["error_code"] for d in assess([line], 1)[1]] == ([code] if code else [])


def test_card_numbers_are_masked(assess: Any) -> None:
    """2.7: whatever the code, also behind escapes."""
    plain, hidden = body(amount=0, city=PAN), body(amount=0, city=PAN).replace(b"4111", b"\\u0034111")
    for line in (plain, hidden):
        (dead,) = assess([line], 1)[1]
        assert PAN not in dead["value"]
        assert json.loads(dead["value"])["city"] == "411111******1111"


@pytest.mark.parametrize(
    ("kind", "days", "code"),
    [("spend", 366, None), ("spend", 366 + SECOND, "too_early"), ("spend", -7, None),
     ("spend", -7 - SECOND, "too_late"), ("payment", -35, None), ("payment", -35 - SECOND, "too_late")],
)  # fmt: skip
def test_too_early_and_too_late(assess: Any, kind: str, days: float, code: str | None) -> None:
    """2.5: exactly equal is accepted."""
    pen = Pen()
    getattr(pen, kind)("c1", 100, 1)
    getattr(pen, kind)("c1", 100 + days, 1, late=abs(days) + 1)
    assert [d["error_code"] for d in assess(pen.lines(), 1)[1]] == ([code] if code else [])


def test_a_day_after_the_last_tick(assess: Any) -> None:
    """2.5: more than 24 h after the last tick taken; ticks are measured against the watermark only."""
    pen = Pen()
    pen.spend("c1", 1, 1)
    pen.tick(2)
    pen.spend("c1", 3, 1)
    pen.spend("c1", 3 + SECOND, 1)
    pen.tick(9)
    pen.spend("c1", 9.5, 1)
    assert codes(assess(pen.lines(), 1)[1]) == [("too_early", "postloan.transactions", 0, 2)]


def test_a_duplicate_moves_time_but_is_not_judged(assess: Any) -> None:
    """2.3, 2.6, 4.2: the repeated id is the trigger of the days that it lets pass."""
    pen = Pen()
    pen.statement("c1", 1, 100_000, 5_000, due=10)
    pen.put("outcome", "c2", 2, outcome="cured", event_id="same")
    pen.put("outcome", "c2", 12, outcome="cured", event_id="same")
    decisions = tell(assess, pen)
    assert said(decisions) == [(12, "opened", "P3", "days_past_due")]
    assert decisions[0]["trigger"] == {
        "topic": "postloan.outcomes", "partition": 0, "offset": 1, "event_id": "same"
    }  # fmt: skip


@pytest.mark.parametrize(("between", "counted"), [(15, False), (16, True)])
def test_sixteen_ids_are_remembered(assess: Any, between: int, counted: bool) -> None:  # noqa: FBT001
    """2.6: the third payment by another is a duplicate unless 16 others of that topic lie between."""
    pen = Pen()
    for place in range(2):
        pen.payment("c1", 1 + place, 100, "third_party")
    for place in range(between):
        pen.payment("c1", 4 + place, 100, "holder")
    pen.put("payment_posted", "c1", 30, amount=100, payer="third_party", event_id="e1")
    assert bool(said(tell(assess, pen))) is counted


def test_an_outdated_snapshot_changes_nothing(assess: Any) -> None:
    """3.1: older than the one held; at the same instant the later taken wins."""
    pen = Pen()
    pen.account("c1", 5, 100_000)
    pen.account("c1", 4, 900_000, late=2)
    pen.account("c1", 5, 200_000, late=3)
    pen.clean_report("c1", 9, total_debt=900_000)
    assert tell(assess, pen)[1]["current_limit"] == 200_000
