"""Sends records to their topics in Kafka."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from features.inbound.layout import CONTROL_TOPIC, TOPICS
from streams.adapters.topics import LARGEST_MESSAGE
from streams.cli.configured import settings_given
from streams.cli.exits import UNREACHABLE, UNUSABLE, leave
from streams.cli.reach import check_kafka
from streams.partition import lane_of

if TYPE_CHECKING:
    from types import TracebackType

    from streams.simulator import SimulatedRecord

_CONTROL: Final = TOPICS[CONTROL_TOPIC]
_LINGER_MS: Final = 20
_BATCH_BYTES: Final = 256 * 1024
_PATIENCE_MS: Final = 20_000


class KafkaFeed:
    """A producer for the input topics. Leaves with a message if Kafka is away or topics are missing."""

    def __init__(self) -> None:
        from kafka import KafkaProducer  # slow
        from kafka.errors import KafkaError

        settings = settings_given()
        check_kafka(settings.kafka_bootstrap)
        self._error = KafkaError
        self._prefix, self._lanes, self._bootstrap = (
            settings.topic_prefix,
            settings.lanes,
            settings.kafka_bootstrap,
        )
        self._failed: list[BaseException] = []
        self._lane: dict[str, int] = {}
        try:
            self._producer: Any = KafkaProducer(
                bootstrap_servers=settings.kafka_bootstrap,
                client_id="postloan-feed",
                acks="all",
                linger_ms=_LINGER_MS,
                batch_size=_BATCH_BYTES,
                max_request_size=LARGEST_MESSAGE,
                max_block_ms=_PATIENCE_MS,
                allow_auto_create_topics=False,
            )
            self._check_partitions()
        except KafkaError as error:
            self._leave(error)

    def _check_partitions(self) -> None:
        for topic in TOPICS:
            found = self._producer.partitions_for(self._prefix + topic)
            count = len(found or ())
            if count != self._lanes:
                known = f"has {count} partitions, not {self._lanes}" if count else "is not there"
                leave(
                    UNUSABLE,
                    f"topic {self._prefix}{topic} {known}; `postloan topics create` makes the topics",
                )

    def send(self, record: SimulatedRecord) -> None:
        """Send one record; a control record goes to every partition."""
        topic = self._prefix + record.topic
        try:
            if record.topic == _CONTROL:
                for lane in range(self._lanes):
                    self._watched(self._producer.send(topic, record.value, partition=lane))
            else:
                key = record.key.encode()
                lane = self._lane_of(record.key)
                self._watched(self._producer.send(topic, record.value, key, partition=lane))
        except self._error as error:
            self._leave(error)
        if self._failed:
            self._leave(self._failed[0])

    def _watched(self, sent: Any) -> None:
        sent.add_errback(self._failed.append)

    def _lane_of(self, cardholder: str) -> int:
        lane = self._lane.get(cardholder)
        if lane is None:
            lane = self._lane[cardholder] = lane_of(cardholder, self._lanes)
        return lane

    def _leave(self, error: BaseException) -> None:
        leave(UNREACHABLE, f"Kafka at {self._bootstrap}: {type(error).__name__}: {error}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            try:
                self._producer.flush()
            except self._error as failed:
                self._leave(failed)
            if self._failed:
                self._leave(self._failed[0])
        self._producer.close(timeout=None if kind is None else 0)
