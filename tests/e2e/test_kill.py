"""The whole monitor as its user runs it: a worker is killed amid its work, again and again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.integration.feed import expected, placed
from tests.integration.workers import Site
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.servers import KafkaServer, RedisServer

pytestmark = [pytest.mark.e2e, pytest.mark.chaos]


def test_kill_9_loses_and_doubles_nothing(
    kafka: KafkaServer, redis_server: RedisServer, topic_prefix: str, tmp_path: Path
) -> None:
    site = Site(kafka, redis_server, topic_prefix, 4, tmp_path)
    lines = story_book(4, 60, 9)
    wanted = expected(lines, site.lanes, site.prefix)
    site.produce(placed(lines, site.lanes))
    kills = 0
    for nap in (0.0, 0.05, 0.1, 0.2):
        with site.worker(BATCH_RECORDS="4") as worker:
            worker.wait_for("lane_claimed")
            time.sleep(nap)
            kills += site.cuts() != site.ends()
            worker.kill()
    assert kills >= 2, "they were all too late"
    with site.worker() as worker:
        worker.wait_for(
            "lane_claimed"
        )  # it may find nothing left to do: stopped earlier it knows no signal yet
        site.wait_until_sent(wanted)
        assert worker.stop() == 0
    site.check(wanted)


def test_one_of_two_workers_is_killed(
    kafka: KafkaServer, redis_server: RedisServer, topic_prefix: str, tmp_path: Path
) -> None:
    site = Site(kafka, redis_server, topic_prefix, 4, tmp_path)
    lines = story_book(5, 60, 9)
    wanted = expected(lines, site.lanes, site.prefix)
    site.produce(placed(lines, site.lanes))
    with site.worker(BATCH_RECORDS="4") as first, site.worker(BATCH_RECORDS="4") as second:
        first.wait_for("lane_claimed")
        second.wait_for("lane_claimed")
        first.kill()
        site.wait_until_sent(wanted)
        assert second.stop() == 0
    site.check(wanted)
