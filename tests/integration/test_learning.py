"""Lessons go from lanes to the classroom and come back as models; a restart neither loses nor doubles one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import redis

from features.catalogue import MODEL_NAMES
from models.classroom import Classroom
from models.snapshot import Snapshot
from streams.lane.messages import delivery_of
from streams.simulator import simulate
from tests.integration.feed import placed
from tests.integration.workers import until

if TYPE_CHECKING:
    from tests.integration.workers import Site

pytestmark = [pytest.mark.integration, pytest.mark.chaos]


def by_hand(site: Site) -> Classroom:
    """What a classroom knows that was given each committed lesson once."""
    classroom = Classroom(MODEL_NAMES)
    for record in site.read("learning", 0):
        delivery = delivery_of(record.value)
        if delivery.observation is not None:
            classroom.observe(delivery.observation)
        if delivery.label is not None:
            classroom.mature(delivery.label)
    return classroom


def test_the_classroom_outlives_its_worker(site: Site) -> None:
    lines = [record.value for record in simulate(150, 15, 3, dt.date(2024, 1, 1), 4.0, 1)]
    half = len(lines) * 2 // 3
    site.produce(placed(lines[:half], site.lanes))
    with site.worker(LEARNING="true", BATCH_RECORDS="500") as first:
        first.wait_for("snapshot_published")
        first.kill()
    site.produce(placed(lines[half:], site.lanes))
    with site.worker(LEARNING="true") as second:
        second.wait_for("classroom_opened")
        site.wait_until_done()
        until(lambda: site.unsent() == 0, 30, site.logs)
        wanted = by_hand(site)
        assert wanted.lessons > 500
        second.wait_for("model_changed")
        assert second.stop() == 0
    with redis.Redis.from_url(site.redis.url) as client:
        covers, kept = client.hmget(f"{site.namespace}:shelf:classroom", "covers", "value")
    end = site.read("learning", 0)[-1].offset
    assert int(covers) > end
    classroom = Classroom.from_json(kept, MODEL_NAMES)
    assert classroom.lessons == wanted.lessons
    assert classroom.snapshot() == wanted.snapshot()
    published = [Snapshot.from_json(r.value, MODEL_NAMES) for r in site.read("model-snapshots", 0)]
    assert published[-1].lessons > wanted.lessons - 50
    keys = [record.key for record in site.read("model-snapshots", 0)]
    assert keys[-1] == f"default-logistic.{published[-1].lessons}".encode()
