"""Redis loses everything while workers run: lanes begin at checkpoints, and nothing is lost or doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import redis

from streams.checkpoint.depot import Depot
from tests.integration.feed import expected, placed
from tests.integration.workers import until
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from tests.integration.workers import Site

pytestmark = [pytest.mark.integration, pytest.mark.chaos]


def test_redis_is_emptied_amid_a_backlog(site: Site) -> None:
    lines = story_book(7, 60, 9)
    wanted = expected(lines, site.lanes, site.prefix)
    records = placed(lines, site.lanes)
    folder = str(site.folder / "checkpoints")
    settings = {"CHECKPOINTS": folder, "CHECKPOINT_RECORDS": "150", "CHECKPOINT_KEEP": "2"}
    depot = Depot(folder, site.namespace)
    site.produce(records)
    with redis.Redis.from_url(site.redis.url) as client, site.worker(BATCH_RECORDS="6", **settings) as worker:
        until(lambda: all(depot.kept(lane) for lane in range(site.lanes)), 90, site.logs)
        client.flushall()
        taken = worker.wait_for("lane_takes_checkpoint", count=site.lanes)
        assert {found["lane"] for found in taken} == set(range(site.lanes))
        assert all(found["batch"] > 0 for found in taken)
        site.wait_until_sent(wanted)
        assert not worker.named("replay_differs")
        assert worker.stop() == 0
        for failed in worker.named("checkpoint_failed"):
            assert "LostError" in failed["why"], "only what was under way when Redis was emptied"
        known = [client.hgetall(f"{{{site.namespace}:{lane}}}:rows") for lane in range(site.lanes)]
        states = [client.hget(f"{{{site.namespace}:{lane}}}:meta", "state") for lane in range(site.lanes)]
    site.check(wanted)
    assert max(len(depot.kept(lane)) for lane in range(site.lanes)) == 2

    with redis.Redis.from_url(site.redis.url) as client:  # and the log alone gives the same state
        client.flushall()
        with site.worker() as other:
            other.wait_for("lane_replayed", count=site.lanes)
            site.wait_until_done()
            assert other.stop() == 0
            assert not other.named("lane_takes_checkpoint")
        assert [client.hgetall(f"{{{site.namespace}:{lane}}}:rows") for lane in range(site.lanes)] == known
        assert [
            client.hget(f"{{{site.namespace}:{lane}}}:meta", "state") for lane in range(site.lanes)
        ] == states
    site.check(wanted)
