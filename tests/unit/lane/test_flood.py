"""The gate that halts a lane when its feed is broken; over logs and stores in memory."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.lane.condition import HALTED, RUNNING, Condition
from streams.lane.flood import FloodGate, LastMinute, accept
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from streams.ports.failures import HaltedError
from tests.integration.feed import STAMP, engine_maker
from tests.unit.lane.flooded import bad, good

TUNING = Tuning(merge_idle=0.0, poll=0.01, batch_records=50, flood_least=20)


class Told:
    def __init__(self) -> None:
        self.events: list[str] = []

    def __call__(self, event: str, **facts: Any) -> None:
        self.events.append(event)


def gate(now: list[float], **tuning: Any) -> FloodGate:
    return FloodGate(MemoryStore(), Tuning(**tuning), Condition(0), Told(), clock=lambda: now[0])


@pytest.mark.parametrize(
    ("records", "dead", "halts"),
    [
        (3, 3, "no"),
        (199, 199, "no"),
        (200, 200, "yes"),
        (4_000, 200, "no"),
        (3_999, 200, "yes"),
        (10**6, 50_001, "yes"),
    ],
)
def test_a_share_and_a_number(records: int, dead: int, halts: str) -> None:
    assert gate([0.0]).over([0], records, dead) is (halts == "yes")


def test_it_is_the_last_minute_that_counts() -> None:
    now = [0.0]
    one = gate(now)
    assert not one.over([0], 120, 120)
    now[0] = 60.0
    assert one.over([0], 120, 120)
    now[0] = 120.1
    assert not one.over([0], 79, 79)
    minute = LastMinute(lambda: now[0])
    minute.note(5, 5)
    now[0] = 500.0
    minute.note(1, 0)
    assert (minute.records, minute.dead) == (1, 0)


def filled(values: list[bytes]) -> MemoryLog:
    log = MemoryLog()
    for value in values:
        log.append("transactions", 0, value, b"c1", STAMP)
    return log


FLOOD = [good(number) for number in range(200)] + [bad(number) for number in range(400)]


def runner(log: MemoryLog, store: MemoryStore, *, watched: bool = True) -> tuple[LaneRunner, Told]:
    told, condition = Told(), Condition(0)
    flood = FloodGate(store, TUNING, condition, told) if watched else None
    found = LaneRunner(
        0, log, store, engine_maker(), tuning=TUNING, tell=told, condition=condition, flood=flood
    )
    return found, told


async def until(holds: Any) -> None:
    async with asyncio.timeout(300):
        while not holds():  # noqa: ASYNC110  # the lane under test sets no event
            await asyncio.sleep(0.01)


def dead(log: MemoryLog) -> list[tuple[bytes | None, Any]]:
    return [(record.value, record.headers) for record in log.read("dead-letters", 0)]


def test_a_flood_halts_the_lane_and_the_operators_word_lets_it_pass() -> None:
    log, store = filled(FLOOD), MemoryStore()
    plain = filled(FLOOD)
    asyncio.run(runner(plain, MemoryStore(), watched=False)[0].run(to_end=True))

    async def test() -> None:
        lane, told = runner(log, store)
        task = asyncio.create_task(lane.run())
        await until(lambda: lane.condition.state == HALTED)
        assert lane.condition.dead_letters < TUNING.flood_least
        assert "postloan lanes resume 0" in lane.condition.hindrances[0].why
        await asyncio.sleep(0.1)
        assert told.events.count("lane_halted") == 1
        lane.stop()
        await task
        assert lane.left is None, "the batch held back has run in memory"

        lane, told = runner(log, store)  # the next owner takes it again, and halts again
        task = asyncio.create_task(lane.run())
        await until(lambda: lane.condition.state == HALTED)
        assert await accept(store, 0, [0, 0, 0, 500, 0, 0, 0])
        await until(lambda: lane.cut is not None and lane.cut.offsets[3] >= 500)
        await until(lambda: lane.condition.state == HALTED)  # what came later is watched again
        assert lane.cut is not None
        assert lane.cut.offsets[3] < 600
        assert await accept(store, 0, [0, 0, 0, 600, 0, 0, 0])
        await until(lambda: lane.condition.state == RUNNING and lane.intake.idle)
        lane.stop()
        await task
        assert told.events.count("lane_halted") == told.events.count("lane_goes_on") == 2

    asyncio.run(test())
    assert dead(log) == dead(plain)
    assert len(dead(log)) == 400


def test_a_word_given_before_counts_after_a_restart() -> None:
    log, store = filled(FLOOD), MemoryStore()

    async def test() -> Told:
        assert await accept(store, 0, [0, 0, 0, 600, 0, 0, 0])
        assert not await accept(store, 0, [0, 0, 0, 10, 0, 0, 0])
        lane, told = runner(log, store)
        await lane.run(to_end=True)
        return told

    assert "lane_halted" not in asyncio.run(test()).events
    assert len(dead(log)) == 400


def test_a_few_bad_records_do_not_halt() -> None:
    log = filled([good(number) for number in range(10)] + [bad(number) for number in range(3)])
    lane, told = runner(log, MemoryStore())
    asyncio.run(lane.run(to_end=True))
    assert "lane_halted" not in told.events
    assert len(dead(log)) == 3


def test_a_history_published_topic_by_topic_into_a_running_lane() -> None:
    """The first topic takes the lane's time to the end, and all of the second come too late: it says so."""
    log, store = MemoryLog(), MemoryStore()
    account = {"kind": "account_updated", "cardholder_id": "c1", "credit_limit": 1, "status": "active"}
    account |= {"event_id": "a1", "exemptions": [], "occurred_at": "2024-06-01T00:00:00Z"}

    async def test() -> str:
        lane, _ = runner(log, store)
        task = asyncio.create_task(lane.run())
        log.append("accounts", 0, json.dumps(account).encode(), b"c1", STAMP)
        await until(lambda: lane.taken == 1)
        for number in range(200):
            log.append("transactions", 0, good(number), b"c1", STAMP)
        await until(lambda: lane.condition.state == HALTED)
        why = lane.condition.hindrances[0].why
        assert lane.condition.dead_letters < TUNING.flood_least
        assert await accept(store, 0, [1, 0, 0, 200, 0, 0, 0])
        await until(lambda: lane.taken == 201)
        lane.stop()
        await task
        return why

    why = asyncio.run(test())
    assert "too_late" in why
    assert "stop the workers" in why
    assert "postloan lanes resume 0" in why
    assert len(dead(log)) == 200


def test_broken_records_are_not_told_as_late() -> None:
    log = filled(FLOOD)
    lane, _ = runner(log, MemoryStore())
    with pytest.raises(HaltedError, match="dead letters; mend the feed, or let them pass"):
        asyncio.run(lane.run(to_end=True))
