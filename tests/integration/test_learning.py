"""Lessons go from lanes to the classroom and come back as models; a restart neither loses nor doubles one."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from features.catalogue import MODEL_NAMES
from models.classroom import Classroom
from models.lessons import Label, Observation, features_of
from models.snapshot import Snapshot
from models.standing import is_verdict
from streams.adapters.redis_store import RedisStore
from streams.lane.messages import Delivery, delivery_of
from streams.ports.outbox import cut_from_json
from streams.simulator import simulate
from tests.integration.feed import placed
from tests.integration.workers import ROOT, until

if TYPE_CHECKING:
    from streams.ports.store import Kept
    from tests.integration.workers import Site

pytestmark = [pytest.mark.integration, pytest.mark.chaos]


async def on_the_shelf(site: Site) -> Kept | None:
    store = RedisStore(site.redis.url, site.namespace)
    try:
        return await store.get_pieces("classroom")
    finally:
        await store.close()


def encode_delivery(**one: Observation | Label) -> bytes:
    return msgspec.json.encode(Delivery(**one))  # type: ignore[arg-type]  # either


def by_hand(site: Site) -> Classroom:
    """What a classroom knows that was given each committed lesson once."""
    classroom = Classroom(MODEL_NAMES)
    for record in site.read("learning", 0):
        delivery = delivery_of(record.value)
        if delivery.observation is not None:
            classroom.observe(delivery.observation)
        if delivery.treatment is not None:
            classroom.treat(delivery.treatment)
        if delivery.label is not None:
            classroom.mature(delivery.label)
        if delivery.outcome is not None:
            classroom.correct(delivery.outcome)
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
        assert wanted.joiner.gradebook.corrections
        second.wait_for("model_changed")
        assert second.stop() == 0
    kept = asyncio.run(on_the_shelf(site))
    assert kept is not None
    assert kept.covers > site.read("learning", 0)[-1].offset
    classroom = Classroom.from_kept(kept.value, kept.pieces, MODEL_NAMES)
    assert classroom.lessons == wanted.lessons
    assert classroom.joiner.to_json() == wanted.joiner.to_json()
    assert classroom.snapshot() == wanted.snapshot()
    assert classroom.joiner.gradebook.to_state() == wanted.joiner.gradebook.to_state()
    told = site.read("model-snapshots", 0)
    snapshots = [record for record in told if not is_verdict(record.key)]
    published = [Snapshot.from_json(record.value, MODEL_NAMES) for record in snapshots]
    assert published[-1].lessons > wanted.lessons - 50
    assert snapshots[-1].key == f"default-logistic.{published[-1].version}".encode()


def lessons(first: int, count: int, seed: int, *, broken: bool = False, stepped: bool = False) -> list[bytes]:
    """Deliveries as lanes give them out: each observation, and its label a thousand observations later.

    stepped: risk rises in steps, which a scorecard sees better than a model that is straight.
    """
    draw = np.random.default_rng(seed)
    rows = draw.exponential(size=(count, len(MODEL_NAMES)))
    logit = 1.5 * (rows[:, :4] > 0.7).sum(axis=1) - 5.0 if stepped else 1.5 * rows[:, 0] - 4.0
    bad = draw.random(count) < 1 / (1 + np.exp(-logit))
    if broken:
        rows[:, 1] = 0.0  # a feature frozen at zero
    delivered = []
    for n in range(count):
        number, now = first + n, (first + n) * 1_000_000
        observation = Observation(f"c{number}", "s1", now, features_of(rows[n : n + 1])[0])
        label = Label(f"c{number - 1_000}", "s1", "bad" if bad[n - 1_000] else "good", now, "window_closed")
        delivered += [encode_delivery(observation=observation)]
        if n >= 1_000:
            delivered.append(encode_delivery(label=label))
    return delivered


def test_lanes_fall_back_from_a_broken_feed_and_come_back(site: Site) -> None:
    # a third of a history put on a running lane at once is partly too late: no flood is to halt it
    lines = [record.value for record in simulate(40, 3, 3, dt.date(2024, 1, 1), 4.0, 1)]
    third = len(lines) // 3
    with site.worker(LEARNING="true", TICKS="false", FLOOD_SHARE="1") as worker:
        site.produce_to("learning", lessons(0, 6_000, 1))
        worker.wait_for("model_changed")
        site.produce(placed(lines[:third], site.lanes))
        site.wait_until_done()
        assert site.notices() == []
        site.produce_to("learning", lessons(6_000, 2_500, 2, broken=True))
        until(lambda: any(e["state"] == "unstable" for e in worker.named("model_state")), 60, site.logs)
        site.produce(placed(lines[third : 2 * third], site.lanes))
        site.wait_until_done()
        until(lambda: len(site.notices()) == site.lanes, 30, site.logs)
        assert {(n["state"], n["severity"], n["scores_with"]) for n in site.notices()} == {
            ("opened", "P4", None)
        }
        assert all(any("PSI of" in why for why in notice["because"]) for notice in site.notices())
        site.produce_to("learning", lessons(8_500, 7_000, 3))
        until(lambda: worker.named("model_state")[-1]["state"] != "unstable", 60, site.logs)
        site.produce(placed(lines[2 * third :], site.lanes))
        site.wait_until_done()
        until(lambda: len(site.notices()) == 2 * site.lanes, 30, site.logs)
        assert worker.stop() == 0
    came_back = [notice for notice in site.notices() if notice["state"] == "resolved"]
    assert {notice["lane"] for notice in came_back} == set(range(site.lanes))
    assert all(notice["scores_with"].startswith("default-logistic.") for notice in came_back)
    with site.worker(LEARNING="true", TICKS="false", FLOOD_SHARE="1") as again:  # what it knew is kept
        again.wait_for("classroom_opened")
        until(lambda: len(again.named("lane_caught_up")) == site.lanes, 60, site.logs)
        assert again.stop() == 0
    assert len(site.notices()) == 2 * site.lanes


def command(site: Site, *words: str) -> str:
    """What a command says."""
    start = "import sys; from streams.cli import main; sys.argv[0] = 'postloan'; main()"
    done = subprocess.run(
        [sys.executable, "-c", start, *words],
        cwd=ROOT,
        env=site.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def models_of(site: Site) -> set[str | None]:
    """By what the latest batch of each lane was scored that is in its journal; None: there is none yet."""
    journals = (site.read("lane-journal", lane)[-1:] for lane in range(site.lanes))
    return {cut_from_json(journal[0].value).model if journal else None for journal in journals}


def test_a_promoted_model_reaches_running_lanes(site: Site) -> None:
    lines = [record.value for record in simulate(60, 3, 3, dt.date(2024, 1, 1), 4.0, 1)]
    third = len(lines) // 3
    with site.worker(LEARNING="true", TICKS="false", FLOOD_SHARE="1", ALL_TARGETS="true") as worker:
        site.produce_to("learning", lessons(0, 4_500, 1, stepped=True))
        until(lambda: newest(site) >= 3_000, 90, site.logs)
        worker.wait_for("model_judged")  # when all lessons are learned
        site.produce(placed(lines[:third], site.lanes))
        site.wait_until_done()
        until(
            lambda: all((one or "").startswith("default-logistic") for one in models_of(site)), 30, site.logs
        )
        version = newest(site)
        name = f"default-scorecard@{version}"
        assert name in command(site, "models", "list", "--registry", "running")
        compared = command(site, "models", "compare", name, "default-logistic", "--registry", "running")
        assert "auc" in compared
        for stage in ("shadow", "challenger", "champion"):
            said = command(site, "models", "promote", name, "--by", "A. Lee", "--registry", "running")
            assert said.strip() == f"{name} is {stage}"
        assert "champion by A. Lee" in command(site, "models", "card", name, "--registry", "running")
        worker.wait_for("champion_promoted")
        site.produce(placed(lines[third : 2 * third], site.lanes))
        site.wait_until_done()
        until(lambda: models_of(site) == {f"default-scorecard.{version}"}, 30, site.logs)
        command(site, "models", "retire", name, "--by", "A. Lee", "--because", "end", "--registry", "running")
        worker.wait_for("champion_promoted", count=2)
        site.produce(placed(lines[2 * third :], site.lanes))
        site.wait_until_done()
        until(
            lambda: all((one or "").startswith("default-logistic") for one in models_of(site)), 30, site.logs
        )
        assert worker.stop() == 0
    scored = {
        record["score"]["model_id"]
        for lane in range(site.lanes)
        for record in (json.loads(one.value) for one in site.decisions(lane))
        if record.get("score")
    }
    assert scored <= {"default-logistic", "default-scorecard"}


def newest(site: Site) -> int:
    """The newest version of the challenger that is registered."""
    keys = (record.key.decode() for record in site.read("model-snapshots", 0))
    return max(
        (int(key.partition("@")[2]) for key in keys if key.startswith("entry.default-scorecard@")), default=0
    )
