"""Workers over a real Redis Cluster of three nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import redis
from typer.testing import CliRunner

from streams.cli.app import app
from tests.integration.feed import expected, placed
from tests.integration.workers import Site
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from pathlib import Path

    from deploy.redis.cluster import LocalRedisCluster
    from tests.services.servers import KafkaServer

pytestmark = [pytest.mark.integration, pytest.mark.chaos]


def test_lanes_on_three_nodes_of_which_one_is_restarted(
    kafka: KafkaServer, redis_cluster: LocalRedisCluster, topic_prefix: str, tmp_path: Path
) -> None:
    site = Site(kafka, redis_cluster, topic_prefix, 6, tmp_path, cluster=True)
    lines = story_book(4, 40, 9)
    wanted = expected(lines, site.lanes, site.prefix)
    site.produce(placed(lines, site.lanes))
    with site.worker(BATCH_RECORDS="10") as worker:
        worker.wait_for("lane_claimed", count=site.lanes)
        redis_cluster.nodes[1].restart()
        site.wait_until_sent(wanted, 90)
        assert worker.stop() == 0
        assert not worker.named("lane_failed")
    site.check(wanted)
    lanes_on = []
    for node in redis_cluster.nodes:
        with redis.Redis.from_url(node.url) as client:
            lanes_on.append(len(client.keys(f"{{{site.namespace}:*}}:meta")))
    assert sum(lanes_on) == site.lanes
    assert sum(count > 0 for count in lanes_on) >= 2, "all lanes fell on one node"
    told = CliRunner().invoke(app, ["doctor"], env=site.environment())
    assert "Redis maxmemory-policy        noeviction" in told.output
    assert "mend  Redis" not in told.output
