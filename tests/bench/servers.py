"""A broker and a Redis for benchmarks, and the topics in them."""

from __future__ import annotations

import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import redis
from kafka import KafkaAdminClient
from kafka.errors import UnknownTopicOrPartitionError

from deploy.kafka.local import LocalKafka
from deploy.redis.local import LocalRedis
from streams.adapters.kafka_admin import KafkaAdmin
from streams.adapters.topics import DEAD_LETTERS, DECISIONS, JOURNAL, LEARNING, PROGRESS, topics
from streams.ports.log import Topic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).resolve().parents[2]
BUILD: Final = ROOT / "build"
KEEP: Final = {"retention.ms": "-1"}
ONE_CORE: Final = {"num.network.threads": "1", "num.io.threads": "2"}
"""A broker that shares one core only makes its threads wait for each other with more of them."""
_OUTPUTS: Final = (DECISIONS, DEAD_LETTERS, PROGRESS, JOURNAL, LEARNING)


@dataclass(frozen=True, slots=True)
class Servers:
    """Where they answer, and a folder for what a run leaves."""

    bootstrap: str
    redis_url: str
    folder: Path

    def create(self, prefix: str, wanted: Sequence[Topic]) -> None:
        admin = KafkaAdmin(self.bootstrap, prefix)
        admin.create(wanted)
        admin.close()

    def delete(self, names: Sequence[str]) -> None:
        """Delete topics, and wait until they are gone."""
        admin: Any = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        for name in names:
            try:
                admin.delete_topics([name])
            except UnknownTopicOrPartitionError:
                continue
        while set(names) & set(admin.list_topics()):
            time.sleep(0.05)
        admin.close()

    def create_book(self, prefix: str, lanes: int) -> None:
        """All topics of a monitor."""
        self.create(prefix, topics(lanes))

    def forget_outputs(self, prefix: str, lanes: int) -> None:
        """What came of the book's inputs is gone; the inputs stay."""
        self.delete([prefix + name for name in _OUTPUTS])
        self.create_book(prefix, lanes)
        store = redis.Redis.from_url(self.redis_url)
        store.flushdb()
        store.close()


@contextmanager
def local_servers(name: str) -> Iterator[Servers]:
    """Servers of this benchmark alone, on this process's core; what they store goes at the end."""
    folder = BUILD / "bench" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    kafka = LocalKafka(folder / "kafka", settings=ONE_CORE, heap="1g")
    store = LocalRedis(folder / "redis")
    try:
        kafka.start()
        store.start()
        yield Servers(kafka.bootstrap, store.url, folder)
    finally:
        kafka.discard()
        store.discard()
