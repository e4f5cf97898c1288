"""What a cardholder takes in a real Redis, all keys of the lane counted."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import redis

from features.inbound.layout import TOPICS
from features.packing import pack_rows
from features.row import NEVER_DUE, ROW
from features.tiles import TILE
from streams.adapters.redis_store import RedisStore
from streams.lane.persistence import lane_state, rows_of
from streams.ports.lines import lines_of
from streams.ports.outbox import Cut
from streams.ports.store import Commit
from streams.simulator import simulate
from tests.integration.feed import engine_maker
from tests.lanes import log_of, put

if TYPE_CHECKING:
    from streams.lane.engine import LaneEngine
    from tests.services.servers import RedisServer

pytestmark = pytest.mark.integration
CARDHOLDERS = 120
PACKED, IN_REDIS, IN_LEDGER = 800, 1_100, 3_072
"""Bytes a cardholder may take: the median packed row, all keys of the lane, a row in memory and its lists."""


@pytest.fixture(scope="module")
def lived() -> LaneEngine:
    """A lane after a year of some twenty transactions a month and cardholder."""
    engine: LaneEngine = engine_maker()(0)
    for topic, values in enumerate(log_of([r.value for r in simulate(CARDHOLDERS, 12, 11)])):
        if values:
            put(engine, topic, 0, list(values))
    engine.begin(np.zeros(len(TOPICS), np.bool_))
    engine.run()
    return engine


def test_a_row_is_small(lived: LaneEngine) -> None:
    packed = pack_rows(lived.ledger, np.arange(len(lived.ledger)))
    assert len(packed) == CARDHOLDERS
    assert np.median(packed.sizes) <= PACKED
    ledger = lived.ledger
    lists = (ledger.payments, ledger.unpaid)
    entries = sum((len(pool.entries) - int(pool.free[1])) * pool.entries.itemsize for pool in lists)
    tiles = int(ledger.rows["tile_count"][:CARDHOLDERS].sum()) * TILE.itemsize
    assert ROW.itemsize + (entries + tiles) / CARDHOLDERS <= IN_LEDGER


def test_a_cardholder_takes_little_in_redis(
    lived: LaneEngine, redis_server: RedisServer, redis_namespace: str
) -> None:
    asyncio.run(_commit(lived, redis_server.url, redis_namespace))
    with redis.Redis.from_url(redis_server.url) as client:
        reply: Any = client.keys(f"{{{redis_namespace}:0}}:*")
        assert f"{{{redis_namespace}:0}}:rows".encode() in reply
        sizes = [int(client.execute_command("MEMORY USAGE", key, "SAMPLES", 0)) for key in reply]
    assert sum(sizes) / CARDHOLDERS <= IN_REDIS


async def _commit(engine: LaneEngine, url: str, namespace: str) -> None:
    """All rows in some batches, and under each date who is due."""
    store = RedisStore(url, namespace)
    try:
        lease = (await store.claim(0)).lease
        rows, due = rows_of(engine, range(len(engine.ledger))), engine.ledger.due
        for batch, first in enumerate(range(0, len(rows), 50), 1):
            dates: dict[int, list[str]] = defaultdict(list)
            for slot in range(first, min(first + 50, len(rows))):
                if due[slot] != NEVER_DUE:
                    dates[int(due[slot])].append(engine.ledger.ids[slot])
            commit = Commit(
                Cut(batch, (batch,) * len(TOPICS)),
                batch - 1,
                lane_state(engine),
                rows.part(first, first + 50),
                None,
                due={day: lines_of(names) for day, names in dates.items()},
                indexed=True,
            )
            await store.commit(lease, commit, 0)
    finally:
        await store.close()
