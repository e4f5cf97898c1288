"""A lane that keeps few cardholders in memory, over a real Redis: what comes out, and how often it asks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.adapters.redis_clients import FastConnection
from streams.adapters.redis_store import RedisStore
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from tests.integration.feed import STAMP, engine_maker, expected, placed
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.ports.store import Store
    from tests.services.servers import RedisServer

pytestmark = pytest.mark.integration

PEOPLE = 400


@pytest.fixture
def sends(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One for each time that something is sent to Redis."""
    counted: list[int] = []
    send = FastConnection.send_packed_command

    async def counts(self: FastConnection, *args: Any, **more: Any) -> None:
        counted.append(1)
        await send(self, *args, **more)

    monkeypatch.setattr(FastConnection, "send_packed_command", counts)
    return counted


def purchases(day: str, rounds: int) -> Iterator[bytes]:
    """Everybody buys something, round by round, within one date."""
    for number in range(rounds * PEOPLE):
        yield msgspec.json.encode(
            {
                "kind": "transaction",
                "event_id": f"e{day}-{number}",
                "cardholder_id": f"c{number % PEOPLE}",
                "occurred_at": f"{day}T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z",
                "type": "purchase",
                "amount": 100 + number,
            }
        )


def filled(lines: list[bytes], log: MemoryLog | None = None) -> MemoryLog:
    log = log or MemoryLog()
    for record in placed(lines, 1):
        log.append(record.topic, record.partition, record.value, record.key, STAMP)
    return log


def drain(log: MemoryLog, store: Store, **tuning: Any) -> LaneRunner:
    async def run() -> LaneRunner:
        runner = LaneRunner(0, log, store, engine_maker(), tuning=Tuning(merge_idle=0.0, **tuning))
        await runner.run(to_end=True)
        await store.close()
        return runner

    return asyncio.run(run())


def rows(server: RedisServer, namespace: str) -> dict[str, bytes]:
    async def read() -> dict[str, bytes]:
        store = RedisStore(server.url, namespace)
        found = {name: row async for page in store.rows(0) for name, row in page}
        await store.close()
        return found

    return asyncio.run(read())


@pytest.mark.parametrize("cache_rows", [3, 20])
def test_few_in_memory(redis_server: RedisServer, redis_namespace: str, cache_rows: int) -> None:
    lines = story_book(5, 25, 7)
    log, twin = filled(lines), MemoryStore()
    drain(filled(lines), twin)
    store = RedisStore(redis_server.url, redis_namespace, rows_in_script=15)
    drain(log, store, cache_rows=cache_rows, batch_records=40)
    found = [(record.key, record.value) for record in log.read("risk-decisions", 0)]
    assert found == expected(lines, 1).decisions[0]
    assert rows(redis_server, redis_namespace) == twin.lanes[0].rows


def test_a_batch_takes_two_round_trips(
    redis_server: RedisServer, redis_namespace: str, sends: list[int]
) -> None:
    """One for the rows that are not in memory, one for the commit; a claim, a trim and loading aside."""
    log = filled(list(purchases("2026-03-01", 1)))
    drain(log, RedisStore(redis_server.url, redis_namespace), cache_rows=30)  # also loads the scripts
    filled(list(purchases("2026-03-02", 9)), log)
    before = len(sends)
    runner = drain(log, RedisStore(redis_server.url, redis_namespace), cache_rows=30, batch_records=200)
    assert runner.cut is not None
    batches = runner.cut.batch - 1
    assert batches >= 18
    others = len(sends) - before - 2 * batches
    assert others <= 18, "greeting three connections, looks at policy and lane, the claim, one date, the end"
    assert runner._cache.read >= 9 * PEOPLE


def test_a_lane_that_is_wholly_in_memory_reads_nothing(
    redis_server: RedisServer, redis_namespace: str, sends: list[int]
) -> None:
    warm = RedisStore(redis_server.url, redis_namespace)
    drain(filled(list(purchases("2026-03-01", 1))), warm)
    log = filled([*purchases("2026-03-02", 6), *purchases("2026-03-03", 3)])
    before = len(sends)
    runner = drain(log, RedisStore(redis_server.url, f"{redis_namespace}2"), batch_records=200)
    assert runner.cut is not None
    assert runner.cut.batch >= 18
    assert len(sends) - before - runner.cut.batch <= 13
    assert runner._cache.read == 0


def test_a_claim_reads_no_rows(redis_server: RedisServer, redis_namespace: str) -> None:
    log = filled(list(purchases("2026-03-01", 2)))
    drain(log, RedisStore(redis_server.url, redis_namespace))
    told: dict[str, dict[str, object]] = {}

    async def claim() -> None:
        store = RedisStore(redis_server.url, redis_namespace)
        runner = LaneRunner(
            0, log, store, engine_maker(), tell=lambda event, **facts: told.update({event: facts})
        )
        await runner.run(to_end=True)
        await store.close()

    asyncio.run(claim())
    assert told["lane_claimed"]["cardholders"] == PEOPLE
    assert told["lane_claimed"]["in_memory"] == 0
