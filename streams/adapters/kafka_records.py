"""A topic of one partition, for the command line: read whole, and written to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiokafka import AIOKafkaProducer, TopicPartition

from streams.adapters.kafka_failures import reached
from streams.adapters.kafka_log import new_consumer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.adapters.kafka_log import KafkaNames

Pair = tuple[bytes, bytes]
LARGEST: Final = 8 * 1024 * 1024


async def read_records(names: KafkaNames, topic: str) -> list[tuple[bytes | None, bytes | None]]:
    """Keys and values of all records. Raises UnreachableError, or UnusableError without such a topic."""
    found: list[tuple[bytes | None, bytes | None]] = []
    partition = TopicPartition(names.prefix + topic, 0)
    with reached():
        async with new_consumer(names, topic) as consumer:
            consumer.assign([partition])
            end = (await consumer.end_offsets([partition]))[partition]
            consumer.seek(partition, (await consumer.beginning_offsets([partition]))[partition])
            while await consumer.position(partition) < end:
                for records in (await consumer.getmany(timeout_ms=1000)).values():
                    found += [(record.key, record.value) for record in records]
    return found


async def append_records(names: KafkaNames, topic: str, records: Sequence[Pair]) -> None:
    """Append records, one after the other. Raises UnreachableError."""
    with reached():
        producer = AIOKafkaProducer(
            bootstrap_servers=names.bootstrap,
            client_id=f"{names.group}-{topic}",
            acks="all",
            enable_idempotence=True,
            max_request_size=LARGEST,
        )
        await producer.start()
        try:
            for key, value in records:
                await producer.send_and_wait(names.prefix + topic, value, key=key, partition=0)
        finally:
            await producer.stop()
