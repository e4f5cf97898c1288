"""The driver in short: a few faults against the workers, and against an agent that is not up to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deploy.kafka.local import LocalKafka
from deploy.redis.local import LocalRedis
from tests.chaos.arena import Arena
from tests.chaos.book import Book, make_book
from tests.chaos.compare import compare
from tests.chaos.driver import left
from tests.chaos.found import found
from tests.chaos.play import PREFIX, Play, play_backlog, play_live
from tests.chaos.undisturbed import undisturbed
from tests.chaos.workforce import NAIVE, Workforce
from tests.integration.feed import placed
from tests.integration.workers import Site, until
from tests.services.fixtures import unless_unavailable

if TYPE_CHECKING:
    from pathlib import Path

    from tests.chaos.compare import Verdict

pytestmark = [pytest.mark.e2e, pytest.mark.chaos, pytest.mark.timeout(600)]

LANES = 3
BROKEN = ["kill", "redis_tail", "kafka_reset", "zombie", "flush_all"]


@pytest.fixture(scope="module")
def book() -> Book:
    return make_book(5, 90, 6, repeats=4)


@pytest.fixture(autouse=True)
def _servers_can_run(tmp_path: Path) -> None:
    with unless_unavailable():
        LocalKafka(tmp_path).check_possible()
        LocalRedis(tmp_path).check_possible()


def play(folder: Path, book: Book, kinds: list[str]) -> Play:
    folder.mkdir()
    return Play(
        folder=folder,
        book=book,
        lanes=LANES,
        seed=5,
        kinds=kinds,
        faults=len(kinds),
        tell=print,
        batch_records=4,
        calm_seconds=400,
        pause=0.7,
        idle_too=True,
    )


def test_faults_amid_a_backlog(tmp_path: Path, book: Book) -> None:
    done, verdict = play_backlog(play(tmp_path / "round", book, BROKEN))
    assert done.unfinished is None
    assert not done.ended
    assert done.faults == dict.fromkeys(BROKEN, 1)
    assert verdict.good, verdict.examples
    assert verdict.records > 50
    assert verdict.states > 90


def test_faults_amid_a_live_feed(tmp_path: Path, book: Book) -> None:
    kinds = ["kill", "flush_all", "kafka_reset", "duplicated_sends"]
    done, verdict = play_live(play(tmp_path / "round", book, kinds), rate=400)
    assert done.unfinished is None
    assert not done.ended
    assert done.faults == dict.fromkeys(kinds, 1)
    assert verdict.good, verdict.examples
    assert verdict.records > 0


def test_an_agent_that_is_only_at_least_once_is_caught(tmp_path: Path, book: Book) -> None:
    wanted = undisturbed(book.lines, LANES, PREFIX)
    with Arena(tmp_path) as arena:
        site = Site(arena.direct, arena.direct, PREFIX, LANES, tmp_path)
        site.produce(placed(book.lines, LANES))
        ends = site.ends()
        workforce = Workforce(site, {"BATCH_RECORDS": "200"} | arena.disturbed, NAIVE)

        def work() -> Verdict:
            workforce.join()
            until(lambda: left(site, ends) == 0, 120, site.logs)
            workforce.stop_all()
            return compare(wanted, found(site))

        try:
            calm = work()
            assert calm.good, "on an undisturbed day it is right"
            arena.command("FLUSHALL")
            verdict = work()
        finally:
            workforce.kill_all()
    assert verdict.doubled == verdict.records == calm.records, "what was sent before the flush is sent again"
    assert not verdict.good
