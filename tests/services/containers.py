"""Kafka and Redis in containers, on host ports that stay the same over a restart."""

from __future__ import annotations

import functools
import gc
import os
import time
import warnings
from contextlib import closing
from typing import TYPE_CHECKING, ClassVar, Self
from urllib.parse import urlsplit

import docker
from docker.errors import DockerException, ImageNotFound
from testcontainers.core.container import DockerContainer

from deploy.kafka.local import CLUSTER_ID, broker_answers
from deploy.kafka.settings import as_environment, broker_settings
from deploy.process import HOST, StartFailed, free_port
from deploy.redis.local import redis_answers

if TYPE_CHECKING:
    from docker.models.containers import Container


@functools.cache
def engine_has(image: str) -> bool:
    """Whether a Docker engine answers and has the image, or can pull it."""
    with warnings.catch_warnings():
        # docker's client leaves its socket to the collector when no engine answers
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            return _engine_gets(image)
        finally:
            gc.collect()


def _engine_gets(image: str) -> bool:
    try:
        with closing(docker.from_env(timeout=120)) as client:
            try:
                client.images.get(image)
            except ImageNotFound:
                client.images.pull(image)
    except DockerException:
        return False
    return True


class _Contained:
    image: ClassVar[str]
    port_inside: ClassVar[int]
    start_timeout: ClassVar[float] = 90.0

    def __init__(self) -> None:
        self.port = free_port()
        self._container = DockerContainer(self.image).with_bind_ports(self.port_inside, self.port)
        self._made = False

    @property
    def host(self) -> str:
        """Where the engine publishes ports: this machine, unless the engine is another's."""
        engine = urlsplit(os.environ.get("DOCKER_HOST", ""))
        there = engine.hostname if engine.scheme in {"tcp", "ssh", "http", "https"} else None
        return os.environ.get("TESTCONTAINERS_HOST_OVERRIDE") or there or HOST

    @property
    def _inner(self) -> Container:
        return self._container.get_wrapped_container()

    def start(self) -> Self:
        if self._made:
            self._inner.start()
        else:
            self._configure()
            self._container.start()
            self._made = True
        deadline = time.monotonic() + self.start_timeout
        while not self._answers():
            if time.monotonic() > deadline:
                raise StartFailed(f"{self.image} does not answer:\n{self._inner.logs(tail=30).decode()}")
            time.sleep(0.1)
        return self

    def stop(self) -> None:
        self._inner.stop(timeout=20)

    def kill(self) -> None:
        self._inner.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        self._inner.pause()

    def resume(self) -> None:
        self._inner.reload()
        if self._inner.status == "paused":
            self._inner.unpause()

    def discard(self) -> None:
        self._container.stop()

    def _configure(self) -> None:
        raise NotImplementedError

    def _answers(self) -> bool:
        raise NotImplementedError


class DockerKafka(_Contained):
    image = "apache/kafka:4.1.2"
    port_inside = 9092

    @property
    def bootstrap(self) -> str:
        return f"{self.host}:{self.port}"

    def _configure(self) -> None:
        settings = broker_settings(
            port=self.port_inside,
            inside_port=19092,
            controller_port=9093,
            advertised=self.bootstrap,
            log_dirs="/tmp/kafka-logs",
        )
        settings["listeners"] = settings["listeners"].replace("HOST://127.0.0.1:", "HOST://:")
        self._container.with_envs(
            **as_environment(settings), CLUSTER_ID=CLUSTER_ID, KAFKA_HEAP_OPTS="-Xms512m -Xmx512m"
        )

    def _answers(self) -> bool:
        return broker_answers(self.bootstrap)


class DockerRedis(_Contained):
    image = "redis:7.4"
    port_inside = 6379

    @property
    def url(self) -> str:
        return f"redis://{self.host}:{self.port}/0"

    def _configure(self) -> None:
        self._container.with_command(
            "redis-server --appendonly yes --appendfsync everysec --auto-aof-rewrite-min-size 4gb"
            " --rdbcompression no --save '' --maxmemory-policy noeviction --protected-mode no"
        )

    def _answers(self) -> bool:
        return redis_answers(self.url)
