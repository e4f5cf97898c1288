from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from streams.ports.failures import UnreachableError
from tests.integration.feed import STAMP, engine_maker, expected, placed
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from streams.ports.log import Fetched, LaneReader


class Dying:
    """Reads a few times; from then on it never does again."""

    def __init__(self, reader: LaneReader, lives: int) -> None:
        self._reader = reader
        self._lives = lives
        self.unread = reader.unread
        self.reached = reader.reached
        self.behind = reader.behind
        self.refresh = reader.refresh
        self.close = reader.close

    async def fetch(self, topics: Collection[int], wait: float) -> list[Fetched]:
        self._lives -= 1
        if self._lives < 0:
            raise UnreachableError("its connection's task has ended")
        return await self._reader.fetch(topics, wait)


class DyingReaders(MemoryLog):
    """A log none of whose readers lives long."""

    def __init__(self, fetch_most: int, lives: int) -> None:
        super().__init__(fetch_most)
        self._lives = lives
        self.opened = 0

    async def reader(self, lane: int, offsets: Sequence[int]) -> LaneReader:  # type: ignore[override]
        self.opened += 1
        return Dying(await super().reader(lane, offsets), self._lives)


@pytest.mark.parametrize("lives", [1, 3])
def test_a_reader_that_does_not_come_back_is_replaced_by_another(lives: int) -> None:
    lines = story_book(4, 20, 6)
    log = DyingReaders(200, lives)
    for record in placed(lines, 1):
        log.append(record.topic, record.partition, record.value, record.key, STAMP)
    tuning = Tuning(merge_idle=0.0, batch_records=100, retry_first=0.001, retry_most=0.001)
    runner = LaneRunner(0, log, MemoryStore(), engine_maker(), tuning=tuning)
    asyncio.run(runner.run(to_end=True))
    assert log.opened > 3
    sent = [(record.key, record.value) for record in log.read("risk-decisions", 0)]
    assert sent == expected(lines, 1).decisions[0]
