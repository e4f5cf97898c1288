"""A lane is killed at any point, and its store may lose its tail or everything: the log shows none of it."""

from __future__ import annotations

import asyncio
import copy
import random
from typing import TYPE_CHECKING, Any

import pytest

from streams.adapters.memory_log import MemoryLog, MemoryPublisher
from streams.adapters.memory_store import MemoryStore
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from streams.ports.failures import LostError, UnreachableError, UnusableError
from tests.integration.feed import STAMP, engine_maker, expected, placed
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.ports.outbox import Cut, Message
    from streams.ports.store import Commit, Lease

LANES = 2


class CrashError(Exception):
    """The process is gone."""


class Fate:
    """Decides what goes wrong."""

    def __init__(self, seed: int, chance: float) -> None:
        self.rng = random.Random(seed)
        self.chance = chance
        self.active = True

    def strike(self) -> None:
        if self.active and self.rng.random() < self.chance:
            raise self.rng.choice((CrashError, UnreachableError))("as the test wants")


class FatedPublisher(MemoryPublisher):
    fate: Fate

    async def publish(self, messages: Sequence[Message], cuts: Sequence[Cut], progress: Cut) -> None:
        self.fate.strike()
        await super().publish(messages, cuts, progress)
        self.fate.strike()


class FatedLog(MemoryLog):
    def __init__(self, fate: Fate) -> None:
        super().__init__(fetch_most=7)
        self.fate = fate

    def publisher(self, lane: int) -> MemoryPublisher:
        publisher = FatedPublisher(self, lane)
        publisher.fate = self.fate
        return publisher


class FatedStore(MemoryStore):
    """May also forget: `saved` are states it may fall back to."""

    def __init__(self, fate: Fate, *, forgets: bool) -> None:
        super().__init__()
        self.fate = fate
        self.forgets = forgets
        self.saved: list[Any] = [{}]

    async def commit(self, lease: Lease, commit: Commit, sent: int) -> None:
        self.fate.strike()
        await super().commit(lease, commit, sent)
        if self.forgets and self.fate.rng.random() < 0.3:
            self.saved.append(copy.deepcopy(self.lanes))
        self.fate.strike()

    def forget(self) -> None:
        self.lanes = copy.deepcopy(self.fate.rng.choice(self.saved))


def survive(log: FatedLog, store: FatedStore, lane: int, fate: Fate) -> int:
    crashes = 0
    while True:
        fate.active = crashes < 60
        tuning = Tuning(
            merge_idle=0.0,
            batch_records=fate.rng.choice((3, 10, 40)),
            retry_first=0.0005,
            retry_most=0.001,
            quiet_batches=fate.rng.choice((2, 16)),
        )
        runner = LaneRunner(lane, log, store, engine_maker(), tuning=tuning)
        try:
            asyncio.run(runner.run(to_end=True))
        except (CrashError, LostError, UnreachableError):  # the last: it was to end, and left some unsent
            crashes += 1
            if fate.active and store.forgets and fate.rng.random() < 0.4:
                store.forget()
        except UnusableError:  # the store fell back to a past that was not the log's
            crashes += 1
            del store.lanes[lane]
        else:
            return crashes


@pytest.mark.parametrize("forgets", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_lost_or_doubled(seed: int, *, forgets: bool) -> None:
    fate = Fate(seed, 0.2)
    lines = story_book(seed, 15, 6)
    log, store = FatedLog(fate), FatedStore(fate, forgets=forgets)
    for record in placed(lines, LANES):
        log.append(record.topic, record.partition, record.value, record.key, STAMP)
    wanted = expected(lines, LANES)
    crashes = 0
    for lane in range(LANES):
        crashes += survive(log, store, lane, fate)
        found = [(record.key, record.value) for record in log.read("risk-decisions", lane)]
        assert found == wanted.decisions[lane]
        letters = [dict(record.headers) for record in log.read("dead-letters", lane)]
        places = [(letter["source_topic"].decode(), int(letter["source_offset"])) for letter in letters]
        assert len(places) == len(set(places))
        assert set(places) == {(topic, offset) for _, topic, _, offset in wanted.dead[lane]}
    assert crashes > 3


def test_without_a_journal_what_was_sent_is_counted() -> None:
    fate = Fate(1, 0.0)
    lines = story_book(1, 15, 6)
    log, store = FatedLog(fate), FatedStore(fate, forgets=False)
    for record in placed(lines, LANES):
        log.append(record.topic, record.partition, record.value, record.key, STAMP)
    wanted = expected(lines, LANES)
    survive(log, store, 0, fate)
    last = log.read("lane-progress", 0)[-1]
    for _ in range(3):  # the store is gone, then everything is taken again, even cut anew
        store.lanes.clear()
        log._partitions["lane-journal", 0] = []
        survive(log, store, 0, fate)
        assert [(r.key, r.value) for r in log.read("risk-decisions", 0)] == wanted.decisions[0]
        assert len(log.read("dead-letters", 0)) == len(wanted.dead[0])
    assert log.read("lane-progress", 0)[-1] != last
