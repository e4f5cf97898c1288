"""Kafka and Redis as the other tests find them: they work, and what was stored outlives a crash."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import redis
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import NewTopic

if TYPE_CHECKING:
    from tests.services.servers import KafkaServer, RedisServer

pytestmark = pytest.mark.integration


def make_topic(kafka: KafkaServer, topic: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    admin.create_topics([NewTopic(topic, num_partitions=2, replication_factor=1)])
    admin.close()


def read_all(kafka: KafkaServer, topic: str) -> list[bytes]:
    consumer = KafkaConsumer(
        topic, bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=2000
    )
    values = [record.value for record in consumer]
    consumer.close()
    return values


def write(kafka: KafkaServer, topic: str, *values: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all")
    for value in values:
        producer.send(topic, value, partition=0).get(timeout=20)
    producer.close()


def test_what_is_produced_is_consumed(kafka: KafkaServer, topic_prefix: str) -> None:
    topic = f"{topic_prefix}plain"
    make_topic(kafka, topic)
    write(kafka, topic, b"one", b"two")
    assert read_all(kafka, topic) == [b"one", b"two"]


def test_a_record_of_two_mebibytes_passes(kafka: KafkaServer, topic_prefix: str) -> None:
    topic = f"{topic_prefix}large"
    make_topic(kafka, topic)
    large = bytes(2 * 1024 * 1024)
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, max_request_size=3_000_000)
    producer.send(topic, large, partition=0).get(timeout=20)
    producer.close()
    assert read_all(kafka, topic) == [large]


def test_a_record_may_be_years_old_or_ahead(kafka: KafkaServer, topic_prefix: str) -> None:
    topic = f"{topic_prefix}times"
    make_topic(kafka, topic)
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap)
    for timestamp_ms in (1_000_000_000_000, 4_000_000_000_000):
        producer.send(topic, b"then", partition=0, timestamp_ms=timestamp_ms).get(timeout=20)
    producer.close()
    assert read_all(kafka, topic) == [b"then", b"then"]


def test_only_committed_transactions_are_read(kafka: KafkaServer, topic_prefix: str) -> None:
    topic = f"{topic_prefix}transactions"
    make_topic(kafka, topic)

    async def read_committed() -> list[bytes]:
        producer = AIOKafkaProducer(
            bootstrap_servers=kafka.bootstrap, transactional_id=f"{topic_prefix}lane-0"
        )
        await producer.start()
        try:
            async with producer.transaction():
                await producer.send_and_wait(topic, b"kept", partition=0)
            await producer.begin_transaction()
            await producer.send_and_wait(topic, b"dropped", partition=0)
            await producer.abort_transaction()
            async with producer.transaction():
                await producer.send_and_wait(topic, b"kept too", partition=0)
        finally:
            await producer.stop()
        consumer = AIOKafkaConsumer(
            topic,
            bootstrap_servers=kafka.bootstrap,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
        )
        await consumer.start()
        try:
            first = await asyncio.wait_for(consumer.getone(), 20)
            second = await asyncio.wait_for(consumer.getone(), 20)
        finally:
            await consumer.stop()
        return [first.value, second.value]

    assert asyncio.run(read_committed()) == [b"kept", b"kept too"]
    assert b"dropped" in read_all(kafka, topic)


@pytest.mark.chaos
def test_a_killed_broker_comes_back_with_its_log(own_kafka: KafkaServer) -> None:
    make_topic(own_kafka, "log")
    write(own_kafka, "log", b"before")
    own_kafka.kill()
    own_kafka.start()
    write(own_kafka, "log", b"after")
    assert read_all(own_kafka, "log") == [b"before", b"after"]


def test_redis_gives_back_what_was_set(redis_server: RedisServer, redis_namespace: str) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        client.set(f"{redis_namespace}row", b"\x01")
        assert client.get(f"{redis_namespace}row") == b"\x01"


def test_redis_never_drops_rows_for_room(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url, decode_responses=True) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


@pytest.mark.chaos
def test_a_killed_redis_comes_back_with_its_rows(own_redis: RedisServer) -> None:
    with redis.Redis.from_url(own_redis.url) as client:
        client.set("row", b"kept")
    own_redis.kill()
    with redis.Redis.from_url(own_redis.url) as client, pytest.raises(redis.ConnectionError):
        client.ping()
    own_redis.start()
    with redis.Redis.from_url(own_redis.url) as client:
        assert client.get("row") == b"kept"


@pytest.mark.chaos
def test_a_paused_redis_holds_its_callers(own_redis: RedisServer) -> None:
    own_redis.pause()
    with redis.Redis.from_url(own_redis.url, socket_timeout=0.3) as client, pytest.raises(redis.TimeoutError):
        client.ping()
    own_redis.resume()
    with redis.Redis.from_url(own_redis.url, socket_timeout=5) as client:
        assert client.ping()


def test_each_test_has_names_of_its_own(topic_prefix: str, redis_namespace: str) -> None:
    assert topic_prefix.rstrip(".") != redis_namespace.rstrip(":")
