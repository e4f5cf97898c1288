"""A lane falls back from an unstable model between two batches, says so once, and a replay does it again."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from features.catalogue import MODEL_NAMES
from models.logistic import LogisticLearner
from models.monitoring.verdict import Verdict
from models.standing import Standing
from rules.records import encode
from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.lane.runner import LaneRunner
from streams.lane.tuning import NoModels, Tuning
from tests.integration.feed import STAMP, engine_maker, placed
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from models.monitoring.verdict import Fallback
    from models.score import SnapshotScorer
    from models.snapshot import Snapshot
    from streams.lane.batch import Batch, Outputs
    from streams.ports.outbox import Cut

FELL, BACK = 4, 9


def snapshot(version: int) -> Snapshot:
    """Ready, and everybody is in its worst band."""
    bare = LogisticLearner(MODEL_NAMES).snapshot()
    return msgspec.structs.replace(bare, version=version, lessons=version, worst_band_pd=0.0)


def verdict(at: int, *, unstable: bool, fallback: Fallback = "rules") -> Verdict:
    return Verdict(
        model_id="default-logistic",
        at=at,
        at_us=at,
        state="unstable" if unstable else "stable",
        because=("PSI of income is 0.71",) if unstable else (),
        fallback=fallback,
        figures={"auc": 0.7},
    )


class Published(NoModels):
    """What a worker knows of the models' topic, which goes on as batches are asked for."""

    def __init__(self, fallback: Fallback = "rules") -> None:
        self.standing = Standing()
        self.standing.take_snapshot(snapshot(600))
        self._fallback = fallback
        self._batch = 0

    def champion(self) -> SnapshotScorer | None:
        self._batch += 1
        if self._batch == FELL:
            self.standing.take_verdict(verdict(10, unstable=True, fallback=self._fallback))
            self.standing.take_snapshot(snapshot(650))
        if self._batch == BACK:
            self.standing.take_verdict(verdict(20, unstable=False))
        return self.standing.champion

    def verdict(self) -> Verdict | None:
        return self.standing.verdict

    def verdict_named(self, name: str) -> Verdict | None:
        return self.standing.named(name)

    async def named(self, name: str) -> SnapshotScorer | None:
        known = Standing()
        known.take_snapshot(snapshot(int(name.rpartition(".")[2])))
        return known.champion


class Recorder(LaneRunner):
    """Remembers what each batch gave out, sent or suppressed."""

    def __init__(self, log: MemoryLog, store: MemoryStore, models: Published) -> None:
        self.told: list[str] = []
        self.given: list[list[bytes]] = []
        super().__init__(
            0,
            log,
            store,
            engine_maker(),
            models=models,
            tuning=Tuning(merge_idle=0.0, batch_records=40),
            tell=lambda event, **_: self.told.append(event),
        )

    async def take(self, batch: Batch, outputs: Outputs, journalled: Cut | None = None) -> None:
        await super().take(batch, outputs, journalled)
        self.given.append([encode(record) for record in (*outputs.decisions, *outputs.notices)])


def run(log: MemoryLog, store: MemoryStore, models: Published) -> Recorder:
    runner = Recorder(log, store, models)
    asyncio.run(runner.run(to_end=True))
    return runner


@pytest.fixture
def log() -> MemoryLog:
    filled = MemoryLog(40)
    for record in placed(story_book(3, 60, 9), 1):
        filled.append(record.topic, record.partition, record.value, record.key, STAMP)
    return filled


def notices(log: MemoryLog) -> list[dict[str, Any]]:
    return [json.loads(record.value or b"") for record in log.read("model-events", 0)]


def test_rules_alone_within_one_batch_and_a_notice_each_way(log: MemoryLog) -> None:
    runner = run(log, MemoryStore(), Published())
    assert len(runner.given) > BACK
    opened, resolved = notices(log)
    assert (opened["kind"], opened["severity"], opened["state"]) == ("model_alert", "P4", "opened")
    assert (opened["batch"], opened["scores_with"]) == (FELL, None)
    assert opened["because"] == ["PSI of income is 0.71"]
    assert (resolved["state"], resolved["batch"]) == ("resolved", BACK)
    assert resolved["scores_with"] == "default-logistic.650"
    assert opened["verdict"] == resolved["verdict"] == "verdict.default-logistic.10"
    for number, given in enumerate(runner.given, 1):
        for record in map(json.loads, given):
            if record["kind"] == "alert":
                assert (record["score"] is None) == (FELL <= number < BACK)
                assert ("model_score" in record["unknown"]) == (FELL <= number < BACK)
    (first, second) = log.read("model-events", 0)
    assert dict(first.headers)["ce_type"] == b"postloan.model_alert.v1"
    assert first.key == second.key == b"default-logistic"
    asyncio.run(_journalled(log))


async def _journalled(log: MemoryLog) -> None:
    cuts = {cut.batch: cut.verdict for cut in await log.cuts(0, 0)}
    for batch, name in cuts.items():
        assert name == ("verdict.default-logistic.10" if FELL <= batch < BACK else None)


def test_the_last_stable_snapshot_scores_on(log: MemoryLog) -> None:
    run(log, MemoryStore(), Published("last_stable"))
    opened, resolved = notices(log)
    assert opened["scores_with"] == "default-logistic.600"
    assert resolved["scores_with"] == "default-logistic.650"


def test_a_replay_falls_back_at_the_same_batches(log: MemoryLog) -> None:
    models = Published()
    first = run(log, MemoryStore(), models)
    before = {topic: len(log.read(topic, 0)) for topic in ("risk-decisions", "model-events")}
    again = run(log, MemoryStore(), models)  # the store is lost; what is published now is another model
    assert "lane_replayed" in again.told
    assert not {"replay_differs", "replay_without_model", "verdict_not_to_be_had"} & set(again.told)
    assert again.given[: len(first.given)] == first.given
    assert {topic: len(log.read(topic, 0)) for topic in before} == before
