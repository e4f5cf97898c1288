"""A batch is sent beside its commit, so the log may be ahead of the store by one; it is repeated then."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from streams.adapters.memory_store import MemoryStore
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from tests.integration.feed import engine_maker, expected
from tests.integration.test_runner_in_memory import decisions, drain, filled
from tests.oracle.books import book_lanes, story_book

if TYPE_CHECKING:
    from streams.adapters.memory_log import MemoryLog
    from streams.ports.store import Commit, Lease

SEED = 3
BATCH = 40
TURNS = 1_000


class GoneError(Exception):
    """The process is gone."""


class Late(MemoryStore):
    """Its first commit of a batch that decides waits until that is readable in the log, and then is lost."""

    def __init__(self, log: MemoryLog) -> None:
        super().__init__()
        self._log = log
        self.lost = 0

    async def commit(self, lease: Lease, commit: Commit, sent: int) -> None:
        given = 0 if commit.entry is None else commit.cut.counts[0]
        if given and not self.lost:
            for _ in range(TURNS):
                if len(decisions(self._log, lease.lane)) == given:
                    self.lost = commit.cut.batch
                    raise GoneError
                await asyncio.sleep(0)
            pytest.fail("nothing was sent before the store had it")
        await super().commit(lease, commit, sent)


def told_by_the_next_owner(log: MemoryLog, store: MemoryStore, lane: int) -> list[str]:
    events: list[str] = []
    tuning = Tuning(merge_idle=0.0, batch_records=BATCH)
    runner = LaneRunner(
        lane, log, store, engine_maker(), tuning=tuning, tell=lambda event, **_: events.append(event)
    )
    asyncio.run(runner.run(to_end=True))
    return events


def test_what_was_sent_and_not_committed_is_repeated_and_not_sent_again() -> None:
    lines, lanes = story_book(SEED, 30, 7), book_lanes(SEED)
    log = filled(lines, lanes)
    wanted = expected(lines, lanes)
    for lane in range(lanes):
        store = Late(log)
        with pytest.raises(GoneError):
            drain(log, store, lane, batch_records=BATCH)
        kept, before = store.lanes[lane].cut, decisions(log, lane)
        assert before == wanted.decisions[lane][: len(before)]
        assert before
        assert (0 if kept is None else kept.batch) == store.lost - 1
        events = told_by_the_next_owner(log, store, lane)
        assert "lane_replays" in events
        assert "replay_differs" not in events
        assert decisions(log, lane) == wanted.decisions[lane]
