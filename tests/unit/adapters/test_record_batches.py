"""Batches as a broker sends them, read by us and by aiokafka."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from aiokafka import codec
from aiokafka.errors import CorruptRecordException, UnsupportedCodecError
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.legacy_records import LegacyRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import calc_crc32c
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.adapters.record_batches import read_batches

TOPIC = 3
Row = tuple[int, int, bytes | None, bytes | None]
"""Offset, timestamp, key, value."""

Given = tuple[int, bytes | None, bytes | None, list[tuple[str, bytes | None]]]
"""Timestamp, key, value, headers."""


def batch(
    base: int, records: list[Given], *, compression: int = 0, producer: int = -1, marks: int = 0
) -> bytes:
    """One batch at an offset; `marks`: attributes to set beside the compression."""
    transactional = bool(marks & 0x10)
    builder = DefaultRecordBatchBuilder(2, compression, transactional, producer, 0, 0, 1 << 20)
    for place, (stamp, key, value, headers) in enumerate(records):
        builder.append(place, stamp, key, value, headers)
    made = bytearray(builder.build())
    made[:8] = base.to_bytes(8, "big")
    made[22] |= marks
    made[17:21] = calc_crc32c(bytes(made[21:])).to_bytes(4, "big")
    return bytes(made)


def control(base: int, producer: int, *, abort: bool) -> bytes:
    """The marker that ends a transaction."""
    key = struct.pack(">hh", 0, 0 if abort else 1)
    return batch(base, [(0, key, b"", [])], producer=producer, marks=0x30)


def plain(*values: bytes) -> list[Given]:
    return [(1_000 + place, b"k", value, []) for place, value in enumerate(values)]


def rows(raw: bytes, first: int = 0, aborted: tuple[tuple[int, int], ...] = ()) -> tuple[list[Row], int]:
    run, after = read_batches(TOPIC, raw, first, aborted)
    if run is None:
        return [], after
    assert run.topic == TOPIC
    columns = run.offsets.tolist(), run.stamps.tolist(), list(run.keys), list(run.values)
    return list(zip(*columns, strict=True)), after


def theirs(raw: bytes) -> list[Row]:
    found: list[Row] = []
    memory: Any = MemoryRecords(raw)
    while memory.has_next():
        found += [(r.offset, r.timestamp, r.key, r.value) for r in memory.next_batch()]
    return found


GIVEN = st.tuples(
    st.integers(0, 2**42),
    st.none() | st.binary(max_size=200),
    st.none() | st.binary(max_size=300),
    st.lists(st.tuples(st.text(max_size=5), st.none() | st.binary(max_size=9)), max_size=3),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.lists(GIVEN, min_size=1, max_size=6), st.sampled_from([0, 1])), max_size=5))
def test_the_same_as_aiokafka_reads(batches: list[tuple[list[Given], int]]) -> None:
    raw, base = b"", 5
    for records, compression in batches:
        raw += batch(base, records, compression=compression)
        base += len(records) + 3  # as after a compaction
    found, after = rows(raw)
    assert found == theirs(raw)
    assert after == (base - 3 if batches else 0)


def test_only_from_the_offset_on_and_never_half_a_batch() -> None:
    first, second = batch(10, plain(b"a", b"b", b"c")), batch(13, plain(b"d"))
    assert rows(first + second, 12) == ([(12, 1002, b"k", b"c"), (13, 1000, b"k", b"d")], 14)
    assert rows(first + second[:-1], 11)[1] == 13
    assert rows(first + second[:7]) == (theirs(first), 13)
    assert rows(b"", 4) == ([], 4)


def test_timestamps_of_the_log() -> None:
    (found,), _ = rows(batch(0, plain(b"a"), marks=0x08))
    assert found[1] == 1000
    late = bytearray(batch(0, plain(b"a", b"b"), marks=0x08))
    late[35:43] = (9_000).to_bytes(8, "big")  # the broker sets the largest timestamp alone
    late[17:21] = calc_crc32c(bytes(late[21:])).to_bytes(4, "big")
    assert [row[1] for row in rows(bytes(late))[0]] == [9_000, 9_000]


def test_markers_are_passed_and_aborted_records_left_out() -> None:
    raw = b"".join(
        (
            batch(0, plain(b"kept"), producer=1, marks=0x10),
            batch(1, plain(b"lost"), producer=2, marks=0x10),
            batch(2, plain(b"kept too"), producer=2),  # no transaction
            control(3, 2, abort=True),
            batch(4, plain(b"later"), producer=2, marks=0x10),
            control(5, 1, abort=False),
            control(6, 2, abort=False),
        )
    )
    found, after = rows(raw, aborted=((2, 1),))
    assert [(row[0], row[3]) for row in found] == [(0, b"kept"), (2, b"kept too"), (4, b"later")]
    assert after == 7
    assert rows(control(7, 1, abort=False), 7) == ([], 8)


def test_a_producer_that_aborts_twice() -> None:
    raw = b"".join(
        (
            batch(0, plain(b"lost"), producer=2, marks=0x10),
            control(1, 2, abort=True),
            batch(2, plain(b"kept"), producer=2, marks=0x10),
            control(3, 2, abort=False),
            batch(4, plain(b"lost"), producer=2, marks=0x10),
            control(5, 2, abort=True),
        )
    )
    found, after = rows(raw, aborted=((2, 4), (2, 0)))
    assert ([row[3] for row in found], after) == ([b"kept"], 6)


def test_a_changed_byte_is_noticed() -> None:
    raw = bytearray(batch(0, plain(b"value")))
    raw[-3] ^= 1
    with pytest.raises(CorruptRecordException, match="CRC"):
        read_batches(TOPIC, bytes(raw), 0, ())


@pytest.mark.parametrize("length", [0, 4, 5, 48])
def test_a_batch_that_is_too_short_is_noticed(length: int) -> None:
    raw = bytearray(batch(0, plain(b"value")))
    raw[8:12] = length.to_bytes(4, "big")
    with pytest.raises(CorruptRecordException):
        read_batches(TOPIC, bytes(raw), 0, ())


@pytest.mark.parametrize("place", range(61, 74))
def test_lengths_that_lead_astray_are_noticed(place: int) -> None:
    raw = bytearray(batch(0, plain(b"value", b"other")))
    raw[place] = 0xFE
    raw[17:21] = calc_crc32c(bytes(raw[21:])).to_bytes(4, "big")
    try:
        found, _ = rows(bytes(raw))
    except CorruptRecordException:
        return
    assert len(found) == 2, "a number, a key or a value was another one, and no length"


@pytest.mark.parametrize(
    ("number", "there"), [(2, codec.has_snappy()), (3, codec.has_lz4()), (4, codec.has_zstd())]
)
def test_other_compressions(number: int, *, there: bool) -> None:
    if there:
        raw = batch(3, plain(b"x" * 500, b"y"), compression=number)
        assert rows(raw) == (theirs(raw), 5)
        return
    raw = batch(3, plain(b"x"), marks=number)
    with pytest.raises(UnsupportedCodecError, match="not installed"):
        read_batches(TOPIC, raw, 0, ())


def test_an_unknown_compression() -> None:
    with pytest.raises(UnsupportedCodecError, match="7"):
        read_batches(TOPIC, batch(0, plain(b"x"), marks=7), 0, ())


@pytest.mark.parametrize("magic", [0, 1])
def test_records_of_old_formats_between_new_ones(magic: int) -> None:
    builder = LegacyRecordBatchBuilder(magic, 0, 1 << 20)
    builder.append(0, 77, b"k", b"old")
    old = bytearray(builder.build())
    old[:8] = (1).to_bytes(8, "big")
    raw = batch(0, plain(b"a"), compression=1) + bytes(old) + batch(2, plain(b"b"))
    found, after = rows(raw)
    assert [(row[0], row[3]) for row in found] == [(0, b"a"), (1, b"old"), (2, b"b")]
    assert found[1][1] == (77 if magic else -1)
    assert after == 3
