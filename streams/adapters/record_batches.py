"""Reads the record batches of a fetch response without an object for each record.

A response holds whole batches one behind the other (Kafka's message format 2). Their headers are read one by
one; the records of all of them in one compiled pass, in place where they are not compressed.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from aiokafka import codec
from aiokafka.errors import CorruptRecordException, UnsupportedCodecError
from aiokafka.record.control_record import ABORT_MARKER, ControlRecord
from aiokafka.record.memory_records import MemoryRecords
from numba import njit

from features.inbound.spans import NULL, Spans, joined
from streams.adapters.crc32c import crc32c
from streams.ports.log import Fetched

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_HEADER: Final = struct.Struct(">qiibIhiqqqhii")
"""Base offset, length, leader's epoch, magic, CRC, attributes, last offset delta, first and largest
timestamp, producer id, producer epoch, sequence, number of records."""
_LENGTH_END: Final = 12
"""The length counts what follows it."""
_MAGIC_AT: Final = 16
_CRC_END: Final = 21
"""The CRC is that of what follows it."""
_CODEC, _LOG_APPEND_TIME, _TRANSACTIONAL, _CONTROL = 0x07, 0x08, 0x10, 0x20
_NO_STAMP: Final = -(2**63)

_CODECS: Final[dict[int, tuple[str, Callable[[], bool], Callable[[Any], bytes]]]] = {
    1: ("gzip", codec.has_gzip, codec.gzip_decode),
    2: ("snappy", codec.has_snappy, codec.snappy_decode),
    3: ("lz4", codec.has_lz4, codec.lz4_decode),
    4: ("zstd", codec.has_zstd, codec.zstd_decode),
}


@njit(cache=True, nogil=True)
def _varint(text: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """A zigzag number and the position after it, that one NULL where it does not end."""
    bits = np.uint64(0)
    shift = np.uint64(0)
    while 0 <= at < end and shift < np.uint64(64):
        byte = np.uint64(text[at])
        at += 1
        bits |= (byte & np.uint64(0x7F)) << shift
        if byte < np.uint64(0x80):
            number: int = np.int64(bits >> np.uint64(1)) ^ -np.int64(bits & np.uint64(1))  # type: ignore[assignment] # NumPy's integers are no int to mypy
            return number, at
        shift += np.uint64(7)
    return 0, NULL


@njit(cache=True, nogil=True)
def _read_records(
    text: NDArray[np.uint8],
    batches: NDArray[np.int64],
    first: int,
    offsets: NDArray[np.int64],
    stamps: NDArray[np.int64],
    key_starts: NDArray[np.int64],
    key_ends: NDArray[np.int64],
    value_starts: NDArray[np.int64],
    value_ends: NDArray[np.int64],
) -> int:
    """Fill the arrays with the records from offset `first` on; how many, or NULL for a broken batch.

    A row of `batches`: where its records begin and end, how many there are, base offset, first timestamp, and
    the timestamp of all of them or _NO_STAMP.
    """
    count = 0
    for row in range(len(batches)):
        at, end = batches[row, 0], batches[row, 1]
        for _ in range(batches[row, 2]):
            length, at = _varint(text, at, end)
            stop = at + length
            if at == NULL or length < 1 or stop > end:
                return NULL
            delta, at = _varint(text, at + 1, stop)  # after the attributes, which mean nothing yet
            place, at = _varint(text, at, stop)
            size, key = _varint(text, at, stop)
            key_end = key + max(size, 0)
            key_start = key if size >= 0 else NULL
            size, value = _varint(text, key_end if key != NULL else NULL, stop)
            value_end = value + max(size, 0)
            value_start = value if size >= 0 else NULL
            if value == NULL or key_end > stop or value_end > stop:
                return NULL
            at = stop  # headers are of no interest
            offset = batches[row, 3] + place
            if offset < first:
                continue
            offsets[count] = offset
            stamps[count] = batches[row, 4] + delta if batches[row, 5] == _NO_STAMP else batches[row, 5]
            key_starts[count] = key_start
            key_ends[count] = key_end if key_start != NULL else NULL
            value_starts[count] = value_start
            value_ends[count] = value_end if value_start != NULL else NULL
            count += 1
        if at != end:
            return NULL
    return count


@dataclass(slots=True)
class _Plain:
    """Batches that one pass reads: the response and behind it what was decompressed."""

    text: list[Any]
    size: int
    batches: list[tuple[int, int, int, int, int, int]] = field(default_factory=list)


def read_batches(
    topic: int, raw: bytes, first: int, aborted: Sequence[tuple[int, int]]
) -> tuple[Fetched | None, int]:
    """The committed records from offset `first` on, None if there are none, and the offset to go on from.

    `aborted`: producer id and first offset of each aborted transaction, as the broker tells them.
    Raises CorruptRecordException and UnsupportedCodecError.
    """
    view, text = memoryview(raw), np.frombuffer(raw, np.uint8)
    begun = sorted(aborted, key=lambda transaction: transaction[1])
    open_aborted: set[int] = set()
    plain = _Plain([raw], len(raw))
    parts: list[Fetched] = []
    at, after = 0, first
    while len(raw) - at >= _LENGTH_END:
        stop = at + _LENGTH_END + int.from_bytes(view[at + 8 : at + _LENGTH_END], "big")
        if stop > len(raw):  # the broker cut it off
            break
        if stop - at <= _MAGIC_AT or (raw[at + _MAGIC_AT] >= 2 and stop - at < _HEADER.size):
            raise CorruptRecordException(f"a batch of {stop - at} bytes is none")
        if raw[at + _MAGIC_AT] < 2:
            parts += _records_of(topic, plain, first)
            plain = _Plain([raw], len(raw))
            old = _old_records(topic, view[at:stop], first)
            parts += old
            after = int(old[-1].offsets[-1]) + 1 if old else after
            at = stop
            continue
        header = _HEADER.unpack_from(raw, at)
        base, crc, attributes, last, producer = header[0], header[4], header[5], header[6], header[9]
        if crc32c(text[at + _CRC_END : stop]) != crc:
            raise CorruptRecordException(f"a batch at offset {base} has another CRC than it says")
        while begun and begun[0][1] <= base:
            open_aborted.add(begun.pop(0)[0])
        if attributes & _CONTROL:
            if _is_abort(view[at:stop]):
                open_aborted.discard(producer)
        elif not (attributes & _TRANSACTIONAL and producer in open_aborted):
            start, end = _place(plain, view, at + _HEADER.size, stop, attributes)
            stamp = header[8] if attributes & _LOG_APPEND_TIME else _NO_STAMP
            plain.batches.append((start, end, header[12], base, header[7], stamp))
        after = max(after, base + last + 1)
        at = stop
    parts += _records_of(topic, plain, first)
    return _one(parts), after


def _place(plain: _Plain, view: memoryview, start: int, end: int, attributes: int) -> tuple[int, int]:
    """Where a batch's records are to be read."""
    number = attributes & _CODEC
    if number == 0:
        return start, end
    if number not in _CODECS:
        raise UnsupportedCodecError(f"there is no compression {number}")
    name, there, decode = _CODECS[number]
    if not there():
        raise UnsupportedCodecError(f"records are compressed with {name}, whose library is not installed")
    text = decode(view[start:end].tobytes())
    plain.text.append(text)
    start, plain.size = plain.size, plain.size + len(text)
    return start, plain.size


def _records_of(topic: int, plain: _Plain, first: int) -> list[Fetched]:
    """The records of plain batches, if there are any."""
    count = sum(batch[2] for batch in plain.batches)
    if count <= 0:
        return []
    whole = plain.text[0] if len(plain.text) == 1 else b"".join(plain.text)
    text = np.frombuffer(whole, np.uint8)
    arrays = [np.empty(count, np.int64) for _ in range(6)]
    found = _read_records(text, np.array(plain.batches, np.int64), first, *arrays)
    if found == NULL:
        raise CorruptRecordException(f"a batch from offset {first} on is no sequence of records")
    offsets, stamps, key_starts, key_ends, value_starts, value_ends = (array[:found] for array in arrays)
    if not found:
        return []
    keys, values = Spans(text, key_starts, key_ends), Spans(text, value_starts, value_ends)
    return [Fetched(topic, offsets, values, keys, stamps)]


def _is_abort(batch: memoryview) -> bool:
    """Whether a control batch ends a transaction that did not happen."""
    record = next(MemoryRecords(bytes(batch)).next_batch())
    return bool(ControlRecord.parse(record.key) == ABORT_MARKER)


def _old_records(topic: int, batch: memoryview, first: int) -> list[Fetched]:
    """The records of a batch of message format 0 or 1: what a broker kept from years ago."""
    found = MemoryRecords(bytes(batch)).next_batch()
    if not found.validate_crc():
        raise CorruptRecordException("a batch of an old format has another CRC than it says")
    records = [record for record in found if record.offset >= first]
    if not records:
        return []
    return [
        Fetched(
            topic,
            np.array([record.offset for record in records], np.int64),
            Spans.of([record.value for record in records]),
            Spans.of([record.key for record in records]),
            np.array([-1 if record.timestamp is None else record.timestamp for record in records], np.int64),
        )
    ]


def _one(parts: list[Fetched]) -> Fetched | None:
    if len(parts) <= 1:
        return parts[0] if parts else None
    return Fetched(
        parts[0].topic,
        np.concatenate([part.offsets for part in parts]),
        joined([part.values for part in parts]),
        joined([part.keys for part in parts]),
        np.concatenate([part.stamps for part in parts]),
    )
