"""Writes many records to Kafka in little time: whole batches are made here, not record by record."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from aiokafka import AIOKafkaProducer

from features.inbound.layout import TOPICS
from streams.partition import lane_of
from tests.bench.records import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.bench.records import Placed

BATCH_BYTES: Final = 900_000
_UNDER_WAY: Final = 16

Laid = tuple[str, int, bytes, bytes]
"""Topic, partition, key, value."""


def lanes_of(cardholders: int, lanes: int) -> list[int]:
    """The lane of each cardholder's number."""
    return [lane_of(name_of(holder), lanes) for holder in range(cardholders)]


def laid(placed: Iterator[Placed], prefix: str, lane_of_holder: list[int]) -> Iterator[Laid]:
    """Records with their topic's full name, partition and key."""
    names = [prefix + topic for topic in TOPICS]
    keys = [name_of(holder).encode() for holder in range(len(lane_of_holder))]
    for topic, holder, value in placed:
        yield names[topic], lane_of_holder[holder], keys[holder], value


def write(bootstrap: str, records: Iterable[Laid]) -> int:
    """Append the records; how many there were."""
    return asyncio.run(_write(bootstrap, iter(records)))


async def _write(bootstrap: str, records: Iterator[Laid]) -> int:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks=1, max_batch_size=BATCH_BYTES, max_request_size=4 * BATCH_BYTES
    )
    await producer.start()
    builders: dict[tuple[str, int], Any] = {}
    under_way: set[asyncio.Future[Any]] = set()
    count = 0

    async def send(place: tuple[str, int]) -> None:
        if len(under_way) >= _UNDER_WAY:
            done, _ = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            for sent in done:
                under_way.discard(sent)
                sent.result()
        under_way.add(await producer.send_batch(builders.pop(place), place[0], partition=place[1]))

    try:
        for topic, partition, key, value in records:
            place = topic, partition
            builder = builders.get(place)
            if builder is None:
                builder = builders[place] = producer.create_batch()
            if builder.append(timestamp=None, key=key, value=value) is None:
                await send(place)
                builder = builders[place] = producer.create_batch()
                builder.append(timestamp=None, key=key, value=value)
            count += 1
        for place in list(builders):
            await send(place)
        for sent in under_way:
            await sent
    finally:
        await producer.stop()
    return count
