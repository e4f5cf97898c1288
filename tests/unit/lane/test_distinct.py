"""Counting cardholders while a batch is gathered, and the bound that it gives."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.lane.distinct import Distinct
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from tests.integration.feed import STAMP, engine_maker
from tests.unit.lane.flooded import good

TRANSACTIONS = "transactions"


def test_each_slot_counts_once_until_it_is_reset() -> None:
    distinct = Distinct()
    distinct.add(np.array([3, 3, -1, 5000]))
    distinct.add(np.array([5000, 4]))
    distinct.add(np.array([-1]))
    assert distinct.count == 3
    distinct.reset()
    distinct.add(np.array([3]))
    assert distinct.count == 1


@pytest.mark.parametrize(("holders", "most"), [(1000, 600), (10, 1000)])
def test_no_more_is_read_once_a_batch_is_of_enough_cardholders(holders: int, most: int) -> None:
    log = MemoryLog(fetch_most=100)
    for number in range(2000):
        holder = f"c{number % holders}"
        log.append(TRANSACTIONS, 0, good(number, holder), holder.encode(), STAMP)
    tuning = Tuning(merge_idle=0.0, batch_records=1000, batch_rows=800, fill_patience=60.0)
    asyncio.run(LaneRunner(0, log, MemoryStore(), engine_maker(), tuning=tuning).run(to_end=True))
    ends = [0, *(max(cut.offsets) for cut in asyncio.run(log.cuts(0, 0)))]
    assert max(np.diff(ends)) == most
    assert ends[-1] == 2000
