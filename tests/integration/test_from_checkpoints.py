"""Checkpoints on demand, and what begins at them: also where the log has lost its beginning."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
import redis
from kafka import KafkaAdminClient, TopicPartition

from features.inbound.layout import TOPICS
from streams.adapters.kafka_log import KafkaLog, KafkaNames
from tests.integration.commands import run
from tests.integration.feed import placed
from tests.integration.kept import remembered, sent, wipe
from tests.integration.workers import until
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from tests.integration.workers import Site

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

LANE = "1"


async def offsets_of(site: Site, lane: int, batch: int) -> tuple[int, ...]:
    log = KafkaLog(KafkaNames(site.kafka.bootstrap, site.prefix, site.namespace))
    return next(cut.offsets for cut in await log.cuts(lane, batch - 1) if cut.batch == batch)


def cut_off(site: Site, lane: int, offsets: tuple[int, ...]) -> None:
    """Delete a lane's records before these offsets, as retention does."""
    before = zip(TOPICS, offsets, strict=True)
    admin = KafkaAdminClient(bootstrap_servers=site.kafka.bootstrap)
    admin.delete_records(
        {TopicPartition(site.prefix + topic, lane): offset for topic, offset in before if offset}
    )
    admin.close()


def replayed(site: Site, *words: str, place: str | None = None) -> dict[str, Any]:
    settings = {} if place is None else {"CHECKPOINTS": place}
    told = run(site, "replay", "--lane", LANE, "--json", *words, expect=0, **settings)
    found: dict[str, Any] = json.loads(told)
    assert found["same"] is True
    return found


def test_a_log_without_its_beginning(site: Site) -> None:
    lines = story_book(4, 40, 8)
    half = len(lines) // 2
    place = str(site.folder / "checkpoints")
    assert "POSTLOAN_CHECKPOINTS" in run(site, "checkpoints", "write", expect=2)
    with site.worker(BATCH_RECORDS="40", CHECKPOINTS=place) as worker:
        site.produce(placed(lines[:half], site.lanes))
        site.wait_until_done()
        written = json.loads(run(site, "checkpoints", "write", "--json", "--wait", "60", CHECKPOINTS=place))
        site.produce(placed(lines[half:], site.lanes))
        site.wait_until_done()
        until(lambda: site.unsent() == 0, 30, site.logs)
        assert worker.stop() == 0
    batches = {one["lane"]: one["batch"] for one in written}
    assert list(batches) == list(range(site.lanes))
    assert all(batches.values())

    decided = json.loads(site.decisions(int(LANE))[-1].value)["id"]
    told = run(site, "explain", decided, "--json", "--from-start", CHECKPOINTS=place)
    whole = replayed(site, "--from-start", place=place)
    assert whole["checkpoint"] is None
    last = str(whole["to"])
    assert replayed(site, "--from", last)["checkpoint"] is None, "no place for checkpoints is set"

    with redis.Redis.from_url(site.redis.url) as client:
        before = sent(site)
        known = [remembered(client, site.namespace, lane) for lane in range(site.lanes)]
        for lane, batch in batches.items():
            cut_off(site, lane, asyncio.run(offsets_of(site, lane, batch)))
        part = replayed(site, "--from", last, place=place)
        assert part["checkpoint"] == batches[int(LANE)]
        assert part["batches"] == 1
        assert run(site, "explain", decided, "--json", CHECKPOINTS=place) == told
        assert "dropped its beginning" in run(site, "replay", "--lane", LANE, expect=2, CHECKPOINTS=place)

        wipe(client, site.namespace)
        with site.worker() as worker:
            refused = worker.wait_for("lane_stands_still", count=site.lanes)
            assert all("dropped records from which to rebuild it" in one["why"] for one in refused)
            assert worker.stop() == 0
        assert not any(remembered(client, site.namespace, lane)[0] for lane in range(site.lanes))
        with site.worker(BATCH_RECORDS="40", CHECKPOINTS=place) as worker:
            taken = worker.wait_for("lane_takes_checkpoint", count=site.lanes)
            assert {one["lane"]: one["batch"] for one in taken} == batches
            worker.wait_for("lane_replayed", count=site.lanes)
            site.wait_until_done()
            assert worker.stop() == 0
            assert not worker.named("replay_differs")
        assert [remembered(client, site.namespace, lane) for lane in range(site.lanes)] == known
    assert sent(site) == before
