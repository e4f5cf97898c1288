"""The log in Kafka."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from features.inbound.layout import TOPICS
from streams.adapters.kafka_failures import reached
from streams.adapters.kafka_publisher import KafkaPublisher
from streams.adapters.kafka_reader import KafkaReader
from streams.adapters.pace import Pace
from streams.adapters.topics import JOURNAL
from streams.ports.outbox import FLOW_TOPICS, Cut, Message, cut_from_json

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Sequence

FETCH_BYTES: Final = 1024 * 1024
"""Of one partition in one fetch; a larger record comes alone."""


@dataclass(frozen=True, slots=True)
class KafkaNames:
    """Where the cluster is, and what our names in it begin with."""

    bootstrap: str
    prefix: str
    group: str


def new_consumer(names: KafkaNames, client: str, **more: Any) -> AIOKafkaConsumer:
    """A consumer outside of groups that sees only what is committed. The caller starts and stops it."""
    return AIOKafkaConsumer(
        bootstrap_servers=names.bootstrap,
        client_id=f"{names.group}-{client}",
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
        max_partition_fetch_bytes=FETCH_BYTES,
        **more,
    )


async def starts(names: KafkaNames, client: str, partitions: list[TopicPartition]) -> list[int]:
    """The first offset of each."""
    with reached():
        async with new_consumer(names, client) as consumer:
            found = await consumer.beginning_offsets(partitions)
    return [found[partition] for partition in partitions]


class KafkaLog:
    """Connects lane by lane, when asked for a reader or a publisher."""

    def __init__(self, names: KafkaNames, pace: Pace | None = None) -> None:
        """`pace`: how often its readers look for what is not there yet."""
        self.names = names
        self._pace = pace or Pace()

    def _inputs(self, lane: int) -> list[TopicPartition]:
        return [TopicPartition(self.names.prefix + topic, lane) for topic in TOPICS]

    async def starts(self, lane: int) -> list[int]:
        return await starts(self.names, f"starts-{lane}", self._inputs(lane))

    async def reader(self, lane: int, offsets: Sequence[int]) -> KafkaReader:
        client = f"{self.names.group}-lane-{lane}"
        return await KafkaReader.open(self.names.bootstrap, client, self._inputs(lane), offsets, self._pace)

    def publisher(self, lane: int) -> KafkaPublisher:
        return KafkaPublisher(
            lane,
            bootstrap=self.names.bootstrap,
            prefix=self.names.prefix,
            group=self.names.group,
            consumer=lambda: new_consumer(self.names, f"progress-{lane}"),
        )

    async def cuts(self, lane: int, after: int) -> list[Cut]:
        by_batch: dict[int, Cut] = {}
        async for records in self._committed(JOURNAL, lane):
            found = (cut_from_json(record.value) for record in records)
            by_batch.update((cut.batch, cut) for cut in found if cut.batch > after)
        return [by_batch[batch] for batch in sorted(by_batch)]

    async def sent(self, lane: int, flow: int) -> AsyncGenerator[list[Message]]:
        async for records in self._committed(FLOW_TOPICS[flow], lane):
            yield [Message(flow, record.key, record.value, list(record.headers)) for record in records]

    async def _committed(self, topic: str, lane: int) -> AsyncIterator[list[Any]]:
        """All that is committed of a partition when it is asked for."""
        partition = TopicPartition(self.names.prefix + topic, lane)
        with reached():
            async with new_consumer(self.names, f"{topic}-{lane}") as consumer:
                consumer.assign([partition])
                end = (await consumer.end_offsets([partition]))[partition]
                consumer.seek(partition, (await consumer.beginning_offsets([partition]))[partition])
                while await consumer.position(partition) < end:
                    for records in (await consumer.getmany(timeout_ms=1000)).values():
                        yield records
