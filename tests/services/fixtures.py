"""The fixtures that hand a running Kafka or Redis to a test, and names of its own inside them."""

from __future__ import annotations

import itertools
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import pytest

from deploy.process import Unavailable
from deploy.redis.cluster import LocalRedisCluster
from tests.services.servers import KafkaServer, RedisServer, Server, kafka_here, redis_here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

S = TypeVar("S", bound=Server)
_count = itertools.count(1)


@contextmanager
def unless_unavailable() -> Iterator[None]:
    """Skip the test where a server cannot run; in CI, where every test must, it fails."""
    try:
        yield
    except Unavailable as missing:
        if os.environ.get("CI", "").lower() in {"", "0", "false"}:
            pytest.skip(str(missing))
        pytest.fail(f"CI must run every test, but: {missing}", pytrace=False)


@contextmanager
def _running(here: Callable[[Path], S], folder: Path) -> Iterator[S]:
    server = here(folder)
    try:
        with unless_unavailable():
            server.start()
        yield server
        server.resume()
    finally:
        server.discard()


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """One broker for the whole session. A test that stops or kills it starts it again."""
    with _running(kafka_here, tmp_path_factory.mktemp("kafka")) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One Redis for the whole session. A test that stops or kills it starts it again."""
    with _running(redis_here, tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
def redis_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRedisCluster]:
    """Three nodes for the whole session, as local processes."""
    with _running(LocalRedisCluster, tmp_path_factory.mktemp("redis-cluster")) as cluster:
        yield cluster


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[KafkaServer]:
    """A broker for this test alone, to be broken at will."""
    with _running(kafka_here, tmp_path / "kafka") as server:
        yield server


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis for this test alone, to be broken at will."""
    with _running(redis_here, tmp_path / "redis") as server:
        yield server


@pytest.fixture
def topic_prefix() -> str:
    """What this test's topics, groups and transactional ids begin with: nobody else's do."""
    return f"{_unique()}."


@pytest.fixture
def redis_namespace() -> str:
    """What this test's keys begin with: nobody else's do."""
    return f"{_unique()}:"


def _unique() -> str:
    return f"t{next(_count)}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
