"""Redis fails over to a replica that lacks the last second, or loads for long: nothing lost or doubled."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import redis

from deploy.process import HOST
from deploy.redis.local import LocalRedis
from streams.ports.outbox import cut_from_json
from tests.chaos.proxy import Link, Proxy
from tests.integration.feed import placed
from tests.integration.journal import check
from tests.integration.test_refusals import report
from tests.integration.workers import Site, until
from tests.oracle.books import story_book
from tests.services.fixtures import unless_unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.workers import Process
    from tests.services.servers import KafkaServer

pytestmark = [pytest.mark.integration, pytest.mark.chaos]


class Pair:
    """A Redis, its replica, and the one address behind which one of them is."""

    def __init__(self, folder: Path) -> None:
        self.first = LocalRedis(folder / "first")
        self.second = LocalRedis(folder / "second", settings={"replicaof": f"{HOST} {self.first.port}"})
        self.link = Link()
        self.link.target = self.first.port
        self.proxy = Proxy(self.link)

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.link.port}/0"

    def fail_over(self) -> None:
        """The first dies, and its address is the second's."""
        self.first.kill()
        self.link.target = self.second.port
        self.proxy.reset(self.link)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    found = Pair(tmp_path)
    try:
        with unless_unavailable(), found.proxy:
            found.first.start()
            found.second.start()
            yield found
    finally:
        found.first.discard()
        found.second.discard()


def batches(url: str, site: Site) -> list[int]:
    """How far each lane is in a Redis."""
    with redis.Redis.from_url(url) as client:
        cuts = [client.hget(f"{{{site.namespace}:{lane}}}:meta", "cut") for lane in range(site.lanes)]
    return [cut_from_json(cut).batch if cut else 0 for cut in cuts]


def test_a_replica_that_lacks_the_last_second_takes_over(
    kafka: KafkaServer, pair: Pair, topic_prefix: str, tmp_path: Path
) -> None:
    """What was sent meanwhile is ahead of what the new Redis has (R < K); it does not know the scripts."""
    site = Site(kafka, pair, topic_prefix, 4, tmp_path)
    lines = story_book(4, 40, 9)
    third = len(lines) // 3
    with site.worker(BATCH_RECORDS="5") as worker:
        worker.wait_for("lane_claimed", count=site.lanes)
        site.produce(placed(lines[:third], site.lanes))
        site.wait_until_done(60)
        until(lambda: batches(pair.second.url, site) == batches(pair.first.url, site), 60, site.logs)
        with redis.Redis.from_url(pair.second.url) as replica:
            replica.replicaof("NO", "ONE")  # from here on it misses what the other confirms
        site.produce(placed(lines[third : 2 * third], site.lanes))
        site.wait_until_done(60)
        until(lambda: site.unsent() == 0, 30, site.logs)
        assert all(map(int.__lt__, batches(pair.second.url, site), batches(pair.first.url, site)))
        pair.fail_over()
        # A lane that has nothing to commit misses nothing.
        site.produce(placed(lines[2 * third :], site.lanes))
        worker.wait_for("lane_lost", 60, count=site.lanes)
        site.wait_until_done(90)
        assert worker.stop() == 0
        assert worker.named("lane_replayed")
        assert not worker.named("lane_failed")
        assert not worker.named("replay_differs")
    check(site)


def said(worker: Process) -> str:
    """Why its lanes wait."""
    return " ".join(one["why"] for lane in report(worker)["lanes"] for one in lane["why"])


def test_redis_loads_for_long(kafka: KafkaServer, topic_prefix: str, tmp_path: Path) -> None:
    """It answers LOADING until it has read its file: lanes pause, say so, and go on."""
    server = LocalRedis(tmp_path / "redis")
    with unless_unavailable():
        server.start()
    try:
        site = Site(kafka, server, topic_prefix, 4, tmp_path)
        lines = story_book(4, 40, 9)
        with redis.Redis.from_url(server.url) as client, client.pipeline(transaction=False) as many:
            for number in range(20_000):
                many.set(f"other-{number}", number)
            many.execute()
        with site.worker(BATCH_RECORDS="5", HEALTH_PORT="0") as worker:
            worker.wait_for("lane_claimed", count=site.lanes)
            server.stop()
            site.produce(placed(lines, site.lanes))
            server.settings["key-load-delay"] = "200"  # microseconds a command
            up = threading.Thread(target=server.start)
            up.start()
            until(
                lambda: any(
                    "Loading" in one["why"] for lane in report(worker)["lanes"] for one in lane["why"]
                ),
                30,
                site.logs,
            )
            assert report(worker)["status"] == "paused"
            up.join()
            site.wait_until_done(90)
            until(lambda: report(worker)["status"] == "running", 30, site.logs)
            assert worker.stop() == 0
            assert not worker.named("lane_failed")
        check(site)
    finally:
        server.discard()
