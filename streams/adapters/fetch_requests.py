"""Requests for records of some partitions, and what an answer tells of each."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple

from streams.adapters.kafka_wire import INT, Written, array, read_partitions, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiokafka import TopicPartition

FETCH: Final = 1
VERSION: Final = 10
"""The first with Zstandard: of Kafka 2.1."""

_HEAD: Final = struct.Struct(">iiiibii")
"""Replica, longest wait, least and most bytes, isolation, session and its epoch."""
_WANTED: Final = struct.Struct(">iiqqi")
"""Partition, leader's epoch, offset, the log's start, most bytes."""
_ANSWER_HEAD: Final = struct.Struct(">ihi")
"""Throttled for, error, session."""
_TOLD: Final = struct.Struct(">ihqqqi")
"""Partition, error, end, stable end, the log's start, number of aborted transactions."""
_ABORTED: Final = struct.Struct(">qq")
"""Producer id and first offset."""
_READ_COMMITTED: Final = 1
_UNKNOWN: Final = -1
_NO_SESSION: Final = (0, -1)


class Told(NamedTuple):
    """What an answer tells of a partition."""

    topic: str
    partition: int
    code: int
    """Of an error."""
    stable: int
    """The offset before which all transactions have ended."""
    aborted: list[tuple[int, int]]
    """Producer id and first offset of each aborted transaction among the records."""
    records: bytes


def fetch(wanted: Iterable[tuple[TopicPartition, int]], wait_ms: int, each: int, together: int) -> Written:
    """Ask for records from an offset of each partition; the broker waits for one. The answer: a list of Told.

    each, together: bytes of a partition, and of all, at the most; a larger batch comes alone.
    """
    topics = [
        text(place.topic) + array([_WANTED.pack(place.partition, _UNKNOWN, offset, _UNKNOWN, each)])
        for place, offset in wanted
    ]
    head = _HEAD.pack(_UNKNOWN, wait_ms, 1, together, _READ_COMMITTED, *_NO_SESSION)
    return Written(FETCH, VERSION, head + array(topics) + array(()), _told)


def _told(answer: memoryview) -> list[Told]:
    found = []

    def read(topic: str, at: int) -> int:
        partition, code, _, stable, _, transactions = _TOLD.unpack_from(answer, at)
        start = at + _TOLD.size
        stop = start + max(transactions, 0) * _ABORTED.size
        (size,) = INT.unpack_from(answer, stop)
        end: int = stop + INT.size + max(size, 0)
        aborted = list(_ABORTED.iter_unpack(answer[start:stop]))
        found.append(Told(topic, partition, code, stable, aborted, bytes(answer[stop + INT.size : end])))
        return end

    read_partitions(answer, _ANSWER_HEAD.size, read)
    return found
