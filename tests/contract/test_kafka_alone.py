"""What only a broker does: transactions, compression, an offset that is gone, a topic that fills up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from aiokafka import AIOKafkaProducer
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition

from streams.adapters import kafka_transactions
from streams.adapters.kafka_admin import KafkaAdmin
from streams.adapters.kafka_log import KafkaLog
from streams.adapters.kafka_reader import FETCH_BYTES
from streams.adapters.pace import Pace
from streams.adapters.topics import JOURNAL, topics
from streams.ports.failures import UnreachableError, UnusableError
from streams.ports.outbox import Message
from tests.contract.batches import cut
from tests.contract.conftest import LANES
from tests.contract.kafka_under_test import KafkaUnderTest

if TYPE_CHECKING:
    from tests.services.servers import KafkaServer

pytestmark = pytest.mark.integration

START = [0] * 7


@pytest.fixture
def cluster(kafka: KafkaServer, topic_prefix: str) -> Iterator[KafkaUnderTest]:
    found = KafkaUnderTest(kafka.bootstrap, topic_prefix, LANES)
    yield found
    found.close()


async def values_of(cluster: KafkaUnderTest, topic: int, offsets: list[int]) -> list[bytes | None]:
    reader = await cluster.log.reader(0, offsets)
    found: list[bytes | None] = []
    while reader.unread(topic):
        for run in await reader.fetch([topic], 5.0):
            found += list(run.values)
    await reader.close()
    return found


def test_what_a_transaction_takes_back_is_not_read(cluster: KafkaUnderTest, run: Callable[..., Any]) -> None:
    async def write() -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=cluster.bootstrap, transactional_id=f"{cluster.prefix}writer"
        )
        await producer.start()
        for value, kept in ((b"first", True), (b"gone", False), (b"second", True), (b"gone too", False)):
            await producer.begin_transaction()
            await producer.send_and_wait(cluster.prefix + "repayments", value, partition=0)
            await (producer.commit_transaction() if kept else producer.abort_transaction())
        await producer.stop()

    run(write())
    assert run(values_of(cluster, 2, START)) == [b"first", b"second"]
    cluster.append("repayments", 0, b"last")
    assert run(values_of(cluster, 2, [0, 0, 3, 0, 0, 0, 0])) == [b"second", b"last"]


def test_compressed_batches_are_read(cluster: KafkaUnderTest, run: Callable[..., Any]) -> None:
    values = [b"%d" % number * 50 for number in range(500)]
    producer = KafkaProducer(bootstrap_servers=cluster.bootstrap, compression_type="gzip", linger_ms=50)
    for value in values:
        producer.send(cluster.prefix + "transactions", value, partition=0)
    producer.close()
    assert run(values_of(cluster, 3, START)) == values
    assert run(values_of(cluster, 3, [0, 0, 0, 123, 0, 0, 0])) == values[123:]


def test_an_offset_that_the_log_has_no_more_is_told(cluster: KafkaUnderTest, run: Callable[..., Any]) -> None:
    for number in range(4):
        cluster.append("accounts", 0, b"%d" % number)
    admin = KafkaAdminClient(bootstrap_servers=cluster.bootstrap)
    admin.delete_records({TopicPartition(cluster.prefix + "accounts", 0): 3})
    admin.close()

    async def test() -> None:
        reader = await cluster.log.reader(0, START)
        with pytest.raises(UnusableError, match="OffsetOutOfRange"):
            await reader.fetch(range(7), 5.0)
        await reader.close()

    run(test())
    assert run(values_of(cluster, 0, [3, 0, 0, 0, 0, 0, 0])) == [b"3"]


def test_one_fetch_of_a_topic_waits_at_the_most(cluster: KafkaUnderTest, run: Callable[..., Any]) -> None:
    size = 100_000
    count = 5 * FETCH_BYTES // size
    for number in range(count):
        cluster.producer.send(cluster.prefix + "transactions", b"%06d" % number + b"x" * size, partition=0)
    cluster.producer.send(cluster.prefix + "outcomes", b"other", partition=0)
    cluster.producer.flush()

    async def test() -> None:
        reader = await cluster.log.reader(0, START)
        other: list[bytes | None] = []
        while not other:
            other += [value for run in await reader.fetch([5], 5.0) for value in run.values]
        assert other == [b"other"]
        cluster.append("outcomes", 0, b"news")
        while len(other) < 2:  # a topic that nobody takes holds up no other
            other += [value for run in await reader.fetch([5], 5.0) for value in run.values]
        found: list[bytes] = []
        while reader.unread(3):
            for part in await reader.fetch([3], 5.0):
                assert int(part.values.sizes.sum()) <= FETCH_BYTES
                found += [value[:6] for value in part.values if value]
            await asyncio.sleep(0)
        assert found == [b"%06d" % number for number in range(count)]
        await reader.close()

    run(test())


def test_a_reader_pauses_only_at_the_end_of_the_log(cluster: KafkaUnderTest, run: Callable[..., Any]) -> None:
    size = 100_000
    count = 3 * FETCH_BYTES // size
    for _ in range(count):
        cluster.producer.send(cluster.prefix + "transactions", b"x" * size, partition=0)
    cluster.producer.flush()

    async def test() -> None:
        patient = KafkaLog(cluster.log.names, Pace(per_second=0.001))
        reader = await patient.reader(0, START)
        taken = 0
        while reader.unread(3):
            taken += sum(map(len, await reader.fetch([3], 5.0)))
        assert taken == count
        cluster.append("transactions", 0, b"later")
        assert await reader.fetch([3], 0.3) == []
        await reader.close()
        quick = await cluster.log.reader(0, [0, 0, 0, count, 0, 0, 0])
        (found,) = await quick.fetch([3], 5.0)
        assert list(found.values) == [b"later"]
        cluster.append("transactions", 0, b"last")
        (found,) = await quick.fetch([3], 5.0)
        assert list(found.values) == [b"last"]
        await quick.close()

    run(test())


def delete(cluster: KafkaUnderTest, topic: str) -> None:
    """And wait until the broker has done it."""
    admin = KafkaAdminClient(bootstrap_servers=cluster.bootstrap)
    admin.delete_topics([cluster.prefix + topic])
    while cluster.prefix + topic in admin.list_topics():
        time.sleep(0.05)
    admin.close()


def test_a_topic_that_a_broker_does_not_know_is_asked_for_again(
    cluster: KafkaUnderTest, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One may learn of a topic later than others: nothing is amiss for good."""
    monkeypatch.setattr(kafka_transactions, "PASSING_SECONDS", 0.5)

    async def publish_in_vain() -> None:
        publisher = cluster.log.publisher(0)
        await publisher.open()
        await publisher.publish([], [cut(1)], cut(1))
        delete(cluster, JOURNAL)
        with pytest.raises(UnreachableError, match="not known"):
            await publisher.publish([], [cut(2)], cut(2))
        await publisher.close()

    run(publish_in_vain())


def test_a_topic_that_is_made_meanwhile_is_waited_for(
    cluster: KafkaUnderTest, run: Callable[..., Any]
) -> None:
    admin = KafkaAdmin(cluster.bootstrap, cluster.prefix)

    async def publish() -> None:
        publisher = cluster.log.publisher(0)
        await publisher.open()
        delete(cluster, "risk-decisions")
        publishing = asyncio.create_task(publisher.publish([Message(0, b"k", b"v", [])], [cut(1)], cut(1)))
        await asyncio.sleep(0.5)
        assert not publishing.done()
        await asyncio.to_thread(admin.create, topics(LANES))
        await publishing
        await publisher.close()

    run(publish())
    admin.close()
    assert [record.value for record in cluster.read("risk-decisions", 0)] == [b"v"]
