"""A lane that comes back to the worker that had it goes on with what is in memory, if nobody had it since."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.lane.left import Left
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from tests.integration.feed import STAMP, engine_maker, placed
from tests.lanes import put
from tests.oracle.books import story_book

LINES = story_book(3, 20, 6)
NEWCOMER = (
    b'{"kind":"transaction","event_id":"n1","cardholder_id":"newcomer","occurred_at":"2024-01-01T00:00:00Z",'
    b'"type":"purchase","amount":1}'
)


def filled(log: MemoryLog, start: int, stop: int) -> MemoryLog:
    for record in placed(LINES, 1)[start:stop]:
        log.append(record.topic, record.partition, record.value, record.key, STAMP)
    return log


def run(log: MemoryLog, store: MemoryStore, left: Left | None = None) -> tuple[LaneRunner, dict[str, Any]]:
    told: dict[str, Any] = {}
    runner = LaneRunner(
        0,
        log,
        store,
        engine_maker(),
        tuning=Tuning(merge_idle=0.0),
        left=left,
        tell=lambda event, **facts: told.update({event: facts}),
    )
    asyncio.run(runner.run(to_end=True))
    return runner, told["lane_claimed"]


@pytest.fixture
def halves() -> tuple[MemoryLog, MemoryStore, LaneRunner, int]:
    log, store = MemoryLog(), MemoryStore()
    half = len(placed(LINES, 1)) // 2
    filled(log, 0, half)
    return log, store, run(log, store)[0], half


def sent(log: MemoryLog) -> list[tuple[bytes | None, bytes | None]]:
    return [(record.key, record.value) for record in log.read("risk-decisions", 0)]


def test_nobody_had_it(halves: tuple[MemoryLog, MemoryStore, LaneRunner, int]) -> None:
    log, store, first, half = halves
    twin_log, twin_store = MemoryLog(), MemoryStore()
    run(filled(twin_log, 0, half), twin_store)
    filled(log, half, 10**9)
    again, claimed = run(log, store, first.left)
    assert again.engine is first.engine
    assert claimed["in_memory"] == claimed["cardholders"] > 0
    run(filled(twin_log, half, 10**9), twin_store)  # without what was left
    assert sent(log) == sent(twin_log)
    assert store.lanes[0].rows == twin_store.lanes[0].rows
    assert store.lanes[0].state == twin_store.lanes[0].state


def test_somebody_had_it(halves: tuple[MemoryLog, MemoryStore, LaneRunner, int]) -> None:
    log, store, first, half = halves
    asyncio.run(store.claim(0))
    filled(log, half, 10**9)
    again, claimed = run(log, store, first.left)
    assert again.engine is not first.engine
    assert claimed["in_memory"] == 0


def test_the_store_went_back(halves: tuple[MemoryLog, MemoryStore, LaneRunner, int]) -> None:
    _, store, first, _ = halves
    assert first.left is not None
    store.lanes[0].state = b"another"
    claimed = asyncio.run(store.claim(0))
    assert not first.left.continues_in(claimed)


def test_what_waited_is_read_again(halves: tuple[MemoryLog, MemoryStore, LaneRunner, int]) -> None:
    log, store, first, half = halves
    put(first.engine, 3, 0, [NEWCOMER])
    assert len(first.engine.ledger) == len(store.lanes[0].rows) + 1
    filled(log, half, 10**9)
    again, claimed = run(log, store, first.left)
    assert again.engine is first.engine
    assert claimed["in_memory"] == claimed["cardholders"]
    assert len(again.engine.ledger) == len(store.lanes[0].rows)
    twin_log, twin_store = MemoryLog(), MemoryStore()
    run(filled(twin_log, 0, half), twin_store)
    run(filled(twin_log, half, 10**9), twin_store)
    assert sent(log) == sent(twin_log)
