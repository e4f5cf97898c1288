from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from features.catalogue import MODEL_NAMES
from models.lessons import Observation
from streams.adapters.kafka_log import KafkaNames
from streams.adapters.memory_store import MemoryStore
from streams.lane.messages import Delivery
from streams.worker import school as schools
from streams.worker.school import School

if TYPE_CHECKING:
    from aiokafka import TopicPartition


@dataclass
class Record:
    offset: int
    value: bytes


class Topic:
    """A consumer of one partition that has all of these."""

    def __init__(self, records: list[Record]) -> None:
        self.records = records
        self.place = 0

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def assign(self, partitions: Any) -> None: ...

    async def beginning_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, 0)

    async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, len(self.records))

    def seek(self, _: TopicPartition, place: int) -> None:
        self.place = place

    async def position(self, _: TopicPartition) -> int:
        return self.place

    async def getmany(self, *, timeout_ms: int, max_records: int) -> dict[int, list[Record]]:
        given = self.records[self.place : self.place + max_records]
        self.place += len(given)
        return {0: given}


def lesson(n: int) -> Record:
    features = tuple(float(n % 7 + column) for column in range(len(MODEL_NAMES)))
    observation = Observation(f"c{n}", "s1", n, features, 0.1)
    return Record(n, msgspec.json.encode(Delivery(observation=observation)))


async def published(_: bytes, __: bytes) -> None: ...


def tell(*_: Any, **__: Any) -> None: ...


def test_who_is_cut_short_amid_a_turn_misses_no_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    topic = Topic([lesson(n) for n in range(700)])
    monkeypatch.setattr(schools, "new_consumer", lambda *_: topic)
    monkeypatch.setattr(schools, "TURN_SECONDS", -1.0)  # others have their turn after every lesson

    async def goes_to_school() -> tuple[int, list[int]]:
        store = MemoryStore()
        school = School(KafkaNames("nowhere:1", "", "school"), store, published, tell)
        await school.open()
        turns = []
        for patience in (3, 200, 4):
            learning = asyncio.create_task(school.learn())
            for _ in range(patience):
                await asyncio.sleep(0)
            learning.cancel()
            with pytest.raises(asyncio.CancelledError):
                await learning
            turns.append(len(school._classroom.joiner))
        await school.learn()
        await school.close()
        kept = await store.get_pieces("classroom")
        assert kept is not None
        assert kept.covers == len(topic.records)
        return len(school._classroom.joiner), turns

    learned, turns = asyncio.run(goes_to_school())
    assert 0 < turns[0] < turns[1] <= turns[2] < 500
    assert learned == 700
