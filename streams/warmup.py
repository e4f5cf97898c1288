"""Compiles the numeric passes ahead of time, so that the first command of a new installation starts quickly.

python -m streams.warmup
"""

from __future__ import annotations

from importlib.resources import files

import numpy as np
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from features.catalogue import MODEL_NAMES
from features.inbound.admission import read_run
from models.families import FAMILIES, new, read, scorer_of
from models.families.compiled import CardScorer
from models.families.packed import Packed
from models.families.scoring import FIRST
from models.families.snapshot import CardSnapshot
from models.inputs import SHAPE
from models.monitoring.stability import LEAST_SEEN, LEAST_TAUGHT, indices
from models.panel import Panel
from models.score import Scorer
from models.snapshot import MODEL_ID, Snapshot
from models.targets import DEFAULT
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
    """Run every compiled pass once."""
    warm_up_lanes()
    warm_up_teaching()


def warm_up_lanes() -> None:
    """Every pass that a lane may need, whatever champion it is given."""
    text = files("rules").joinpath("default.yaml").read_text(encoding="utf-8")
    evaluator = Evaluator(read_rulebook(text))
    (engine,) = assess(_LINES, evaluator, lanes=1, learns=False).engines
    rows = rows_of(engine, range(len(engine.ledger)))
    framed(rows)
    restore(LaneEngine(0, evaluator), lane_state(engine), rows)
    vectors = np.zeros((1, len(MODEL_NAMES)))
    Scorer(_untaught()).pd(vectors)
    cards = [CardScorer(_untaught_card(kind)) for kind in ("scorecard", "tree")]
    for scorer in cards:
        scorer.pd(vectors)
    Panel(MODEL_NAMES, cards).pd(vectors)
    _warm_up_reading()


def warm_up_teaching() -> None:
    """Every family is taught and watched; this loads River."""
    rows = np.random.default_rng(1).normal(size=(FIRST + 5, len(MODEL_NAMES)))
    for family in FAMILIES:
        learner = new(family, MODEL_NAMES)
        for n, row in enumerate(rows):
            learner.learn(row, int(n % 5 == 0))
        scorer_of(read(learner.snapshot().to_json())).pd(rows)
    seen = np.resize(rows, (max(LEAST_SEEN, LEAST_TAUGHT), len(MODEL_NAMES)))
    indices(MODEL_NAMES, seen, seen, Scorer(_untaught()).pd)


def _untaught() -> Snapshot:
    k = len(MODEL_NAMES)
    return Snapshot(
        model_id=MODEL_ID,
        version=0,
        feature_names=MODEL_NAMES,
        shape=SHAPE,
        counts=(0,) * k,
        means=(0.0,) * k,
        variances=(0.0,) * k,
        weights=(0.0,) * 3 * k,
        intercept=0.0,
        covariance=b"",
        lessons=0,
        worst_band_pd=1.0,
        metrics={},
    )


def _untaught_card(kind: str) -> CardSnapshot:
    blank = Packed.of(np.zeros(0))
    return CardSnapshot(
        kind=kind,
        model_id=kind,
        version=0,
        target=DEFAULT,
        feature_names=MODEL_NAMES,
        categories=(),
        memory=1.0,
        bad_weight=1.0,
        lessons=0,
        goods=0.0,
        bads=0.0,
        shared=False,
        bins=None,
        core={},
        goods_by_bin=blank,
        bads_by_bin=blank,
        woe=blank,
        iv=blank,
        calibration=blank,
        calibration_covariance=blank,
        early=None,
    )


def _warm_up_reading() -> None:
    """Read a record as a broker sends it."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 1 << 16)
    builder.append(0, 0, b"w", _LINES[0], [])
    run, _ = read_batches(0, bytes(builder.build()), 0, ())
    if run is not None:
        read_run(run.topic, run.values, run.keys, run.stamps)


if __name__ == "__main__":
    warm_up()
