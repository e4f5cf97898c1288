from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from features.catalogue import MODEL_NAMES
from models.lessons import Observation
from streams.adapters.kafka_log import KafkaNames
from streams.adapters.memory_store import MemoryStore
from streams.lane.messages import Delivery
from streams.ports.failures import UnreachableError
from streams.worker import school as schools
from streams.worker.school import School


class Topic:
    """The topic learning; who reads it breaks once it has given so many."""

    TOGETHER = 500

    def __init__(self, records: list[bytes], breaks_at: int | None = None) -> None:
        self.records = records
        self.breaks_at = breaks_at
        self.reached = self.start = 0
        self.opened: list[int] = []

    async def open(self, _: KafkaNames, offset: int) -> Topic:
        self.reached = offset
        self.opened.append(offset)
        return self

    async def refresh(self) -> None: ...

    @property
    def unread(self) -> bool:
        return self.reached < len(self.records)

    async def take(self) -> list[tuple[int, bytes]]:
        if self.breaks_at is not None and self.reached >= self.breaks_at:
            self.breaks_at = None
            raise UnreachableError("gone")
        given = list(enumerate(self.records))[self.reached : self.reached + self.TOGETHER]
        self.reached += len(given)
        return given

    async def close(self) -> None: ...


def lesson(n: int) -> bytes:
    features = tuple(float(n % 7 + column) for column in range(len(MODEL_NAMES)))
    observation = Observation(f"c{n}", "s1", n, features, 0.1)
    return msgspec.json.encode(Delivery(observation=observation))


async def published(_: bytes, __: bytes) -> None: ...


def tell(*_: Any, **__: Any) -> None: ...


def test_who_is_cut_short_amid_a_turn_misses_no_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    topic = Topic([lesson(n) for n in range(700)])
    monkeypatch.setattr(schools, "KafkaLessons", topic)
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


def test_who_cannot_read_on_reads_anew_from_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    topic = Topic([lesson(n) for n in range(700)], breaks_at=500)
    monkeypatch.setattr(schools, "KafkaLessons", topic)

    async def goes_to_school() -> int:
        school = School(KafkaNames("nowhere:1", "", "school"), MemoryStore(), published, tell)
        await school.open()
        with pytest.raises(UnreachableError):
            await school.learn()
        await school.learn()
        await school.close()
        return len(school._classroom.joiner)

    assert asyncio.run(goes_to_school()) == 700
    assert topic.opened == [0, 500]
