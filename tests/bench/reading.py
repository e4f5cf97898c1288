"""Reads all that is committed on a topic's partition."""

from __future__ import annotations

import asyncio
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition


def read_all(bootstrap: str, topic: str, partition: int) -> list[Any]:
    """The committed records, in order."""
    return asyncio.run(_read(bootstrap, TopicPartition(topic, partition)))


def count_all(bootstrap: str, topic: str, lanes: int) -> int:
    """How many committed records a topic has."""
    return sum(len(read_all(bootstrap, topic, lane)) for lane in range(lanes))


async def _read(bootstrap: str, place: TopicPartition) -> list[Any]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        isolation_level="read_committed",
        max_partition_fetch_bytes=8 * 1024 * 1024,
    )
    async with consumer:
        consumer.assign([place])
        end = (await consumer.end_offsets([place]))[place]
        consumer.seek(place, (await consumer.beginning_offsets([place]))[place])
        found: list[Any] = []
        while await consumer.position(place) < end:
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                found += records
    return found
