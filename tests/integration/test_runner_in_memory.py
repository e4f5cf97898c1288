from __future__ import annotations

import asyncio
from typing import Any

import pytest

from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from tests.integration.feed import STAMP, engine_maker, expected, placed
from tests.oracle.books import book_lanes, story_book

PREFIX = "postloan."


def filled(lines: list[bytes], lanes: int, fetch_most: int = 4000) -> MemoryLog:
    log = MemoryLog(fetch_most)
    for record in placed(lines, lanes):
        log.append(record.topic, record.partition, record.value, record.key, STAMP)
    return log


def drain(log: MemoryLog, store: MemoryStore, lane: int, **tuning: Any) -> LaneRunner:
    runner = LaneRunner(lane, log, store, engine_maker(), tuning=Tuning(merge_idle=0.0, **tuning))
    asyncio.run(runner.run(to_end=True))
    return runner


def decisions(log: MemoryLog, lane: int) -> list[tuple[bytes | None, bytes | None]]:
    return [(record.key, record.value) for record in log.read("risk-decisions", lane)]


def dead(log: MemoryLog, lane: int) -> set[tuple[str, str, int, int]]:
    found = set()
    for record in log.read("dead-letters", lane):
        told = {name: value.decode() for name, value in record.headers}
        found.add(
            (
                told["error_code"],
                told["source_topic"],
                int(told["source_partition"]),
                int(told["source_offset"]),
            )
        )
    return found


@pytest.mark.parametrize("seed", [3, 4, 5])
@pytest.mark.parametrize("batch", [3, 50, 8192])
def test_a_backlog_gives_what_the_file_mode_gives(seed: int, batch: int) -> None:
    lines = story_book(seed, 30, 7)
    lanes = book_lanes(seed)
    log, store = filled(lines, lanes, batch), MemoryStore()
    wanted = expected(lines, lanes)
    for lane in range(lanes):
        drain(log, store, lane, batch_records=batch)
        assert decisions(log, lane) == wanted.decisions[lane]
        assert [r.headers for r in log.read("risk-decisions", lane)] == wanted.headers[lane]
        assert dead(log, lane) == wanted.dead[lane]
