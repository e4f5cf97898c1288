"""Topic, key and Kafka timestamp (contract 2.4, 2.5)."""

from typing import Any

import pytest

from features.inbound.admission import Run, check_key, check_stamp, check_topic, read_run
from features.inbound.columns import to_columns
from features.inbound.decode import Rejected, decode
from features.inbound.layout import KINDS, TOPIC_OF_KIND
from tests.unit.inbound.samples import GOOD, PAN, written

DAY_MS = 86_400_000
TRANSACTIONS, CONTROL = 3, 6


def codes(run: Run) -> list[tuple[int, str]]:
    return [(place, refusal.code) for place, refusal in run.rejected]


def tx(**changes: Any) -> bytes:
    return written("transaction", **changes)


@pytest.mark.parametrize("kind", KINDS)
def test_topic(kind: str) -> None:
    for topic in range(7):
        run = read_run(topic, [written(kind)], None, None)
        if topic == TOPIC_OF_KIND[KINDS.index(kind)]:
            check_topic(decode(written(kind)), topic)
            assert list(run.index) == [0]
        else:
            with pytest.raises(Rejected, match=f"schema: kind: {kind} belongs on topic"):
                check_topic(decode(written(kind)), topic)
            assert codes(run) == [(0, "schema")]
            assert len(run.columns) == 0


def test_key() -> None:
    record = decode(tx())
    check_key(record, b"ch-1")
    for key in (None, b"", b"ch-2", b"CH-1", b"ch-1 ", b"\xff"):
        with pytest.raises(Rejected, match="key_mismatch"):
            check_key(record, key)
        assert codes(read_run(TRANSACTIONS, [tx()], [key], None)) == [(0, "key_mismatch")]


@pytest.mark.parametrize("key", [None, b"", b"7"])
def test_key_of_control_is_ignored(key: bytes | None) -> None:
    check_key(decode(written("breaker_reset")), key)
    run = read_run(CONTROL, [written("tick"), written("breaker_reset")], [key, key], None)
    assert list(run.index) == [0, 1]


def test_keys_that_hold_the_separator_do_not_slip_through() -> None:
    values = [tx(cardholder_id="a"), tx(cardholder_id="b")]
    assert codes(read_run(TRANSACTIONS, values, [b"a\0b", b""], None)) == [
        (0, "key_mismatch"),
        (1, "key_mismatch"),
    ]


def test_stamp_exactly_a_day_later_is_accepted() -> None:
    check_stamp(1000 * DAY_MS, 0)
    check_stamp(-5, 0)
    with pytest.raises(Rejected, match="too_early"):
        check_stamp(1000 * DAY_MS + 1, 0)


def test_no_stamp_is_not_checked() -> None:
    check_stamp(10**15, -1)
    assert list(read_run(TRANSACTIONS, [tx()], [b"ch-1"], [-1]).index) == [0]


def test_stamps() -> None:
    values = [
        tx(occurred_at="2025-01-02T00:00:00Z"),
        tx(occurred_at="2025-01-02T00:00:00.000001Z"),
        tx(occurred_at="2025-01-02T00:00:00.0000019Z"),
        tx(occurred_at="1960-01-02T00:00:00Z"),
    ]
    stamp = 1_735_689_600_000
    assert codes(read_run(TRANSACTIONS, values, None, [stamp] * 4)) == [(1, "too_early"), (2, "too_early")]
    assert codes(read_run(TRANSACTIONS, values, None, [2**63 - 1] * 4)) == []


def test_ticks_are_not_measured_against_their_stamp() -> None:
    assert list(read_run(CONTROL, [written("tick")], None, [0]).index) == [0]
    assert codes(read_run(CONTROL, [written("breaker_reset")], None, [0])) == [(0, "too_early")]


def test_the_first_check_that_fails_is_told() -> None:
    worst = {"event_id": PAN, "cardholder_id": "other", "occurred_at": "2099-01-01T00:00:00Z"}
    values = [
        b"",
        written("outcome", **worst, outcome="?"),
        written("outcome", **worst),
        tx(**worst),
        tx(**worst | {"event_id": "e"}),
        tx(**worst | {"event_id": "e", "cardholder_id": "ch-1"}),
        tx(),
    ]
    run = read_run(TRANSACTIONS, values, [b"ch-1"] * 7, [1_741_064_767_000] * 7)
    assert codes(run) == [
        (0, "invalid_json"),
        (1, "schema"),
        (2, "schema"),
        (3, "pan_in_clear"),
        (4, "key_mismatch"),
        (5, "too_early"),
    ]
    assert run.index == [6]
    assert run.columns.event.tolist() == to_columns([decode(tx())]).event.tolist()


def test_good_ones_are_those_of_to_columns() -> None:
    values = [tx(amount=1), b"{", tx(amount=2), tx(cardholder_id="x"), tx(amount=3, x=1, city="\u00e9😀")]
    run = read_run(TRANSACTIONS, values, [b"ch-1"] * 5, [2 * 10**12] * 5)
    expected = to_columns([decode(values[place]) for place in (0, 2, 4)])
    assert run.index == [0, 2, 4]
    assert run.extra_fields == 1
    assert list(run.columns.holders) == list(expected.holders)
    for name in ("kind", "occurred", "event", "fields"):
        assert getattr(run.columns, name).tolist() == getattr(expected, name).tolist()


def test_an_empty_run() -> None:
    run = read_run(TRANSACTIONS, [], [], [])
    assert (len(run.columns), list(run.index), run.rejected, run.extra_fields) == (0, [], [], 0)


def test_a_refusal_keeps_kind_and_cardholder() -> None:
    _, refusal = read_run(TRANSACTIONS, [written("outcome")], None, None).rejected[0]
    assert (refusal.kind, refusal.cardholder_id) == (KINDS.index("outcome"), GOOD["outcome"]["cardholder_id"])
