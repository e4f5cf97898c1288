"""The log in memory: the embedded default, and the twin that Kafka's adapter is tested against."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from features.inbound.layout import TOPICS
from features.inbound.spans import Spans
from streams.adapters.topics import JOURNAL, LEARNING, PROGRESS
from streams.ports.failures import FencedError
from streams.ports.log import Fetched, Topic
from streams.ports.outbox import FLOW_TOPICS, Cut, Message, cut_from_json, cut_to_json

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Sequence

FETCH_MOST = 4_000
"""Records of one topic in one fetch."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it lies in a partition."""

    key: bytes | None
    value: bytes | None
    stamp: int
    headers: list[tuple[str, bytes]] = field(default_factory=list)


class MemoryLog:
    """Partitions as lists; an offset is a place in its list."""

    def __init__(self, fetch_most: int = FETCH_MOST) -> None:
        self.fetch_most = fetch_most
        self._partitions: dict[tuple[str, int], list[Stored]] = {}
        self._topics: dict[str, Topic] = {}
        self._waiting: set[asyncio.Event] = set()
        self.publishers: dict[int, int] = {}
        """How many publishers were opened for each lane: only the newest may publish."""

    def create(self, topics: Sequence[Topic]) -> list[str]:
        missing = [topic for topic in topics if topic.name not in self._topics]
        self._topics.update((topic.name, topic) for topic in missing)
        return [topic.name for topic in missing]

    def partitions(self) -> dict[str, int]:
        return {topic.name: topic.partitions for topic in self._topics.values()}

    def ends(self, name: str) -> list[int]:
        return [len(self.read(name, partition)) for partition in range(self._topics[name].partitions)]

    def close(self) -> None:
        """Nothing is open."""

    def append(
        self,
        topic: str,
        partition: int,
        value: bytes | None,
        key: bytes | None = None,
        stamp: int | None = None,
        headers: list[tuple[str, bytes]] | None = None,
    ) -> int:
        """Put a record at the end of a partition; its offset. Without a stamp it is stamped now."""
        records = self._partitions.setdefault((topic, partition), [])
        records.append(
            Stored(key, value, time.time_ns() // 1_000_000 if stamp is None else stamp, headers or [])
        )
        for waiter in self._waiting:
            waiter.set()
        return len(records) - 1

    def read(self, topic: str, partition: int) -> list[Stored]:
        """All records of a partition."""
        return self._partitions.get((topic, partition), [])

    async def wait(self, seconds: float) -> None:
        """Wait until something was appended, or so long."""
        news = asyncio.Event()
        self._waiting.add(news)
        try:
            await asyncio.wait_for(news.wait(), seconds)
        except TimeoutError:
            return
        finally:
            self._waiting.discard(news)

    async def starts(self, lane: int) -> list[int]:  # noqa: ARG002  # the port's
        return [0] * len(TOPICS)

    async def reader(self, lane: int, offsets: Sequence[int]) -> MemoryReader:
        return MemoryReader(self, lane, offsets)

    def publisher(self, lane: int) -> MemoryPublisher:
        return MemoryPublisher(self, lane)

    async def cuts(self, lane: int, after: int) -> list[Cut]:
        found = (cut_from_json(record.value or b"") for record in self.read(JOURNAL, lane))
        by_batch = {cut.batch: cut for cut in found if cut.batch > after}
        return [by_batch[batch] for batch in sorted(by_batch)]

    async def sent(self, lane: int, flow: int) -> AsyncGenerator[list[Message]]:
        yield [
            Message(flow, record.key, record.value, record.headers)
            for record in self.read(FLOW_TOPICS[flow], lane)
        ]


class MemoryReader:
    """Reads lists."""

    def __init__(self, log: MemoryLog, lane: int, offsets: Sequence[int]) -> None:
        self._log = log
        self._lane = lane
        self._next = list(offsets)

    async def fetch(self, topics: Collection[int], wait: float) -> list[Fetched]:
        found = [run for topic in sorted(topics) if (run := self._take(topic))]
        if not found and wait > 0:
            await self._log.wait(wait)
            found = [run for topic in sorted(topics) if (run := self._take(topic))]
        return found

    def _take(self, topic: int) -> Fetched | None:
        first = self._next[topic]
        records = self._log.read(TOPICS[topic], self._lane)[first : first + self._log.fetch_most]
        if not records:
            return None
        self._next[topic] += len(records)
        return Fetched(
            topic,
            np.arange(first, first + len(records), dtype=np.int64),
            Spans.of([record.value for record in records]),
            Spans.of([record.key for record in records]),
            np.array([record.stamp for record in records], np.int64),
        )

    def unread(self, topic: int) -> bool:
        return self.behind(topic) > 0

    def reached(self, topic: int) -> int:
        return self._next[topic]

    def behind(self, topic: int) -> int:
        return len(self._log.read(TOPICS[topic], self._lane)) - self._next[topic]

    async def refresh(self) -> None:
        """Always up to date."""

    async def close(self) -> None:
        """Nothing is open."""


class MemoryPublisher:
    """Appends to lists, all or nothing because nothing comes between."""

    def __init__(self, log: MemoryLog, lane: int) -> None:
        self._log = log
        self._lane = lane
        self._turn = 0

    async def open(self) -> Cut | None:
        self._turn = self._log.publishers[self._lane] = self._log.publishers.get(self._lane, 0) + 1
        progress = self._log.read(PROGRESS, self._lane)
        return cut_from_json(progress[-1].value or b"") if progress else None

    async def publish(self, messages: Sequence[Message], cuts: Sequence[Cut], progress: Cut) -> None:
        if self._turn != self._log.publishers.get(self._lane):
            raise FencedError(f"lane {self._lane} has a newer publisher")
        for message in messages:
            topic = FLOW_TOPICS[message.flow]
            partition = 0 if topic == LEARNING else self._lane
            self._log.append(topic, partition, message.value, message.key, headers=message.headers)
        for cut in cuts:
            self._log.append(JOURNAL, self._lane, cut_to_json(cut))
        self._log.append(PROGRESS, self._lane, cut_to_json(progress), str(self._lane).encode())

    async def close(self) -> None:
        """Nothing is open."""
