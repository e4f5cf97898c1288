"""Reads decisions the moment they may be read, and notes when that was."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.bench.console import quiet

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

READ: Final = "read"
"""Asks for what came since it was asked last."""
STOP: Final = "stop"

Arrived = tuple[str, int, int, float]
"""Topic, partition and offset of an alert's trigger, and when the alert was readable, in milliseconds."""


class _Trigger(msgspec.Struct):
    topic: str
    partition: int
    offset: int


class _Alert(msgspec.Struct):
    kind: str
    trigger: _Trigger | None = None


def listen(bootstrap: str, topic: str, lanes: int, asked: Connection) -> None:
    """Answers on `asked`: once when it listens, then whenever it is asked."""
    quiet()
    asyncio.run(_listen(bootstrap, topic, lanes, asked))


async def _listen(bootstrap: str, topic: str, lanes: int, asked: Connection) -> None:
    decode = msgspec.json.Decoder(_Alert).decode
    places = [TopicPartition(topic, lane) for lane in range(lanes)]
    consumer: Any = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        isolation_level="read_committed",
        fetch_max_wait_ms=500,
    )
    arrived: list[Arrived] = []
    async with consumer:
        consumer.assign(places)
        for place in places:
            consumer.seek(place, 0)
        asked.send(READ)
        while True:
            for records in (await consumer.getmany(timeout_ms=20)).values():
                now = time.time() * 1000
                for record in records:
                    found = decode(record.value).trigger
                    if found is not None:
                        arrived.append((found.topic, found.partition, found.offset, now))
            if asked.poll():
                if asked.recv() == STOP:
                    return
                asked.send(arrived)
                arrived = []
