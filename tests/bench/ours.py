"""One run of our worker over a backlog: how fast, at what cost, and whether it decided what it must."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from streams.adapters.topics import DEAD_LETTERS, DECISIONS
from tests.bench.cores import SERVERS, WORKER
from tests.bench.marks import pace
from tests.bench.reading import count_all, read_all
from tests.bench.reference import Decided, decided
from tests.bench.sampled import spent_between
from tests.bench.workers import Run, StuckError

if TYPE_CHECKING:
    from tests.bench.book import Feed
    from tests.bench.marks import Pace

WARM_SHARE: Final = 0.25
"""Of the events: what a run is not measured over at its start, besides the accounts ..."""
END_SHARE: Final = 0.97
"""... and where measuring ends: the lanes do not come to their ends at the same time."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run."""

    pace: Pace
    peak_mb: int
    decided: Decided
    stages: dict[str, float]
    """Processor microseconds per event, if it was sampled; `waiting` is what is left of the wall clock."""


class DeadLettersError(RuntimeError):
    """Records of the book, which are all good, became dead letters."""


def run_ours(
    feed: Feed,
    name: str,
    *,
    sampled: bool = False,
    workers: int = 1,
    settings: dict[str, str] | None = None,
) -> Measured:
    """Forget what runs before left, start workers over the backlog, and stop them when all is committed."""
    feed.servers.forget_outputs(feed.prefix, feed.lanes)
    run = Run(feed, name, **(settings or {}))
    file = feed.servers.folder / f"{name}.jsonl" if sampled else None
    try:
        with ExitStack() as stack:
            started = [stack.enter_context(run.worker(core, file)) for core in (WORKER, SERVERS)[:workers]]
            marks = run.watch(feed.records)
            peak = run.peak_mb()
            codes = [worker.stop() for worker in started]
        if any(codes):
            raise StuckError(f"workers ended with {codes}\n{run.logs()}")
    finally:
        run.close()
    first = feed.accounts + int(feed.events * WARM_SHARE)
    last = feed.accounts + int(feed.events * END_SHARE)
    steady = pace(marks, first, last)
    stages = {}
    if file is not None:
        inside = [mark.at for mark in marks if first <= mark.events <= last]
        spent = spent_between(file, inside[0], inside[-1])
        total = sum(spent.values())
        stages = {stage: round(steady.cpu_us * took / total, 3) for stage, took in spent.items()}
        waited = 1e6 / steady.per_second - steady.cpu_us  # of two clocks, which differ a little
        stages["waiting"] = round(max(0.0, waited), 3)
    return Measured(steady, peak, published(feed), stages)


def published(feed: Feed) -> Decided:
    """What is on the topic of decisions. Raises when a record became a dead letter."""
    dead = count_all(feed.servers.bootstrap, feed.prefix + DEAD_LETTERS, feed.lanes)
    if dead:
        raise DeadLettersError(f"{dead} records of the book became dead letters")
    topic = feed.prefix + DECISIONS
    return decided(
        [record.value for record in read_all(feed.servers.bootstrap, topic, lane)]
        for lane in range(feed.lanes)
    )
