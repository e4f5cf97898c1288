"""How lanes share a worker's memory, and who leaves it first."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.lane.room import Room
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from tests.integration.feed import STAMP, engine_maker

TUNING = Tuning(merge_idle=0.0, batch_records=4)


def test_a_lane_alone_has_all_and_gives_way_to_others() -> None:
    room = Room(90)
    assert room.most_for(0) == 90
    room.note(0, 90)
    assert room.most_for(1) == 45
    room.note(1, 40)
    assert (room.most_for(0), room.most_for(1), room.most_for(2)) == (50, 45, 30)
    room.note(0, 50)
    room.note(2, 0)
    assert [room.most_for(lane) for lane in range(3)] == [50, 40, 30]
    room.leave(0)
    assert (room.most_for(1), room.most_for(2)) == (90, 50)


def test_each_lane_may_have_one() -> None:
    room = Room(2)
    for lane in range(12):
        room.note(lane, 1)
    assert room.most_for(0) == 1


def snapshots(lane: int, names: list[str], day: int, *, status: str = "active") -> MemoryLog:
    log = MemoryLog()
    add(log, lane, names, day, status=status)
    return log


def add(log: MemoryLog, lane: int, names: list[str], day: int, *, status: str = "active") -> None:
    for name in names:
        account: dict[str, Any] = {
            "kind": "account_updated",
            "event_id": f"{name}.{day}",
            "cardholder_id": name,
        }
        account |= {"occurred_at": f"2024-03-{day:02}T00:00:00Z", "status": status}
        account |= {"credit_limit": 10_000, "exemptions": []}
        log.append("accounts", lane, json.dumps(account).encode(), name.encode(), STAMP)


def test_lanes_of_a_worker_share_one_bound() -> None:
    names = [f"h{number}" for number in range(40)]
    log, store, room = snapshots(0, names, 1), MemoryStore(), Room(24)
    add(log, 1, names, 1)

    async def test() -> list[int]:
        lanes = [LaneRunner(lane, log, store, engine_maker(), tuning=TUNING, room=room) for lane in range(2)]
        tasks = []
        for runner in lanes:
            tasks.append(asyncio.create_task(runner.run()))
            async with asyncio.timeout(300):
                await runner.caught_up.wait()
        add(log, 0, names[:1], 2)
        add(log, 1, names[:1], 2)
        async with asyncio.timeout(300):
            while [runner.taken for runner in lanes] != [41, 41]:  # noqa: ASYNC110  # it sets no event
                await asyncio.sleep(0.01)
        for runner in lanes:
            runner.stop()
        await asyncio.gather(*tasks)
        return [len(runner.engine.ledger) for runner in lanes]

    first, second = asyncio.run(test())
    assert first >= 1
    assert second >= 1
    assert first + second <= 24 + 2 * TUNING.batch_records
    assert len(store.lanes[0].rows) == len(store.lanes[1].rows) == 40


def test_closed_accounts_leave_first() -> None:
    store = MemoryStore()
    log = snapshots(0, ["a", "b", "c", "d"], 1)
    add(log, 0, ["x", "y"], 2, status="closed")
    add(log, 0, ["e"], 2)
    tuning = Tuning(merge_idle=0.0, batch_records=100, cache_rows=5)
    runner = LaneRunner(0, log, store, engine_maker(), tuning=tuning)
    asyncio.run(runner.run(to_end=True))
    assert sorted(filter(None, runner.engine.ledger.ids)) == ["a", "b", "c", "d", "e"]
    assert sorted(store.lanes[0].rows) == ["a", "b", "c", "d", "e", "x", "y"]
