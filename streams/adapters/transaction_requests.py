"""The requests of a transaction, and the errors that their answers tell.

In versions that brokers have had since there are transactions, and still have.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from aiokafka import TopicPartition

from streams.adapters.kafka_wire import INT, SHORT, Written, array, read_partitions, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PRODUCE, _ADD_PARTITIONS, _END = 0, 24, 26
_PRODUCE_VERSION: Final = 3
_PRODUCER: Final = struct.Struct(">qh")
_PRODUCE_HEAD: Final = struct.Struct(">hi")
_PLACED: Final = struct.Struct(">ii")
"""A partition, and the size of what follows."""
_ALL_REPLICAS: Final = -1
_ADDED: Final = struct.Struct(">ih")
"""Partition and error."""
_PRODUCED: Final = struct.Struct(">ihqq")
"""Partition, error, offset and timestamp."""


class Owner:
    """Who makes transactions: the transactional id, and the producer's id and epoch that it was given."""

    def __init__(self, name: str, producer: tuple[int, int]) -> None:
        self.producer = producer
        self._name = text(name)
        self._head = self._name + _PRODUCER.pack(*producer)

    def add(self, places: Iterable[TopicPartition]) -> Written:
        """These partitions will take part. The answer: the error of each, as a code."""
        body = self._head + _by_topic({place: INT.pack(place.partition) for place in places})
        return Written(_ADD_PARTITIONS, 0, body, lambda answer: _codes(answer, INT.size, _ADDED))

    def produce(self, batches: Mapping[TopicPartition, bytes], patience_ms: int) -> Written:
        """Append a batch of records to each partition. The answer: the error of each, as a code."""
        placed = {
            place: _PLACED.pack(place.partition, len(batch)) + batch for place, batch in batches.items()
        }
        body = self._name + _PRODUCE_HEAD.pack(_ALL_REPLICAS, patience_ms) + _by_topic(placed)
        return Written(_PRODUCE, _PRODUCE_VERSION, body, lambda answer: _codes(answer, 0, _PRODUCED))

    def commit(self) -> Written:
        """The transaction is complete. The answer: its error, as a code."""
        return Written(_END, 0, self._head + b"\1", lambda answer: SHORT.unpack_from(answer, INT.size))


def _by_topic(placed: Mapping[TopicPartition, bytes]) -> bytes:
    """An array of topics, each with an array of what was written of its partitions."""
    topics = defaultdict(list)
    for place, written in placed.items():
        topics[place.topic].append(written)
    return array(text(topic) + array(parts) for topic, parts in topics.items())


def _codes(answer: memoryview, at: int, entry: struct.Struct) -> dict[TopicPartition, int]:
    """The errors in an array of topics that begins at a place; an entry tells partition and error first."""
    codes = {}

    def read(topic: str, at: int) -> int:
        partition, code = entry.unpack_from(answer, at)[:2]
        codes[TopicPartition(topic, partition)] = code
        return at + entry.size

    read_partitions(answer, at, read)
    return codes
