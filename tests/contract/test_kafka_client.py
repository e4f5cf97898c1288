"""Requests over connections whose answers go past aiokafka's reader, on both loops."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError, RequestTimedOutError

from streams.adapters.fetch_requests import fetch
from streams.adapters.kafka_client import KafkaClient
from streams.worker.loop import loop_factory
from tests.contract.conftest import LANES
from tests.contract.kafka_under_test import KafkaUnderTest

if TYPE_CHECKING:
    from tests.services.servers import KafkaServer

pytestmark = pytest.mark.integration

Play = Callable[[Callable[[KafkaClient, TopicPartition, int], Awaitable[None]]], None]


@pytest.fixture
def cluster(kafka: KafkaServer, topic_prefix: str) -> Iterator[KafkaUnderTest]:
    found = KafkaUnderTest(kafka.bootstrap, topic_prefix, LANES)
    yield found
    found.close()


@pytest.fixture(params=["asyncio", "uvloop"])
def play(request: pytest.FixtureRequest, cluster: KafkaUnderTest) -> Play:
    """Runs what is given a client that waits a second, a partition, and the broker that leads it."""
    factory = None if request.param == "asyncio" else loop_factory()
    if request.param == "uvloop" and factory is None:
        pytest.skip("uvloop is not installed")
    place = TopicPartition(cluster.prefix + "repayments", 0)

    async def run(what: Callable[[KafkaClient, TopicPartition, int], Awaitable[None]]) -> None:
        client = KafkaClient(bootstrap_servers=cluster.bootstrap, request_timeout_ms=1_000)
        await client.bootstrap()
        await client.set_topics([place.topic])
        node = client.cluster.leader_for_partition(place)
        assert node is not None
        try:
            await what(client, place, node)
        finally:
            await client.close()

    def played(what: Callable[[KafkaClient, TopicPartition, int], Awaitable[None]]) -> None:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(run(what))

    return played


def wanted(place: TopicPartition, wait_ms: int, offset: int = 0) -> Any:
    return fetch([(place, offset)], wait_ms, 1_000_000, 4_000_000)


async def at_end(client: KafkaClient, place: TopicPartition, node: int, wait_ms: int) -> Any:
    """Asks for what is still to come."""
    while (told := (await client.ask(node, wanted(place, 0)))[0]).code:
        pass  # the broker has not taken up the new topic yet
    return wanted(place, wait_ms, told.stable)


def test_answers_come_in_turn_beside_those_of_the_library(play: Play, cluster: KafkaUnderTest) -> None:
    many = [b"%d" % number * 40_000 for number in range(9)]
    for value in many:
        cluster.append("repayments", 0, value)

    async def ask(client: KafkaClient, place: TopicPartition, node: int) -> None:
        for _ in range(20):
            *told, known = await asyncio.gather(
                client.ask(node, wanted(place, 0)),
                client.ask(node, wanted(TopicPartition(place.topic, 1), 50)),
                client.ask(node, wanted(place, 0)),
                client.force_metadata_update(),
            )
            assert known
            full, empty, again = (answer[0] for answer in told)
            assert all(value in full.records for value in many)
            assert again.records == full.records
            assert (empty.partition, empty.records) == (1, b"")

    play(ask)


def test_who_is_not_answered_in_time_is_told_and_may_ask_again(play: Play) -> None:
    async def ask(client: KafkaClient, place: TopicPartition, node: int) -> None:
        with pytest.raises(RequestTimedOutError):
            await client.ask(node, await at_end(client, place, node, 3_000))
        assert (await client.ask(node, wanted(place, 0)))[0].code == 0

    play(ask)


def test_who_waits_is_told_that_the_connection_is_gone(play: Play) -> None:
    async def ask(client: KafkaClient, place: TopicPartition, node: int) -> None:
        waiting = asyncio.create_task(client.ask(node, await at_end(client, place, node, 900)))
        await asyncio.sleep(0.1)
        connection = await client._get_conn(node)
        connection._writer.transport.abort()
        with pytest.raises(KafkaConnectionError):
            await waiting
        assert (await client.ask(node, wanted(place, 0)))[0].code == 0

    play(ask)


def test_an_answer_that_nobody_waits_for_any_more_is_passed_over(play: Play, cluster: KafkaUnderTest) -> None:
    async def ask(client: KafkaClient, place: TopicPartition, node: int) -> None:
        gone = asyncio.create_task(client.ask(node, await at_end(client, place, node, 500)))
        await asyncio.sleep(0.1)
        gone.cancel()
        await asyncio.wait((gone,))
        await asyncio.to_thread(cluster.append, "repayments", 0, b"news")
        assert b"news" in (await client.ask(node, wanted(place, 500)))[0].records

    play(ask)
