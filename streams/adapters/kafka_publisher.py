"""Sends out what a lane decided, in Kafka transactions, and knows how far that got."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.adapters.kafka_failures import reached
from streams.adapters.kafka_transactions import KafkaTransactions
from streams.adapters.topics import JOURNAL, LEARNING, PROGRESS
from streams.ports.failures import FencedError, UnreachableError
from streams.ports.outbox import FLOW_TOPICS, Cut, Message, cut_from_json, cut_to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streams.adapters.kafka_transactions import Record

TRANSACTION_MS: Final = 30_000
"""An owner that dies amid a transaction holds up readers of what is committed no longer than this."""
OPEN_SECONDS: Final = 15.0
"""A coordinator that is not there is asked for without end, and nobody is told meanwhile."""


class KafkaPublisher:
    """One transactional id per lane. Opening it anew fences whoever has it open."""

    def __init__(
        self, lane: int, *, bootstrap: str, prefix: str, group: str, consumer: Callable[[], AIOKafkaConsumer]
    ) -> None:
        """`consumer` makes one that reads what is committed."""
        self._lane = lane
        self._bootstrap = bootstrap
        self._prefix = prefix
        self._id = f"{group}-lane-{lane}"
        self._consumer = consumer
        self._transactions: KafkaTransactions | None = None

    async def open(self) -> Cut | None:
        await self.close()
        topics = [self._prefix + topic for topic in {*FLOW_TOPICS, JOURNAL, PROGRESS}]
        with reached():
            try:
                async with asyncio.timeout(OPEN_SECONDS):
                    self._transactions = await KafkaTransactions.open(
                        self._bootstrap, self._id, topics, TRANSACTION_MS
                    )
            except TimeoutError as error:
                why = f"{self._id} was given no producer id in {OPEN_SECONDS:g} s"
                raise UnreachableError(f"Kafka: {why}") from error
            return await self._progress()

    async def _progress(self) -> Cut | None:
        partition = TopicPartition(self._prefix + PROGRESS, self._lane)
        async with self._consumer() as consumer:
            consumer.assign([partition])
            record = await last_record(consumer, partition)
        return None if record is None else cut_from_json(record.value)

    async def publish(self, messages: Sequence[Message], cuts: Sequence[Cut], progress: Cut) -> None:
        placed: defaultdict[TopicPartition, list[Record]] = defaultdict(list)
        for message in messages:
            topic = FLOW_TOPICS[message.flow]
            partition = 0 if topic == LEARNING else self._lane
            placed[self._place(topic, partition)].append((message.key, message.value, message.headers))
        lane = str(self._lane).encode()
        placed[self._place(JOURNAL, self._lane)] = [(lane, cut_to_json(cut), []) for cut in cuts]
        placed[self._place(PROGRESS, self._lane)] = [(lane, cut_to_json(progress), [])]
        if self._transactions is None:
            raise FencedError("the publisher is closed")
        with reached():
            await self._transactions.commit(placed)

    def _place(self, topic: str, partition: int) -> TopicPartition:
        return TopicPartition(self._prefix + topic, partition)

    async def close(self) -> None:
        transactions, self._transactions = self._transactions, None
        if transactions is not None:
            with suppress(KafkaError, OSError):
                await transactions.close()


async def last_record(consumer: AIOKafkaConsumer, partition: TopicPartition) -> Any:
    """The last record of an assigned partition, None if it is empty; markers of transactions are none."""
    begin = (await consumer.beginning_offsets([partition]))[partition]
    end = (await consumer.end_offsets([partition]))[partition]
    step = 16
    last = None
    while begin < end and last is None:
        start = max(begin, end - step)
        consumer.seek(partition, start)
        while await consumer.position(partition) < end:
            for records in (await consumer.getmany(partition, timeout_ms=1000)).values():
                last = records[-1]
        if start == begin:
            break
        step *= 8
    return last
