"""A model of a folder on its way into running lanes: draft, shadow, measured there, champion; no restart."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from msgspec import UNSET

from features.catalogue import MODEL_NAMES
from models.cards import card
from models.families import AnySnapshot, new
from models.figures import Figures
from models.lessons import Label, Observation, features_of
from models.register import Register
from streams.lane.messages import delivery_of
from streams.models_report.shelf import Shelf
from streams.ports.outbox import cut_from_json
from streams.simulator import simulate
from tests.integration.feed import placed
from tests.integration.test_learning import command, encode_delivery, models_of
from tests.integration.workers import until

if TYPE_CHECKING:
    from models.registry import Entry
    from tests.integration.workers import Site

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

FEATURES = MODEL_NAMES[3::4]
NAME = "bank-card.700"
OWN = "default-logistic.500"


def registered(folder: Path) -> None:
    """A scorecard over some of the catalogue's features, with figures of another set of labels."""
    draw = np.random.default_rng(4)
    learner = new("scorecard", FEATURES, model_id="default-card")
    for row in draw.exponential(size=(700, len(FEATURES))):
        learner.learn(row, int(row[0] + draw.normal() > 2.5))
    snapshot: AnySnapshot = msgspec.structs.replace(learner.snapshot(), worst_band_pd=0.5)
    figures = Figures("book.csv#1", 700, 90, 0.8, 0.5, 0.01, 0.09, 0.02)

    def make(entry: Entry) -> object:
        return card(entry, rows=700, bads=90, source="book.csv", labels="late", iv={}, drift={})

    Shelf(folder).put(snapshot, figures, by="B. Roe", make=make)  # type: ignore[arg-type]


def measured(count: int) -> list[bytes]:
    """Lessons that lanes have given out while the model looked on: it ranks better than the acting one."""
    draw = np.random.default_rng(6)
    true = draw.uniform(0.0, 0.3, count)
    bad = draw.random(count) < true
    acting = np.clip(true + draw.normal(0.0, 0.1, count), 0.01, 0.9)
    delivered = []
    for n in range(count):
        now = n * 1_000_000
        seen = Observation(
            f"fed-{n}", "s1", now, features_of(draw.random((1, len(MODEL_NAMES))))[0], float(acting[n]),
            scores={NAME: float(true[n]), OWN: float(acting[n])},
        )  # fmt: skip
        label = Label(f"fed-{n}", "s1", "bad" if bad[n] else "good", now, "window_closed")
        delivered += [encode_delivery(observation=seen), encode_delivery(label=label)]
    return delivered


def observed(site: Site) -> list[Observation]:
    found = [delivery_of(record.value).observation for record in site.read("learning", 0)]
    return [one for one in found if one is not None]


def figures(site: Site) -> Figures | None:
    register = Register()
    for record in site.read("model-snapshots", 0):
        register.take(record.key, record.value)
    return register.registry().find("bank-card").figures


def test_a_folders_model_becomes_champion_of_running_lanes(site: Site, tmp_path: Path) -> None:
    registered(tmp_path)
    lines = [record.value for record in simulate(60, 3, 3, dt.date(2024, 1, 1), 4.0, 1)]
    third = len(lines) // 3
    with site.worker(LEARNING="true", TICKS="false", FLOOD_SHARE="1") as worker:
        said = command(
            site, "models", "publish", "default-card", "--registry", str(tmp_path), "--name", "bank-card",
            "--by", "A. Lee",
        )  # fmt: skip
        assert said.startswith("bank-card@700 is a draft in the running system")
        running = ("--by", "A. Lee", "--registry", "running")
        command(site, "models", "promote", "bank-card", *running)
        worker.wait_for("models_look_on", 120)
        site.produce(placed(lines[:third], site.lanes))
        site.wait_until_done(120)
        until(lambda: bool(observed(site)), 120, site.logs)
        for one in observed(site):
            assert isinstance(one.scores, dict)
            assert list(one.scores) == [NAME], "no champion has learned enough yet"
        assert models_of(site) == {None}
        site.produce_to("learning", measured(2_200))
        until(lambda: worker.named("model_measured") != [], 120, site.logs)
        # Figures are told every hundred labels, counted from wherever a poll of the school ended.
        until(lambda: (figures(site) or Figures("", 0, 0, 0, 0, 0, 0)).count > 2_100, 120, site.logs)
        live = figures(site)
        assert live is not None
        assert live.rival is not None
        assert live.rival.name == "default-logistic"
        assert live.auc > live.rival.auc
        assert live.psi is not None
        for stage in ("challenger", "champion"):
            assert (
                command(site, "models", "promote", "bank-card", *running).strip()
                == f"bank-card@700 is {stage}"
            )
        worker.wait_for("champion_promoted", 120)
        site.produce(placed(lines[third : 2 * third], site.lanes))
        site.wait_until_done(120)
        until(lambda: models_of(site) == {NAME}, 120, site.logs)
        command(site, "models", "retire", "bank-card", "--because", "end", *running)
        worker.wait_for("champion_promoted", 120, count=2)
        site.produce(placed(lines[2 * third :], site.lanes))
        site.wait_until_done(120)
        until(
            lambda: all((one or "").startswith("default-logistic") for one in models_of(site)), 120, site.logs
        )
        assert worker.stop() == 0
    each_event_scored_once(site, lines)


def each_event_scored_once(site: Site, lines: list[bytes]) -> None:
    """Whichever model was in force: no event is lost or taken twice, and the journal names who looked on."""
    lanes = [
        [cut_from_json(one.value) for one in site.read("lane-journal", lane)] for lane in range(site.lanes)
    ]
    assert sum(sum(cuts[-1].offsets) for cuts in lanes) == len(placed(lines, site.lanes))
    assert {cut.panel for cuts in lanes for cut in cuts} == {(NAME,), (), None}
    own = [one for one in observed(site) if not one.cardholder_id.startswith("fed-")]
    assert len({one.key for one in own}) == len(own) > 60
    for one in own:
        if isinstance(one.scores, dict):
            assert list(one.scores) == [NAME]
    acted = [one for one in own if one.model_pd is not None]
    assert {None if one.scores is UNSET else one.scores[NAME] == one.model_pd for one in acted} == {
        None,
        True,
    }
    decisions = [json.loads(one.value) for lane in range(site.lanes) for one in site.decisions(lane)]
    scored = {record["score"]["model_id"] for record in decisions if record.get("score")}
    assert scored <= {"bank-card", "default-logistic"}
