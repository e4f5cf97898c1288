from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from features.inbound.deadletters import masked
from streams.adapters.kafka_log import KafkaNames
from streams.dead_letters.chosen import Chosen, since_ms
from streams.dead_letters.letter import Place, StoredLetter, letter_of
from streams.dead_letters.retrying import TOGETHER, TOGETHER_BYTES, _parts, sort_out

NAMES = KafkaNames("", "p.", "p")
TOLD = {
    "error_code": "schema",
    "source_topic": "p.transactions",
    "source_partition": "1",
    "source_offset": "9",
}


def letter(
    value: bytes | None = b"{}", key: bytes | None = b"c1", offset: int = 0, **told: str
) -> StoredLetter:
    headers = [(name, text.encode()) for name, text in (TOLD | told).items()]
    record: Any = SimpleNamespace(
        partition=1, offset=offset, timestamp=1_000, headers=headers, key=key, value=value
    )
    return letter_of(record)


@pytest.mark.parametrize("text", ["", "3", "3:", ":3", "a:1", "-1:2", "1:2:3", "1 : 2", "\uff11:2"])
def test_what_is_no_place(text: str) -> None:
    with pytest.raises(ValueError, match="PARTITION:OFFSET"):
        Place.read(text)


def test_a_place_is_read_as_it_is_written() -> None:
    assert Place.read(str(Place(3, 1071))) == Place(3, 1071)


@pytest.mark.parametrize("number", [b"4111111111111111", b"4222222222222", b"6304000000000000000"])
def test_whatever_was_masked_is_known_by_it(number: bytes) -> None:
    assert not letter(b"x" + number[:-1]).masked
    assert letter(masked(b"x" + number + b"y")).masked
    assert letter(key=masked(number)).masked


def test_what_can_be_sent_again() -> None:
    letters = [
        letter(offset=0),
        letter(offset=1),
        letter(b"411111******1111", offset=2),
        letter(offset=3, source_topic="p.risk-decisions"),
        letter(offset=4, source_topic="q.transactions"),
        letter(offset=5, source_partition="4"),
        letter(offset=6, source_partition=""),
        letter(None, None, offset=7),
    ]
    found = sort_out(letters, {Place(1, 1)}, NAMES, 4)
    assert [one.place.offset for one in found.ready] == [0, 7]
    assert [one.place.offset for one in found.before] == [1]
    assert [(one.place.offset, why.split()[0]) for one, why in found.refused] == [
        (2, "a"),
        (3, "its"),
        (4, "its"),
        (5, "its"),
        (6, "its"),
    ]


def test_transactions_are_bounded_by_number_and_size() -> None:
    small = [letter(offset=number) for number in range(2 * TOGETHER + 1)]
    assert [len(part) for part in _parts(small)] == [TOGETHER, TOGETHER, 1]
    large = [letter(b"x" * (TOGETHER_BYTES // 2), offset=number) for number in range(3)]
    assert [len(part) for part in _parts(large)] == [2, 1]
    assert list(_parts([])) == []


def test_what_is_chosen() -> None:
    one = letter()
    assert one in Chosen()
    assert Chosen().everything
    for chosen, wanted in (
        (Chosen(codes=frozenset({"schema"})), True),
        (Chosen(codes=frozenset({"too_late"})), False),
        (Chosen(topics=frozenset({"p.transactions"})), True),
        (Chosen(topics=frozenset({"p.repayments"})), False),
        (Chosen(partition=1), True),
        (Chosen(partition=0), False),
        (Chosen(since_ms=1_000), True),
        (Chosen(since_ms=1_001), False),
    ):
        assert (one in chosen) is wanted
        assert not chosen.everything


def test_since() -> None:
    assert since_ms("1970-01-01T00:00:01Z", 0) == 1_000
    assert since_ms("90m", 6_000_000) == 600_000
    assert since_ms("2d", 200_000_000) == 200_000_000 - 2 * 86_400_000
    for text in ("", "yesterday", "5w", "m", "2024-01-01"):
        with pytest.raises(ValueError, match="RFC 3339"):
            since_ms(text, 0)
