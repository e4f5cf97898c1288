"""A champion for the benchmark, taught on statements of a small book of the same kind."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

from features.calendar import DAY_US
from features.catalogue import MODEL_NAMES
from features.inbound.layout import TOPICS
from models.classroom import Classroom
from models.lessons import Label, Observation, Verdict
from streams.lane.engine import LaneEngine
from tests.bench.happenings import draw
from tests.bench.records import accounts, records
from tests.lanes import put

if TYPE_CHECKING:
    from models.snapshot import Snapshot
    from rules.evaluate import Evaluator

EVENTS: Final = 60_000
CARDHOLDERS: Final = 2_000
_BAD: Final = 0.1


def champion(evaluator: Evaluator) -> Snapshot:
    """The same one every time: who turns out bad is drawn by a fixed weighing of features."""
    seen = _observations(evaluator)
    rows = np.array([observation.vector() for observation in seen])
    known = np.nan_to_num((rows - np.nanmean(rows, axis=0)) / (np.nanstd(rows, axis=0) + 1e-9))
    chance = np.random.default_rng(5)
    leaning = known @ chance.normal(size=known.shape[1]) + chance.normal(size=len(known)) * 2.0
    bad = leaning > np.quantile(leaning, 1 - _BAD)
    classroom = Classroom(MODEL_NAMES)
    for observation, is_bad in zip(seen, bad.tolist(), strict=True):
        classroom.observe(observation)
        matured = observation.occurred_at_us + 180 * DAY_US
        verdict: Verdict = "bad" if is_bad else "good"
        classroom.mature(
            Label(observation.cardholder_id, observation.statement_id, verdict, matured, "window_closed")
        )
    snapshot = classroom.snapshot()
    assert snapshot.ready, f"{len(seen)} statements are too few lessons"
    return snapshot


def _observations(evaluator: Evaluator) -> list[Observation]:
    book = draw(EVENTS, CARDHOLDERS, seed=11)
    values: list[list[bytes | None]] = [[] for _ in TOPICS]
    for topic, _, value in chain(accounts(CARDHOLDERS), records(book)):
        values[topic].append(value)
    engine = LaneEngine(0, evaluator)
    for topic, queue in enumerate(values):
        put(engine, topic, 0, queue)
    engine.begin(np.zeros(len(TOPICS), np.bool_))
    return engine.run().observations
