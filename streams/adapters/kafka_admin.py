"""Keeps the topics, by kafka-python: tools use it, and a worker once at its start."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from streams.ports.failures import UnreachableError, UnusableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.ports.log import Topic


class KafkaAdmin:
    """Connects when constructed; close it."""

    def __init__(
        self, bootstrap: str, prefix: str, *, replication_factor: int = 1, patience: float = 15.0
    ) -> None:
        self._bootstrap = bootstrap
        self._prefix = prefix
        self._replicas = replication_factor
        self._patience = patience
        try:
            self._admin: Any = KafkaAdminClient(
                bootstrap_servers=bootstrap,
                client_id="postloan-admin",
                request_timeout_ms=int(patience * 1000),
            )
        except KafkaError as error:
            raise UnreachableError(f"Kafka: {type(error).__name__}: {error}") from error

    def create(self, topics: Sequence[Topic]) -> list[str]:
        known = self.partitions()
        missing = [topic for topic in topics if topic.name not in known]
        if missing:
            try:
                self._create(missing)
            except TopicAlreadyExistsError:  # somebody else makes them too
                for topic in missing:
                    with suppress(TopicAlreadyExistsError):
                        self._create([topic])
            self._wait_for({topic.name for topic in missing})
        return [topic.name for topic in missing]

    def _create(self, topics: Sequence[Topic]) -> None:
        new = [
            NewTopic(
                name=self._prefix + topic.name,
                num_partitions=topic.partitions,
                replication_factor=self._replicas,
                topic_configs=dict(topic.config),
            )
            for topic in topics
        ]
        try:
            self._admin.create_topics(new)
        except TopicAlreadyExistsError:
            raise
        except KafkaError as error:
            names = ", ".join(topic.name for topic in new)
            raise UnusableError(f"these topics cannot be made: {names}: {error}") from error

    def _wait_for(self, names: set[str]) -> None:
        """Brokers answer before they all know of a new topic."""
        deadline = time.monotonic() + self._patience
        while not names <= self.partitions().keys():
            if time.monotonic() > deadline:
                raise UnreachableError("Kafka: the new topics do not show")
            time.sleep(0.05)

    def partitions(self) -> dict[str, int]:
        try:
            names = [name for name in self._admin.list_topics() if name.startswith(self._prefix)]
            described = self._admin.describe_topics(names) if names else []
        except KafkaError as error:
            raise UnreachableError(f"Kafka: {type(error).__name__}: {error}") from error
        return {_name(topic)[len(self._prefix) :]: len(topic["partitions"]) for topic in described}

    def ends(self, name: str) -> list[int]:
        consumer = KafkaConsumer(bootstrap_servers=self._bootstrap, isolation_level="read_committed")
        try:
            topic = self._prefix + name
            partitions = [TopicPartition(topic, number) for number in range(self.partitions()[name])]
            ends = consumer.end_offsets(partitions)
        except KafkaError as error:
            raise UnreachableError(f"Kafka: {type(error).__name__}: {error}") from error
        finally:
            consumer.close()
        return [ends[partition] for partition in partitions]

    def close(self) -> None:
        self._admin.close()


def _name(described: dict[str, Any]) -> str:
    name: str = described.get("topic") or described["name"]
    return name
