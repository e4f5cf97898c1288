"""A server answers, but does not take what it is given: lanes pause, say so, and go on."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
import redis

from tests.integration.feed import expected, placed
from tests.integration.workers import Site, until
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.workers import Process
    from tests.services.servers import KafkaServer, RedisServer

pytestmark = [pytest.mark.integration, pytest.mark.chaos]


def report(worker: Process) -> dict[str, Any]:
    (told,) = worker.wait_for("health_listens")
    with urllib.request.urlopen(f"http://127.0.0.1:{told['port']}/health", timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def metrics(worker: Process) -> list[str]:
    """The lines that a scrape gives."""
    (told,) = worker.wait_for("health_listens")
    with urllib.request.urlopen(f"http://127.0.0.1:{told['port']}/metrics", timeout=10) as answer:
        found: str = answer.read().decode()
        return found.splitlines()


def check_waiting(worker: Process, server: str) -> None:
    """Health and metrics say that lanes wait for a server."""
    told = report(worker)
    assert told["status"] == "paused"
    assert not told["ready"]
    lines = metrics(worker)
    assert any(line.startswith("postloan_lane_state") and 'state="paused"} 1.0' in line for line in lines)
    waits = [line for line in lines if line.startswith("postloan_lane_waits_total{") and server in line]
    assert any(float(line.split()[-1]) > 0 for line in waits), lines


@pytest.mark.parametrize(
    ("how", "says"),
    [("read only", "ReadOnlyError"), ("full", "OutOfMemoryError"), ("slow", ""), ("forgets scripts", "")],
)
def test_redis_refuses_for_a_while(
    kafka: KafkaServer, own_redis: RedisServer, topic_prefix: str, tmp_path: Path, how: str, says: str
) -> None:
    site = Site(kafka, own_redis, topic_prefix, 4, tmp_path)
    lines = story_book(4, 40, 9)
    wanted = expected(lines, site.lanes, site.prefix)
    site.produce(placed(lines, site.lanes))
    with (
        redis.Redis.from_url(own_redis.url) as client,
        site.worker(BATCH_RECORDS="10", HEALTH_PORT="0") as worker,
    ):
        worker.wait_for("lane_claimed", count=site.lanes)
        if how == "read only":
            client.replicaof("127.0.0.1", 1)
        elif how == "full":
            client.config_set("maxmemory", "1mb")
        elif how == "slow":
            client.client_pause(4_000, all=True)
        else:
            client.script_flush()
        if says:
            until(
                lambda: any(says in one["why"] for lane in report(worker)["lanes"] for one in lane["why"]),
                60,
                site.logs,
            )
            check_waiting(worker, "Redis")
            time.sleep(1)
        if how == "read only":
            client.replicaof("NO", "ONE")
        elif how == "full":
            client.config_set("maxmemory", "0")
        site.wait_until_sent(wanted, 90)
        until(lambda: report(worker)["status"] == "running", 30, site.logs)
        assert worker.stop() == 0
        assert not worker.named("lane_failed")
    site.check(wanted)


def test_an_evicting_redis_is_refused(
    kafka: KafkaServer, own_redis: RedisServer, topic_prefix: str, tmp_path: Path
) -> None:
    site = Site(kafka, own_redis, topic_prefix, 4, tmp_path)
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        with site.worker() as worker:
            assert worker.child.wait(60) == 2
            (told,) = worker.named("worker_cannot_start")
        assert "maxmemory-policy is allkeys-lru" in told["why"]
        client.config_set("maxmemory-policy", "noeviction")
        with site.worker() as worker:
            worker.wait_for("lane_claimed", count=4)
            assert worker.stop() == 0
