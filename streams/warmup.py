"""Compiles the numeric passes ahead of time, so that the first command of a new installation starts quickly.

python -m streams.warmup
"""

from __future__ import annotations

from importlib.resources import files

import numpy as np
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from features.catalogue import MODEL_NAMES
from features.inbound.admission import read_run
from models.classroom import Classroom
from models.families import FAMILIES, new, read, scorer_of
from models.families.scoring import FIRST
from models.monitoring.stability import LEAST_SEEN, indices
from models.panel import Panel
from models.score import Scorer
from rules.evaluate import Evaluator
from rules.rulebook import read_rulebook
from streams.adapters.record_batches import read_batches
from streams.adapters.redis_frames import framed
from streams.assess import assess
from streams.lane.engine import LaneEngine
from streams.lane.persistence import lane_state, restore, rows_of

_LINES = (
    (
        b'{"kind":"account_updated","event_id":"w1","cardholder_id":"w","occurred_at":"2025-01-01T00:00:00Z",'
        b'"credit_limit":1000000,"status":"active","exemptions":[]}'
    ),
    (
        b'{"kind":"statement_issued","event_id":"w2","cardholder_id":"w","occurred_at":"2025-01-02T00:00:00Z",'
        b'"statement_id":"w","balance":10000,"minimum_due":500,"due_on":"2025-01-20"}'
    ),
    b'{"kind":"payment_posted","event_id":"w3","cardholder_id":"w","occurred_at":"2025-01-03T00:00:00Z","amount":1}',
    (
        b'{"kind":"transaction","event_id":"w4","cardholder_id":"w","occurred_at":"2025-01-04T00:00:00Z",'
        b'"type":"purchase","amount":1}'
    ),
    b'{"kind":"tick","event_id":"w5","occurred_at":"2025-01-30T00:00:00Z"}',
)


def warm_up() -> None:
    """Run every compiled pass once over a few records."""
    text = files("rules").joinpath("default.yaml").read_text(encoding="utf-8")
    evaluator = Evaluator(read_rulebook(text))
    (engine,) = assess(_LINES, evaluator, lanes=1).engines
    rows = rows_of(engine, range(len(engine.ledger)))
    framed(rows)
    restore(LaneEngine(0, evaluator), lane_state(engine), rows)
    _warm_up_models()
    _warm_up_reading()


def _warm_up_models() -> None:
    """Every family is taught, scored and watched, so that no worker compiles while lanes wait."""
    rows = np.random.default_rng(1).normal(size=(FIRST + 5, len(MODEL_NAMES)))
    for family in FAMILIES:
        learner = new(family, MODEL_NAMES)
        for n, row in enumerate(rows):
            learner.learn(row, int(n % 5 == 0))
        scorer = scorer_of(read(learner.snapshot().to_json()))
        scorer.pd(rows)
        Panel(MODEL_NAMES, [scorer]).pd(rows)
    seen = np.resize(rows, (LEAST_SEEN, len(MODEL_NAMES)))
    indices(MODEL_NAMES, seen, seen, Scorer(Classroom(MODEL_NAMES).snapshot()).pd)


def _warm_up_reading() -> None:
    """Read a record as a broker sends it."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 1 << 16)
    builder.append(0, 0, b"w", _LINES[0], [])
    run, _ = read_batches(0, bytes(builder.build()), 0, ())
    if run is not None:
        read_run(run.topic, run.values, run.keys, run.stamps)


if __name__ == "__main__":
    warm_up()
