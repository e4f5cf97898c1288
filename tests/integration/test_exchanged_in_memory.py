"""Models are exchanged while records stream: each event is scored once; lookers-on never act."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from features.catalogue import MODEL_NAMES
from models.families import new, scorer_of
from models.panel import Panel, placed
from models.score import name_of
from models.targets import BY_ID
from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.lane.messages import delivery_of
from streams.lane.runner import LaneRunner
from streams.lane.tuning import NoModels, Tuning
from tests.integration.feed import STAMP, engine_maker
from tests.integration.feed import placed as records_of
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.families import RowScorer
    from models.lessons import Observation
    from models.score import SnapshotScorer
    from streams.ports.outbox import Cut

CURE = BY_ID["cure"]
MODELS = {
    "default-logistic.520": ("logistic", "default", MODEL_NAMES),
    "default-logistic.540": ("logistic", "default", MODEL_NAMES),
    "default-scorecard.510": ("scorecard", "default", MODEL_NAMES),
    "default-forest.505": ("forest", "default", MODEL_NAMES[::-1]),
    "cure-lda.500": ("lda", "cure", CURE.features),
}


@cache
def model(name: str) -> RowScorer:
    family, target, features = MODELS[name]
    draw = np.random.default_rng(7)
    learner = new(family, features, target=target)
    for row in draw.exponential(size=(int(name.rpartition(".")[2]), len(features))):
        learner.learn(row, int(row[0] + row[-1] > 2.5))
    scorer = scorer_of(learner.snapshot())
    assert name_of(scorer.snapshot) == name
    return scorer


class Exchanged(NoModels):
    """Another champion with each batch, and other lookers-on."""

    def __init__(self, panels: Sequence[Sequence[str]]) -> None:
        """No panel at all without `panels`."""
        self._panels = panels
        self._batch = 0

    def champion(self) -> SnapshotScorer | None:
        self._batch += 1
        return placed(model(f"default-logistic.{520 + 20 * (self._batch % 2)}"), MODEL_NAMES)

    async def named(self, name: str) -> SnapshotScorer | None:
        return placed(model(name), MODEL_NAMES)

    def panel(self) -> Panel | None:
        if not self._panels:
            return None
        return Panel(MODEL_NAMES, [model(name) for name in self._panels[self._batch % len(self._panels)]])

    async def panel_named(self, names: Sequence[str]) -> Panel | None:
        return Panel(MODEL_NAMES, [model(name) for name in names])


ONE_BY_ONE = ((), ("default-scorecard.510", "cure-lda.500"), ("cure-lda.500", "default-forest.505"))


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    return story_book(3, 60, 9)


def run(lines: list[bytes], panels: Sequence[Sequence[str]] = ()) -> tuple[MemoryLog, list[str]]:
    log = MemoryLog(40)
    for record in records_of(lines, 1):
        log.append(record.topic, record.partition, record.value, record.key, STAMP)
    return log, go_on(log, panels)


def go_on(log: MemoryLog, panels: Sequence[Sequence[str]]) -> list[str]:
    """Take all there is, by a fresh store; what the lane tells."""
    told: list[str] = []
    runner = LaneRunner(
        0,
        log,
        MemoryStore(),
        engine_maker(learns=True),
        models=Exchanged(panels),
        tuning=Tuning(merge_idle=0.0, batch_records=40),
        tell=lambda event, **_: told.append(event),
    )
    asyncio.run(runner.run(to_end=True))
    return told


def sent(log: MemoryLog, topic: str) -> list[tuple[bytes | None, bytes | None]]:
    return [(record.key, record.value) for record in log.read(topic, 0)]


def observed(log: MemoryLog) -> list[Observation]:
    found = (delivery_of(value or b"").observation for _, value in sent(log, "learning"))
    return [one for one in found if one is not None]


def by_batch(log: MemoryLog) -> list[tuple[Cut, list[Observation]]]:
    """What each batch has observed, by the counts of the journal."""
    cuts, found, place = asyncio.run(log.cuts(0, 0)), observed(log), 0
    told = []
    for cut in cuts:
        told.append((cut, found[place : cut.counts[2]]))
        place = cut.counts[2]
    assert place == len(found)
    return told


def test_every_event_is_scored_once_by_the_models_in_force(lines: list[bytes]) -> None:
    log, _ = run(lines, ONE_BY_ONE)
    batches = by_batch(log)
    assert {cut.model for cut, _ in batches} == {"default-logistic.520", "default-logistic.540"}
    assert {cut.panel for cut, _ in batches} == set(ONE_BY_ONE)
    for number, (cut, found) in enumerate(batches, 1):
        assert cut.model == f"default-logistic.{520 + 20 * (number % 2)}"
        for one in found:
            assert isinstance(one.scores, dict)
            assert set(one.scores) == {cut.model, *(cut.panel or ())}
            assert one.scores[cut.model] == one.model_pd
            for name, pd in one.scores.items():
                (again,) = placed(model(name), MODEL_NAMES).pd(one.vector()[None])
                assert pd == pytest.approx(again, abs=1e-12)
    alone, _ = run(lines)
    assert [one.key for one in observed(alone)] == [one.key for one in observed(log)]
    assert len({one.key for one in observed(log)}) == len(observed(log)) > 100


def test_lookers_on_change_no_decision(lines: list[bytes]) -> None:
    alone, _ = run(lines)
    beside, _ = run(lines, ONE_BY_ONE)
    for topic in ("risk-decisions", "dead-letters", "model-events"):
        assert sent(alone, topic) == sent(beside, topic)
    assert sent(alone, "risk-decisions")
    plain = [value for _, value in sent(alone, "learning")]
    assert not any(b'"scores"' in (value or b"") for value in plain)
    for bare, told in zip(plain, (value for _, value in sent(beside, "learning")), strict=True):
        before, mark, _ = (told or b"").partition(b',"scores":')
        assert bare == (before + b"}}" if mark else told)


def test_a_rebuild_lets_the_same_models_look_on(lines: list[bytes]) -> None:
    log, _ = run(lines, ONE_BY_ONE)
    before = {topic: sent(log, topic) for topic in ("risk-decisions", "learning", "lane-journal")}
    told = go_on(log, (("default-scorecard.510",),))  # the store is lost; another panel is in force now
    assert "lane_replayed" in told
    assert not {"replay_differs", "replay_without_panel", "replay_without_model"} & set(told)
    for topic, records in before.items():
        assert sent(log, topic)[: len(records)] == records
