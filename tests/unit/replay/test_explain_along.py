"""An explanation along the journal is the one from the file."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from features.catalogue import NAMES
from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.adapters.topics import JOURNAL
from streams.explain.journal import DiffersError, batch_of, decided, explain_along
from streams.explain.story import explain
from streams.lane.engine import LaneEngine
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from streams.replay.walk import Walk, journal_of
from tests.integration.feed import STAMP, engine_maker, evaluator, placed
from tests.oracle.books import story_book

LANES = 2


@pytest.fixture(name="lines", scope="module")
def _lines() -> list[bytes]:
    return story_book(5, 25, 8)


@pytest.fixture(name="log", scope="module")
def _log(lines: list[bytes]) -> MemoryLog:
    log, store = MemoryLog(fetch_most=50), MemoryStore()
    for record in placed(lines, LANES):
        log.append(record.topic, record.partition, record.value, record.key, STAMP)
    for lane in range(LANES):
        tuning = Tuning(merge_idle=0.0, batch_records=60)
        asyncio.run(LaneRunner(lane, log, store, engine_maker(), tuning=tuning).run(to_end=True))
    return log


def telling_engine(lane: int) -> LaneEngine:
    return LaneEngine(lane, evaluator(), learns=False, features=NAMES)


def silent(*_: object) -> None: ...


async def told_along(log: MemoryLog, name: str) -> Any:
    found = await decided(log, LANES, name, silent)
    assert found is not None
    cuts = await journal_of(log, found.lane)
    count = batch_of(found, cuts)  # batches are numbered from 1
    walk = Walk(log, telling_engine(found.lane))
    return count < len(cuts), await explain_along(walk, cuts[:count], found.cardholder, name, silent)


def test_decisions_are_told_as_from_the_file(log: MemoryLog, lines: list[bytes]) -> None:
    cut_short = 0
    for lane in range(LANES):
        records = [json.loads(record.value or b"") for record in log.read("risk-decisions", lane)]
        alerts = [record for record in records if record["kind"] == "alert"]
        actions = [record for record in records if record["kind"] == "limit_action"]
        for record in (alerts[1], actions[len(actions) // 2]):
            early, along = asyncio.run(told_along(log, record["id"]))
            cut_short += early
            from_file = explain(
                lines, evaluator(), record["cardholder_id"], action=record["id"], lanes=LANES, learns=False
            )
            assert along == from_file
            assert record in along["decisions"][0]["records"]
    assert cut_short, "not all of them were made in the last batch"


def test_a_cardholder_is_told_as_from_the_file(log: MemoryLog, lines: list[bytes]) -> None:
    key = log.read("risk-decisions", 1)[0].key
    assert key is not None

    async def along() -> Any:
        walk = Walk(log, telling_engine(1))
        return await explain_along(walk, await journal_of(log, 1), key.decode(), None, silent)

    told = asyncio.run(along())
    assert told == explain(lines, evaluator(), key.decode(), lanes=LANES, learns=False)
    assert told["at_the_end"]["facts"]


@pytest.mark.parametrize("name", ["000000000000.l1", "ch-1", "000000000000.e1", "000000000000.e1.a1"])
def test_what_was_never_decided_is_not_found(log: MemoryLog, name: str) -> None:
    assert asyncio.run(decided(log, LANES, name, silent)) is None


def test_what_was_not_decided_so_is_not_explained(log: MemoryLog) -> None:
    record = json.loads(log.read("risk-decisions", 0)[5].value or b"")
    other = MemoryLog(log.fetch_most)
    other._partitions = dict(log._partitions)
    other._partitions["repayments", 0] = [
        type(one)(one.key, b"{", one.stamp, one.headers) for one in log.read("repayments", 0)
    ]
    assert other.read(JOURNAL, 0)
    with pytest.raises(DiffersError, match="replay --lane 0"):
        asyncio.run(told_along(other, record["id"]))
