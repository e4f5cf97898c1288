"""What a lane holds in memory is bounded, whatever the backlog and however long nothing can be sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from features.inbound.layout import TOPICS
from streams.adapters.memory_log import MemoryLog, MemoryPublisher
from streams.adapters.memory_store import MemoryStore
from streams.lane.condition import PAUSED, RUNNING
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from tests.integration.feed import STAMP, engine_maker
from tests.unit.lane.flooded import good

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streams.ports.outbox import Cut, Message

MIB = 1024 * 1024
TUNING = Tuning(
    merge_idle=0.0,
    poll=0.01,
    batch_records=100,
    batch_bytes=4 * MIB,
    unsent_bytes=6 * MIB,
    send_patience=0.05,
)


class StoppedLog(MemoryLog):
    """Takes nothing as long as the gate is shut."""

    def __init__(self, fetch_most: int) -> None:
        super().__init__(fetch_most)
        self.gate = asyncio.Event()

    def publisher(self, lane: int) -> MemoryPublisher:
        return StoppedPublisher(self, lane)


class StoppedPublisher(MemoryPublisher):
    async def publish(self, messages: Sequence[Message], cuts: Sequence[Cut], progress: Cut) -> None:
        log = self._log
        assert isinstance(log, StoppedLog)
        await log.gate.wait()
        await super().publish(messages, cuts, progress)


def filled(log: MemoryLog, count: int) -> None:
    """A backlog of huge records, all refused, on two topics, and good ones between them."""
    huge = b"x" * (2 * MIB - 100)
    for number in range(count):
        log.append(TOPICS[0], 0, huge, b"c1", STAMP)
        log.append(TOPICS[3], 0, huge, b"c1", STAMP)
        log.append(TOPICS[3], 0, good(number), b"c1", STAMP)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(300):
        while not holds():  # noqa: ASYNC110  # the lane under test sets no event
            await asyncio.sleep(0.01)


def test_a_large_backlog_of_huge_records_while_nothing_can_be_sent() -> None:
    seen: list[tuple[int, int]] = []

    async def test() -> MemoryLog:
        log, store = (
            StoppedLog(fetch_most=2),
            MemoryStore(),
        )  # a fetch is bounded in bytes: so few come at once
        filled(log, 100)
        lane = LaneRunner(0, log, store, engine_maker(), tuning=TUNING)
        task = asyncio.create_task(lane.run())
        await until(lambda: lane.condition.state == PAUSED)
        assert "no answer to a transaction" in lane.condition.hindrances[0].why
        taken = -1
        while taken != lane.taken:  # it comes to rest
            taken = lane.taken
            await asyncio.sleep(0.3)
        seen.append((lane.condition.waiting_bytes, lane.sending._bytes))
        assert lane.taken < 300
        log.gate.set()
        await until(lambda: lane.intake.idle and lane.condition.unsent_batches == 0)
        assert lane.condition.state == RUNNING
        lane.stop()
        await task
        return log

    log = asyncio.run(test())
    (waiting, unsent) = seen[0]
    assert waiting <= 2 * (TUNING.batch_bytes + 4 * MIB)
    assert unsent <= TUNING.unsent_bytes + 2 * (2 * TUNING.batch_bytes + 8 * MIB)
    places = [dict(record.headers)["source_topic"] for record in log.read("dead-letters", 0)]
    assert sorted(set(places)) == [f"postloan.{TOPICS[0]}".encode(), f"postloan.{TOPICS[3]}".encode()]
    assert len(places) == 200
