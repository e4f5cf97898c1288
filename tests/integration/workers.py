"""Workers as processes of their own, over a real Kafka and a real Redis."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kafka import KafkaProducer

from features.inbound.layout import TOPICS
from streams.adapters.kafka_admin import KafkaAdmin
from streams.adapters.redis_view import RedisView
from streams.adapters.topics import topics
from streams.ports.outbox import cut_from_json, unpack_entry
from tests.contract.kafka_under_test import committed
from tests.integration.feed import STAMP, Expected, Placed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT = Path(__file__).resolve().parents[2]
SLACK = 3.0
"""So many times as long a wait may take on a machine whose processor others want too."""
START = "import sys; from streams.cli import main; sys.argv = ['postloan', 'worker']; main()"


def leash() -> list[str]:
    """A worker must not outlive a test run that is killed."""
    setpriv = shutil.which("setpriv")
    return [] if setpriv is None else [setpriv, "--pdeathsig", "KILL"]


class Bootstrap(Protocol):
    """Where Kafka is."""

    @property
    def bootstrap(self) -> str: ...


class Url(Protocol):
    """Where Redis is."""

    @property
    def url(self) -> str: ...


class Site:
    """A cluster, a store and names for one test; starts workers and looks at what they do."""

    def __init__(
        self, kafka: Bootstrap, redis: Url, prefix: str, lanes: int, folder: Path, *, cluster: bool = False
    ) -> None:
        self.kafka = kafka
        self.redis = redis
        self.cluster = cluster
        self.prefix = prefix
        self.lanes = lanes
        self.folder = folder
        self.started = 0
        admin = KafkaAdmin(kafka.bootstrap, prefix)
        admin.create(topics(lanes))
        admin.close()

    @property
    def namespace(self) -> str:
        return self.prefix.rstrip(".")

    def environment(self, **settings: str) -> dict[str, str]:
        mine = {
            "KAFKA_BOOTSTRAP": self.kafka.bootstrap,
            "REDIS_URL": self.redis.url,
            "TOPIC_PREFIX": self.prefix,
            "LANES": str(self.lanes),
            "GROUP": self.namespace,
            "STATE_NAMESPACE": self.namespace,
            "LEARNING": "false",
            "FLOOD_SHARE": "1",  # the books are wild: some have more bad records than a lane should bear
            "REDIS_CLUSTER": str(self.cluster).lower(),
        } | settings
        theirs = {name: value for name, value in os.environ.items() if not name.startswith("POSTLOAN_")}
        return theirs | {f"POSTLOAN_{name}": value for name, value in mine.items()}

    @contextmanager
    def worker(self, **settings: str) -> Iterator[Process]:
        self.started += 1
        log = self.folder / f"worker-{self.started}.log"
        with log.open("wb") as stderr, ExitStack() as stack:
            child = subprocess.Popen(
                [*leash(), sys.executable, "-c", START],
                cwd=ROOT,
                env=self.environment(**settings),
                stderr=stderr,
            )
            stack.callback(child.wait)
            stack.callback(child.kill)
            yield Process(child, log)

    def produce(self, records: Iterable[Placed], stamp: int | None = STAMP) -> None:
        producer = KafkaProducer(
            bootstrap_servers=self.kafka.bootstrap, linger_ms=20, max_request_size=4 * 1024 * 1024
        )
        for record in records:
            producer.send(
                self.prefix + record.topic,
                record.value,
                record.key,
                partition=record.partition,
                timestamp_ms=stamp,
                headers=list(record.headers),
            )
        producer.flush()
        producer.close()

    def produce_to(self, topic: str, values: Iterable[bytes], keys: Iterable[bytes] | None = None) -> None:
        """Append to the one partition of a topic of ours."""
        producer = KafkaProducer(bootstrap_servers=self.kafka.bootstrap, linger_ms=20)
        for value, key in zip_longest(values, keys or ()):
            producer.send(self.prefix + topic, value, key, partition=0)
        producer.flush()
        producer.close()

    def notices(self) -> list[dict[str, Any]]:
        """What lanes said of the model."""
        return [
            json.loads(one.value) for lane in range(self.lanes) for one in self.read("model-events", lane)
        ]

    def ends(self) -> list[tuple[int, ...]]:
        """The end of each input topic, by lane."""
        admin = KafkaAdmin(self.kafka.bootstrap, self.prefix)
        by_topic = [admin.ends(topic) for topic in TOPICS]
        admin.close()
        return [tuple(ends[lane] for ends in by_topic) for lane in range(self.lanes)]

    def cuts(self) -> list[tuple[int, ...]]:
        """How far each lane has committed."""
        view = RedisView(self.redis.url, self.namespace, cluster=self.cluster)
        found = [view._redis.hget(f"{{{self.namespace}:{lane}}}:meta", "cut") for lane in range(self.lanes)]
        view.close()
        return [cut_from_json(cut).offsets if cut else (0,) * 7 for cut in found]

    def unsent(self) -> int:
        """Messages that are committed but, as far as the store knows, not sent."""
        view = RedisView(self.redis.url, self.namespace, cluster=self.cluster)
        left = [
            entry
            for lane in range(self.lanes)
            for entry in view._redis.lrange(f"{{{self.namespace}:{lane}}}:outbox", 0, -1)
        ]
        view.close()
        return sum(len(unpack_entry(entry).messages) for entry in left)

    def wait_until_done(self, seconds: float = 60.0) -> None:
        """Until all that is on the input topics is committed."""
        ends = self.ends()
        until(lambda: self.cuts() == ends, seconds, lambda: f"{self.cuts()} is not {ends}\n{self.logs()}")

    def wait_until_sent(self, wanted: Expected, seconds: float = 60.0) -> None:
        """Until as many decisions and dead letters are out as must be."""
        self.wait_until_done(seconds)
        decisions = sum(map(len, wanted.decisions))
        dead = sum(map(len, wanted.dead))
        until(
            lambda: (
                sum(map(len, map(self.decisions, range(self.lanes)))) >= decisions
                and sum(map(len, map(self.dead, range(self.lanes)))) >= dead
            ),
            seconds,
            self.logs,
        )

    def logs(self) -> str:
        return "\n".join(log.read_text()[-4000:] for log in sorted(self.folder.glob("worker-*.log")))

    def read(self, topic: str, lane: int) -> list[Any]:
        return committed(self.kafka.bootstrap, self.prefix + topic, lane)

    def decisions(self, lane: int) -> list[Any]:
        return self.read("risk-decisions", lane)

    def dead(self, lane: int) -> list[tuple[str, str, int, int]]:
        return [place_of(record) for record in self.read("dead-letters", lane)]

    def check(self, wanted: Expected) -> None:
        """All that had to come out did, once, and nothing else."""
        for lane in range(self.lanes):
            decisions = self.decisions(lane)
            assert [(record.key, record.value) for record in decisions] == wanted.decisions[lane], self.logs()
            assert [list(record.headers) for record in decisions] == wanted.headers[lane]
            dead = self.dead(lane)
            assert len(dead) == len(set(dead))
            assert set(dead) == wanted.dead[lane]


def place_of(record: Any) -> tuple[str, str, int, int]:
    told = {name: value.decode() for name, value in record.headers}
    return told["error_code"], told["source_topic"], int(told["source_partition"]), int(told["source_offset"])


class Process:
    """A worker."""

    def __init__(self, child: subprocess.Popen[bytes], log: Path) -> None:
        self.child = child
        self.log = log

    def events(self) -> list[dict[str, Any]]:
        found = []
        for line in self.log.read_text().splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                found.append({"event": "not JSON", "line": line})
        return found

    def named(self, event: str) -> list[dict[str, Any]]:
        return [found for found in self.events() if found["event"] == event]

    def wait_for(self, event: str, seconds: float = 60.0, count: int = 1) -> list[dict[str, Any]]:
        until(lambda: len(self.named(event)) >= count, seconds, lambda: f"no {event}\n{self.log.read_text()}")
        return self.named(event)

    def stop(self) -> int:
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(75)

    def kill(self) -> None:
        self.child.kill()
        self.child.wait(10)


def until(holds: Callable[[], bool], seconds: float, why: Callable[[], str]) -> None:
    """Wait until it holds: some seconds on a quiet machine, more where others want the processor too."""
    deadline = time.monotonic() + SLACK * seconds
    while not holds():
        assert time.monotonic() < deadline, why()
        time.sleep(0.1)
