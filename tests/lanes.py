"""One lane fed by hand, for tests that look inside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from features.inbound.admission import read_run
from features.inbound.batch import read_batch
from features.inbound.layout import TOPIC_OF_KIND, TOPICS
from features.inbound.spans import Spans
from rules.evaluate import Evaluator
from streams.lane.batch import Outputs
from streams.lane.engine import LaneEngine
from streams.lane.inbox import chunk

Log = list[list[bytes]]


def log_of(lines: Sequence[bytes]) -> Log:
    """The lines of each topic, all in one lane; unreadable lines go with the transactions."""
    log: Log = [[] for _ in TOPICS]
    for line in lines:
        batch = read_batch([line])
        kind = int(batch.columns.kind[0]) if len(batch.columns) else batch.rejected[0][1].kind
        log[3 if kind is None else TOPIC_OF_KIND[kind]].append(line)
    return log


def put(engine: LaneEngine, topic: int, first_offset: int, values: list[bytes | None]) -> None:
    """Queue records of one topic."""
    spans = Spans.of(values)
    run = read_run(topic, spans, None, None)
    offsets = np.arange(first_offset, first_offset + len(values))
    engine.put(topic, chunk(engine.ledger, run.columns, run.index, run.rejected, offsets, spans))


def run_lane(lines: Sequence[bytes], evaluator: Evaluator, engine: LaneEngine | None = None) -> Outputs:
    """Everything one lane gives for these lines, taken as a backlog."""
    engine = engine or LaneEngine(0, evaluator)
    for topic, values in enumerate(log_of(lines)):
        if values:
            put(engine, topic, 0, list(values))
    engine.begin(np.zeros(len(TOPICS), np.bool_))
    return engine.run()
