"""Sends out what a lane decided, in Kafka transactions, and knows how far that got."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import IllegalOperation, KafkaError, ProducerFenced
from aiokafka.producer import sender

from streams.adapters.kafka_failures import reached
from streams.adapters.topics import JOURNAL, LARGEST_DEAD_LETTER, LEARNING, PROGRESS
from streams.ports.failures import FencedError, UnreachableError
from streams.ports.outbox import FLOW_TOPICS, Cut, Message, cut_from_json, cut_to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BATCH_BYTES: Final = 512 * 1024
TRANSACTION_MS: Final = 30_000
"""An owner that dies amid a transaction holds up readers of what is committed no longer than this."""
OPEN_SECONDS: Final = 15.0
"""The client asks a coordinator that refuses without end, and says nothing meanwhile."""
sender.BACKOFF_OVERRIDE = 0.003
"""Seconds until a transaction is begun again that the broker refused because it was still writing the markers
of the one before: a few milliseconds' work, for which aiokafka waits 20 ms. There is no option for it."""

_Record = tuple[bytes | None, bytes | None, list[tuple[str, bytes]]]


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
        self._producer: Any = None

    async def open(self) -> Cut | None:
        await self.close()
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            client_id=self._id,
            transactional_id=self._id,
            transaction_timeout_ms=TRANSACTION_MS,
            acks="all",
            max_batch_size=BATCH_BYTES,
            max_request_size=LARGEST_DEAD_LETTER + BATCH_BYTES,
        )
        with reached():
            try:
                async with asyncio.timeout(OPEN_SECONDS):
                    await producer.start()  # asks for the producer id: ends what the owner before left open
            except (TimeoutError, AssertionError) as error:  # aiokafka asserts that nothing went wrong before
                await producer.stop()
                why = f"{self._id} was given no producer id in {OPEN_SECONDS:g} s"
                raise UnreachableError(f"Kafka: {why} ({type(error).__name__})") from error
            except BaseException:
                await producer.stop()
                raise
            self._producer = producer
            return await self._progress()

    async def _progress(self) -> Cut | None:
        partition = TopicPartition(self._prefix + PROGRESS, self._lane)
        async with self._consumer() as consumer:
            consumer.assign([partition])
            record = await last_record(consumer, partition)
        return None if record is None else cut_from_json(record.value)

    async def publish(self, messages: Sequence[Message], cuts: Sequence[Cut], progress: Cut) -> None:
        placed: defaultdict[tuple[str, int], list[_Record]] = defaultdict(list)
        for message in messages:
            topic = FLOW_TOPICS[message.flow]
            partition = 0 if topic == LEARNING else self._lane
            placed[topic, partition].append((message.key, message.value, message.headers))
        lane = str(self._lane).encode()
        placed[JOURNAL, self._lane] = [(lane, cut_to_json(cut), []) for cut in cuts]
        placed[PROGRESS, self._lane] = [(lane, cut_to_json(progress), [])]
        with reached():
            try:
                await self._transaction(placed)
            except ProducerFenced:
                raise
            except (IllegalOperation, AssertionError) as error:  # aiokafka's state after an earlier failure
                raise UnreachableError(f"Kafka: the transaction could not be made: {error}") from error

    async def _transaction(self, placed: dict[tuple[str, int], list[_Record]]) -> None:
        producer = self._producer
        if producer is None:
            raise FencedError("the publisher is closed")
        await producer.begin_transaction()
        sent = []
        for (topic, partition), records in placed.items():
            batch = producer.create_batch()
            for key, value, headers in records:
                if batch.append(timestamp=None, key=key, value=value, headers=headers) is None:
                    sent.append(await producer.send_batch(batch, self._prefix + topic, partition=partition))
                    batch = producer.create_batch()
                    batch.append(timestamp=None, key=key, value=value, headers=headers)
            sent.append(await producer.send_batch(batch, self._prefix + topic, partition=partition))
        await asyncio.gather(*sent)
        await producer.commit_transaction()

    async def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(KafkaError, OSError):
                await producer.stop()


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
