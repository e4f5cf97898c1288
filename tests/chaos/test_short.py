"""The driver in short: a few faults against the workers, and against an agent that is not up to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from deploy.kafka.local import LocalKafka
from deploy.redis.local import LocalRedis
from tests.chaos.book import Book, make_book
from tests.chaos.play import Play, play_backlog, play_live
from tests.chaos.workforce import NAIVE
from tests.services.fixtures import unless_unavailable

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.e2e, pytest.mark.chaos, pytest.mark.timeout(600)]

LANES = 3
BROKEN = ["kill", "redis_tail", "kafka_reset", "zombie", "flush_all"]


@pytest.fixture(scope="module")
def book() -> Book:
    return make_book(5, 150, 8, repeats=4)


@pytest.fixture(autouse=True)
def _servers_can_run(tmp_path: Path) -> None:
    with unless_unavailable():
        LocalKafka(tmp_path).check_possible()
        LocalRedis(tmp_path).check_possible()


def play(
    folder: Path, book: Book, kinds: list[str], *, batch_records: int = 4, program: list[str] | None = None
) -> Play:
    folder.mkdir()
    return Play(
        folder=folder,
        book=book,
        lanes=LANES,
        seed=5,
        kinds=kinds,
        faults=len(kinds),
        tell=print,
        batch_records=batch_records,
        program=program,
        calm_seconds=60 if program == NAIVE else 400,  # some of its lanes may never come to their end
        idle_too=True,
    )


def test_faults_amid_a_backlog(tmp_path: Path, book: Book) -> None:
    done, verdict = play_backlog(play(tmp_path / "round", book, BROKEN))
    assert done.unfinished is None
    assert not done.ended
    assert done.faults == dict.fromkeys(BROKEN, 1)
    assert verdict.good, verdict.examples
    assert verdict.records > 100
    assert verdict.states > 150


def test_faults_amid_a_live_feed(tmp_path: Path, book: Book) -> None:
    kinds = ["kill", "flush_all", "kafka_reset", "duplicated_sends"]
    done, verdict = play_live(play(tmp_path / "round", book, kinds), rate=400)
    assert done.unfinished is None
    assert not done.ended
    assert done.faults == dict.fromkeys(kinds, 1)
    assert verdict.good, verdict.examples
    assert verdict.records > 0


def test_the_driver_catches_an_agent_that_is_only_at_least_once(tmp_path: Path, book: Book) -> None:
    calm = replace(play(tmp_path / "calm", book, [], program=NAIVE), calm_seconds=400)
    done, verdict = play_backlog(calm)
    assert verdict.good, "on an undisturbed day it is right"
    kinds = ["kill", "flush_all"]
    done, verdict = play_backlog(play(tmp_path / "round", book, kinds, program=NAIVE))
    assert done.faults == dict.fromkeys(kinds, 1)
    assert verdict.doubled, "what was sent before the flush is sent again"
    assert not verdict.good
