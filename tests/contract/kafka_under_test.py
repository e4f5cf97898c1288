"""A Kafka log with an independent producer and consumer beside it."""

from __future__ import annotations

from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.adapters.kafka_admin import KafkaAdmin
from streams.adapters.kafka_log import KafkaLog, KafkaNames
from streams.adapters.memory_log import Stored
from streams.adapters.topics import topics


class KafkaUnderTest:
    def __init__(self, bootstrap: str, prefix: str, lanes: int) -> None:
        self.bootstrap = bootstrap
        self.prefix = prefix
        admin = KafkaAdmin(bootstrap, prefix)
        admin.create(topics(lanes))
        admin.close()
        self.log = KafkaLog(KafkaNames(bootstrap, prefix, prefix + "group"))
        self.producer = KafkaProducer(bootstrap_servers=bootstrap, max_request_size=4 * 1024 * 1024)

    def append(
        self,
        topic: str,
        partition: int,
        value: bytes | None,
        key: bytes | None = None,
        stamp: int | None = None,
        headers: list[tuple[str, bytes]] | None = None,
    ) -> None:
        self.producer.send(
            self.prefix + topic, value, key, partition=partition, timestamp_ms=stamp, headers=headers or []
        ).get(30)

    def read(self, topic: str, partition: int) -> list[Stored]:
        return [
            Stored(record.key, record.value, record.timestamp, list(record.headers))
            for record in committed(self.bootstrap, self.prefix + topic, partition)
        ]

    def close(self) -> None:
        self.producer.close()


def committed(bootstrap: str, topic: str, partition: int) -> list[Any]:
    """All committed records of a partition, by a consumer that is not ours."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    place = TopicPartition(topic, partition)
    consumer.assign([place])
    end = consumer.end_offsets([place])[place]
    consumer.seek_to_beginning(place)
    found: list[Any] = []
    while consumer.position(place) < end:
        for records in consumer.poll(timeout_ms=500).values():
            found += records
    consumer.close()
    return found
