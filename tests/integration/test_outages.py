"""Kafka or Redis go away for a while: the worker waits, says so, and goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.feed import expected, placed
from tests.integration.test_refusals import metrics, report
from tests.integration.workers import Site, until
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from tests.integration.workers import Process
    from tests.services.servers import KafkaServer, RedisServer

pytestmark = [pytest.mark.integration, pytest.mark.chaos]


def silent(worker: Process, which: str) -> None:
    """It says that the server is away, in its health and in its metrics."""
    which = which.capitalize()
    until(lambda: not report(worker)["servers"][which]["answers"], 60, worker.log.read_text)
    assert not report(worker)["ready"]
    assert f'postloan_server_answers{{server="{which}"}} 0.0' in metrics(worker)


@pytest.mark.parametrize("how", ["restart", "crash", "freeze"])
@pytest.mark.parametrize("which", ["redis", "kafka"])
def test_a_server_goes_away(
    own_kafka: KafkaServer, own_redis: RedisServer, tmp_path: Path, which: str, how: str
) -> None:
    site = Site(own_kafka, own_redis, "o.", 4, tmp_path)
    lines = story_book(4, 40, 9)
    wanted = expected(lines, site.lanes, site.prefix)
    site.produce(placed(lines, site.lanes))
    server = own_redis if which == "redis" else own_kafka
    with site.worker(BATCH_RECORDS="10", HEALTH_PORT="0") as worker:
        worker.wait_for("lane_claimed", count=site.lanes)
        if how == "freeze":
            server.pause()
            silent(worker, which)
            server.resume()
        elif how == "crash":
            server.kill()
            silent(worker, which)
            server.start()
        else:
            server.restart()
        site.wait_until_sent(wanted, 90)
        until(lambda: report(worker)["ready"], 60, site.logs)
        assert worker.stop() == 0
        assert not worker.named("lane_failed")
    site.check(wanted)
