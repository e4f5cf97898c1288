"""A worker that is told to stop does, whoever has gone away before."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.feed import expected, placed
from tests.integration.workers import Site
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from tests.services.servers import KafkaServer, RedisServer

pytestmark = [pytest.mark.integration, pytest.mark.chaos]


@pytest.mark.parametrize(
    ("which", "how"), [("kafka", "kill"), ("kafka", "pause"), ("redis", "kill"), ("both", "pause")]
)
def test_it_stops_though_a_server_is_gone(
    own_kafka: KafkaServer, own_redis: RedisServer, tmp_path: Path, which: str, how: str
) -> None:
    site = Site(own_kafka, own_redis, "g.", 4, tmp_path)
    lines = story_book(4, 40, 9)
    wanted = expected(lines, site.lanes, site.prefix)
    site.produce(placed(lines, site.lanes))
    gone: list[KafkaServer | RedisServer] = []
    gone += [own_kafka] if which in {"kafka", "both"} else []
    gone += [own_redis] if which in {"redis", "both"} else []
    with site.worker(BATCH_RECORDS="10") as worker:
        worker.wait_for("lane_claimed", count=site.lanes)
        for server in gone:
            getattr(server, how)()
        time.sleep(3)
        assert worker.stop() == (0 if which == "redis" else 3)
        assert len(worker.events()) < 1_000, "the log was flooded"
    for server in gone:
        if how == "kill":
            server.start()
        else:
            server.resume()
    with site.worker() as worker:
        site.wait_until_sent(wanted, 90)
        assert worker.stop() == 0
    site.check(wanted)
