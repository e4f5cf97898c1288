"""Reads the dead-letters topic, and which of them were sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiokafka import TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from streams.adapters.kafka_failures import reached
from streams.adapters.kafka_log import new_consumer
from streams.adapters.topics import DEAD_LETTERS, RETRIED
from streams.dead_letters.letter import Place, StoredLetter, letter_of
from streams.ports.failures import UnusableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from streams.adapters.kafka_log import KafkaNames


async def _partitions(consumer: Any, topic: str, count: int) -> list[TopicPartition]:
    if topic not in await consumer.topics():
        raise UnusableError(f"topic {topic} is not there; `postloan topics create` makes the topics")
    return [TopicPartition(topic, number) for number in range(count)]


async def read_letters(
    names: KafkaNames, lanes: int, *, partition: int | None = None, since_ms: int | None = None
) -> AsyncIterator[StoredLetter]:
    """All that are there now, by partition and offset.

    `since_ms` only saves reading: older ones may be among them.
    Raises UnreachableError, UnusableError.
    """
    with reached():
        async with new_consumer(names, "dead-letters") as consumer:
            found = await _partitions(consumer, names.prefix + DEAD_LETTERS, lanes)
            places = [place for place in found if partition in {None, place.partition}]
            starts = await _starts(consumer, places, since_ms)
            async for record in _records(consumer, places, starts):
                yield letter_of(record)


async def _starts(
    consumer: Any, places: list[TopicPartition], since_ms: int | None
) -> dict[TopicPartition, int]:
    if since_ms is None or not places:
        starts: dict[TopicPartition, int] = await consumer.beginning_offsets(places)
        return starts
    ends = await consumer.end_offsets(places)
    found = await consumer.offsets_for_times(dict.fromkeys(places, max(0, since_ms)))
    return {place: ends[place] if at is None else at.offset for place, at in found.items()}


async def _records(
    consumer: Any, places: list[TopicPartition], starts: dict[TopicPartition, int]
) -> AsyncIterator[Any]:
    ends = await consumer.end_offsets(places)
    for place in places:
        consumer.assign([place])
        consumer.seek(place, starts[place])
        while await consumer.position(place) < ends[place]:
            for records in (await consumer.getmany(place, timeout_ms=1000)).values():
                for record in records:
                    if record.offset < ends[place]:
                        yield record


async def letter_at(names: KafkaNames, lanes: int, place: Place) -> StoredLetter | None:
    """The dead letter at a place; None when none is there. Raises UnreachableError, UnusableError."""
    with reached():
        async with new_consumer(names, "dead-letters") as consumer:
            found = await _partitions(consumer, names.prefix + DEAD_LETTERS, lanes)
            here = [one for one in found if one.partition == place.partition]
            if not here or place.offset >= (await consumer.end_offsets(here))[here[0]]:
                return None
            consumer.assign(here)
            consumer.seek(here[0], place.offset)
            try:
                record = await consumer.getone()
            except OffsetOutOfRangeError:
                return None
    return letter_of(record) if record.offset == place.offset else None


async def retried(names: KafkaNames) -> set[Place]:
    """Those that were sent again."""
    with reached():
        async with new_consumer(names, "dead-letters-retried") as consumer:
            places = await _partitions(consumer, names.prefix + RETRIED, 1)
            starts = await consumer.beginning_offsets(places)
            return {Place.read(record.key.decode()) async for record in _records(consumer, places, starts)}
