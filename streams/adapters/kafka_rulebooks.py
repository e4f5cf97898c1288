"""The topic of rulebooks in Kafka, for the command line: read whole, and written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from aiokafka import AIOKafkaProducer, TopicPartition

from streams.adapters.kafka_failures import reached
from streams.adapters.kafka_log import new_consumer
from streams.adapters.topics import RULEBOOKS
from streams.rulebook.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.adapters.kafka_log import KafkaNames
    from streams.rulebook.shelf import Pair


async def read_shelf(names: KafkaNames) -> Shelf:
    """All that was published. Raises UnreachableError, or UnusableError when there is no such topic."""
    shelf, partition = Shelf(), TopicPartition(names.prefix + RULEBOOKS, 0)
    with reached():
        async with new_consumer(names, "rulebooks") as consumer:
            consumer.assign([partition])
            end = (await consumer.end_offsets([partition]))[partition]
            consumer.seek(partition, (await consumer.beginning_offsets([partition]))[partition])
            while await consumer.position(partition) < end:
                for records in (await consumer.getmany(timeout_ms=1000)).values():
                    for record in records:
                        take(shelf, record.key, record.value)
    return shelf


def take(shelf: Shelf, key: bytes | None, value: bytes | None) -> None:
    """Take a record that may be none of ours."""
    try:
        shelf.take(key, value)
    except msgspec.MsgspecError:
        return


async def write(names: KafkaNames, records: Sequence[Pair]) -> None:
    """Append records, one after the other. Raises UnreachableError."""
    with reached():
        producer = AIOKafkaProducer(
            bootstrap_servers=names.bootstrap,
            client_id=f"{names.group}-rulebooks",
            acks="all",
            enable_idempotence=True,
            max_request_size=8 * 1024 * 1024,
        )
        await producer.start()
        try:
            for key, value in records:
                await producer.send_and_wait(names.prefix + RULEBOOKS, value, key=key, partition=0)
        finally:
            await producer.stop()
