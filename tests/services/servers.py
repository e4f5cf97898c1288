"""What a test may ask of Kafka and Redis, however they run: in a Docker engine or as local processes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol, Self

from deploy.kafka.local import LocalKafka
from deploy.redis.local import LocalRedis
from tests.services.containers import DockerKafka, DockerRedis, engine_has

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["KafkaServer", "LocalKafka", "LocalRedis", "RedisServer", "kafka_here", "redis_here"]


class Server(Protocol):
    """A server that a test may stop, crash and freeze; its address and what it stored outlive that."""

    def start(self) -> Self: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def restart(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def discard(self) -> None: ...


class KafkaServer(Server, Protocol):
    @property
    def bootstrap(self) -> str: ...


class RedisServer(Server, Protocol):
    @property
    def url(self) -> str: ...


def kafka_here(folder: Path) -> KafkaServer:
    """A broker, not started yet: in Docker where an engine has or gets the image, else a local process.

    POSTLOAN_TEST_SERVERS=docker or =local decides it without asking.
    """
    return DockerKafka() if _in_docker(DockerKafka.image) else LocalKafka(folder)


def redis_here(folder: Path) -> RedisServer:
    """The same for Redis."""
    return DockerRedis() if _in_docker(DockerRedis.image) else LocalRedis(folder)


def _in_docker(image: str) -> bool:
    wanted = os.environ.get("POSTLOAN_TEST_SERVERS", "")
    return wanted == "docker" or (wanted != "local" and engine_has(image))
