"""How many records a lane waits for before a batch begins."""

from __future__ import annotations

import asyncio

import pytest

from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from tests.integration.feed import STAMP, engine_maker
from tests.unit.lane.flooded import good

TRANSACTIONS = "transactions"
TUNING = Tuning(merge_idle=0.0, batch_records=100, fill_share=0.5, fill_patience=60.0)


@pytest.mark.parametrize(
    ("records", "batches"),
    [
        (400, [100, 200, 300, 400]),  # far behind: whole batches, though each fetch brings only ten
        (59, [10, 20, 30, 40, 50, 59]),  # what waits in the log is no half of a batch: nothing is waited for
    ],
)
def test_only_who_is_far_behind_waits_for_whole_batches(records: int, batches: list[int]) -> None:
    log = MemoryLog(fetch_most=10)
    for number in range(records):
        log.append(TRANSACTIONS, 0, good(number), b"c1", STAMP)
    lane = LaneRunner(0, log, MemoryStore(), engine_maker(), tuning=TUNING)
    asyncio.run(lane.run(to_end=True))
    cuts = asyncio.run(log.cuts(0, 0))
    place = next(n for n, offset in enumerate(cuts[-1].offsets) if offset)
    assert [cut.offsets[place] for cut in cuts] == batches
