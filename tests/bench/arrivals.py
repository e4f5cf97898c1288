"""Reads decisions the moment they may be read, and notes when that was.

It has the servers' core with them, so it asks as lanes do: a consumer's objects would keep them waiting.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import msgspec
from aiokafka import TopicPartition
from aiokafka.errors import NoError, for_code

from streams.adapters.fetch_requests import fetch
from streams.adapters.kafka_client import KafkaClient
from streams.adapters.record_batches import read_batches
from streams.worker.loop import loop_factory
from tests.bench.console import quiet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    from streams.adapters.fetch_requests import Told
    from streams.ports.log import Fetched

READ: Final = "read"
"""Asks for what came since it was asked last."""
STOP: Final = "stop"
WAIT_MS: Final = 20
"""For so long the broker may keep an answer back in which there is nothing: who asks waits as long."""
FETCH_BYTES: Final = 16 * 1024 * 1024

Arrived = tuple[str, int, int, float]
"""Topic, partition and offset of an alert's trigger, and when the alert was readable, in milliseconds."""


class _Trigger(msgspec.Struct):
    topic: str
    partition: int
    offset: int


class _Alert(msgspec.Struct):
    kind: str
    trigger: _Trigger | None = None


_decode = msgspec.json.Decoder(_Alert).decode


def listen(bootstrap: str, topic: str, lanes: int, asked: Connection) -> None:
    """Answers on `asked`: once when it listens, then whenever it is asked."""
    quiet()
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_listen(bootstrap, topic, lanes, asked))


async def _listen(bootstrap: str, topic: str, lanes: int, asked: Connection) -> None:
    places = [TopicPartition(topic, lane) for lane in range(lanes)]
    client = KafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    await client.set_topics([topic])
    try:
        node = client.cluster.leader_for_partition(places[0])  # the only one
        if node is None:
            raise ValueError(f"nobody leads {topic}")
        asked.send(READ)
        after = dict.fromkeys(places, 0)
        arrived: list[Arrived] = []
        while True:
            wanted = fetch(after.items(), WAIT_MS, FETCH_BYTES, FETCH_BYTES)
            told: list[Told] = await client.ask(node, wanted)
            now = time.time() * 1000
            for part in told:
                if (failed := for_code(part.code)) is not NoError:
                    raise failed(part.topic)
                if not part.records:
                    continue
                place = TopicPartition(part.topic, part.partition)
                run, after[place] = read_batches(0, part.records, after[place], part.aborted)
                arrived += [(*trigger, now) for trigger in _triggers(run)]
            if asked.poll():
                if asked.recv() == STOP:
                    return
                asked.send(arrived)
                arrived = []
    finally:
        await client.close()


def _triggers(run: Fetched | None) -> Iterator[tuple[str, int, int]]:
    """Of the records that were led to by one: alerts and actions."""
    for value in () if run is None else run.values:
        trigger = _decode(value or b"").trigger
        if trigger is not None:
            yield trigger.topic, trigger.partition, trigger.offset
