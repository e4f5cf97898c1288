"""How few cardholders are in memory, where batches end and when a lane begins anew: it changes no bit."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from rules.evaluate import Evaluator
from rules.rulebook import read_rulebook
from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.lane.engine import LaneEngine
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from tests.integration.feed import STAMP, engine_maker, expected, placed
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.ports.store import Commit, Lease


class CrashError(Exception):
    """The process is gone."""


@dataclass
class WatchedStore(MemoryStore):
    """Crashes now and then, and counts what is asked of it."""

    rng: random.Random = field(default_factory=random.Random)
    crashes: float = 0.0
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def strike(self) -> None:
        if self.rng.random() < self.crashes:
            raise CrashError

    async def read(self, lease: Lease, cardholders: Sequence[str]) -> list[bytes | None]:
        self.asked.append("read")
        assert len(set(cardholders)) == len(cardholders)
        return await super().read(lease, cardholders)

    async def due(self, lease: Lease, days: Sequence[int]) -> list[list[str]]:
        self.asked.append("due")
        return await super().due(lease, days)

    async def commit(self, lease: Lease, commit: Commit, sent: int) -> None:
        self.asked.append("commit")
        self.strike()
        await super().commit(lease, commit, sent)
        self.strike()


def filled(lines: list[bytes], fetch_most: int) -> MemoryLog:
    log = MemoryLog(fetch_most)
    for record in placed(lines, 1):
        log.append(record.topic, record.partition, record.value, record.key, STAMP)
    return log


def run(log: MemoryLog, store: WatchedStore, tuning: Any, *, learns: bool) -> LaneRunner:
    """A lane until its end, as often as it must be begun."""
    for _ in range(400):
        runner = LaneRunner(0, log, store, engine_maker(learns=learns), tuning=tuning())
        try:
            asyncio.run(runner.run(to_end=True))
        except CrashError:
            continue
        return runner
    raise AssertionError("it never came to its end")


def sent(log: MemoryLog, topic: str, what: bytes = b"") -> list[tuple[bytes | None, bytes | None]]:
    return [(record.key, record.value) for record in log.read(topic, 0) if what in (record.value or b"")]


SLACK = 4
"""Those of the last batch leave when the next one is taken."""


@settings(max_examples=30, deadline=None, phases=[Phase.generate])  # each takes a second: no shrinking
@given(
    seed=st.integers(0, 10**6),
    cache_rows=st.sampled_from([1, 2, 3, 5, 9, 30]),
    batch=st.sampled_from([1, 3, 17, 200]),
    crashes=st.sampled_from([0.0, 0.02]),
    learns=st.booleans(),
)
def test_few_in_memory(seed: int, cache_rows: int, batch: int, crashes: float, *, learns: bool) -> None:
    lines = story_book(seed, 8, 6)
    rng = random.Random(seed)

    whole_log, whole = filled(lines, 4_000), WatchedStore()
    run(whole_log, whole, lambda: Tuning(merge_idle=0.0), learns=learns)
    log, store = filled(lines, batch), WatchedStore(rng=rng, crashes=crashes)
    runner = run(
        log,
        store,
        lambda: Tuning(merge_idle=0.0, batch_records=rng.randint(1, batch), cache_rows=cache_rows),
        learns=learns,
    )

    assert sent(log, "risk-decisions") == sent(whole_log, "risk-decisions")
    assert sent(log, "learning") == sent(whole_log, "learning")
    if not learns:
        assert sent(log, "risk-decisions") == expected(lines, 1).decisions[0]
    one, other = store.lanes[0], whole.lanes[0]
    assert one.state == other.state
    assert one.rows == other.rows
    assert len(runner.engine.ledger) <= cache_rows + SLACK
    assert "due" not in whole.asked
    assert "read" not in whole.asked


IDLE = """rules:
  - id: idle
    title: Nothing heard of the account for long
    owner: Tests
    legal_basis: none
    when: account.snapshot_age >= 40
    because:
      en: Nothing was heard of the account for {observed} days.
      zh: 账户已有 {observed} 天没有消息。
    action: alert_only
    severity: P3
"""


def reads_more() -> Evaluator:
    text = files("rules").joinpath("default.yaml").read_text(encoding="utf-8")
    return Evaluator(read_rulebook(text.replace("rules:\n", IDLE, 1).replace("default-1", "more-2", 1)))


@pytest.mark.parametrize("cache_rows", [2, 9, 1_000])
@pytest.mark.parametrize("seed", [2, 7])
def test_a_rulebook_that_reads_more_wakes_all(seed: int, cache_rows: int) -> None:
    """Rows that are not in memory too are judged on the next date by what was not looked at before."""
    lines = story_book(seed, 10, 6)
    half = len(lines) // 2
    logs, stores = [], []
    for most in (cache_rows, 100_000):
        log, store = MemoryLog(50), WatchedStore()
        tuning = Tuning(merge_idle=0.0, cache_rows=most, batch_records=30)
        for part, make in (
            (lines[:half], engine_maker()),
            (lines[half:], partial(LaneEngine, evaluator=reads_more(), learns=False)),
        ):
            for record in placed(part, 1):
                log.append(record.topic, record.partition, record.value, record.key, STAMP)
            asyncio.run(LaneRunner(0, log, store, make, tuning=tuning).run(to_end=True))
        logs.append(log)
        stores.append(store)
    few, whole = logs
    assert sent(few, "risk-decisions") == sent(whole, "risk-decisions")
    assert stores[0].lanes[0].rows == stores[1].lanes[0].rows
    assert stores[0].lanes[0].state == stores[1].lanes[0].state
    assert sent(few, "risk-decisions", b'"id":"idle"')
