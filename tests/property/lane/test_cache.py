"""How few cardholders are in memory, where batches end and when a lane begins anew: it changes no bit."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, given, note, settings
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
    """Crashes now and then, commits now sooner and now later, and notes what is asked of it."""

    rng: random.Random = field(default_factory=lambda: random.Random(0))
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
        for _ in range(self.rng.randrange(6)):  # the lane goes on meanwhile
            await asyncio.sleep(0)
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
    make = engine_maker(learns=learns)
    for _ in range(400):
        runner = LaneRunner(0, log, store, make, tuning=tuning())
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
WAYS = 5
"""Ways tried with each book, which takes longer to invent than a lane takes to judge it."""


@dataclass(frozen=True)
class Way:
    """How a lane comes to the end of a book."""

    cache_rows: int
    batch: int
    """Records of a fetch, and of a batch at the most."""
    crashes: float
    """The chance of one before a commit, and of one behind it."""
    learns: bool
    seed: int

    def walk(self, lines: list[bytes]) -> tuple[MemoryLog, WatchedStore, LaneRunner]:
        rng = random.Random(self.seed)
        log, store = filled(lines, self.batch), WatchedStore(rng=rng, crashes=self.crashes)

        def tuning() -> Tuning:
            return Tuning(
                merge_idle=0.0, batch_records=rng.randint(1, self.batch), cache_rows=self.cache_rows
            )

        return log, store, run(log, store, tuning, learns=self.learns)


ways = st.builds(
    Way,
    cache_rows=st.sampled_from([1, 2, 3, 5, 9, 30]),
    batch=st.sampled_from([1, 3, 17, 200]),
    crashes=st.sampled_from([0.0, 0.02]),
    learns=st.booleans(),
    seed=st.integers(0, 10**6),
)


@settings(max_examples=6, deadline=None, phases=[Phase.generate])  # each takes seconds: no shrinking
@given(seed=st.integers(0, 10**6), few=st.lists(ways, min_size=WAYS, max_size=WAYS))
def test_few_in_memory(seed: int, few: list[Way]) -> None:
    lines = story_book(seed, 8, 6)
    decisions = expected(lines, 1).decisions[0]
    wholes = {}
    for learns in {way.learns for way in few}:
        wholes[learns] = filled(lines, 4_000), WatchedStore()
        run(*wholes[learns], lambda: Tuning(merge_idle=0.0), learns=learns)
        assert not {"due", "read"} & set(wholes[learns][1].asked)

    for way in few:
        note(str(way))
        whole_log, whole = wholes[way.learns]
        log, store, runner = way.walk(lines)
        assert sent(log, "risk-decisions") == sent(whole_log, "risk-decisions")
        assert sent(log, "learning") == sent(whole_log, "learning")
        if not way.learns:
            assert sent(log, "risk-decisions") == decisions
        assert store.lanes[0].state == whole.lanes[0].state
        assert store.lanes[0].rows == whole.lanes[0].rows
        assert len(runner.engine.ledger) <= way.cache_rows + SLACK


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
