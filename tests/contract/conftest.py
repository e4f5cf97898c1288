from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.adapters.redis_store import RedisStore
from streams.adapters.topics import topics
from tests.contract.kafka_under_test import KafkaUnderTest

if TYPE_CHECKING:
    from streams.ports.log import Log
    from streams.ports.store import Store

T = TypeVar("T")
LANES = 2
_lane = itertools.count()


class LogUnderTest:
    """A log, and a way to put records into it and to read what was committed."""

    def __init__(self, log: Log, append: Callable[..., object], read: Callable[..., list[Any]]) -> None:
        self.log = log
        self.append = append
        self.read = read


@pytest.fixture
def run() -> Iterator[Callable[[Awaitable[Any]], Any]]:
    """Runs coroutines, all of a test on one loop."""
    with asyncio.Runner() as runner:

        async def awaited(what: Awaitable[T]) -> T:
            return await what

        yield lambda what: runner.run(asyncio.wait_for(awaited(what), 60))


@pytest.fixture(
    params=[
        "memory",
        pytest.param("redis", marks=pytest.mark.integration),
        pytest.param("cluster", marks=pytest.mark.integration),
    ]
)
def store(request: pytest.FixtureRequest, run: Callable[..., Any]) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    cluster = request.param == "cluster"
    server = request.getfixturevalue("redis_cluster" if cluster else "redis_server")
    namespace = request.getfixturevalue("redis_namespace")
    redis = RedisStore(server.url, namespace, cluster=cluster, rows_in_script=50)
    yield redis
    run(redis.close())


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.integration)])
def log(request: pytest.FixtureRequest) -> Iterator[LogUnderTest]:
    if request.param == "memory":
        memory = MemoryLog()
        memory.create(topics(LANES))
        yield LogUnderTest(memory, memory.append, memory.read)
        return
    server = request.getfixturevalue("kafka")
    prefix = request.getfixturevalue("topic_prefix")
    kafka = KafkaUnderTest(server.bootstrap, prefix, LANES)
    yield LogUnderTest(kafka.log, kafka.append, kafka.read)
    kafka.close()
