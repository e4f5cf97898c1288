"""A lane whose ticks have stopped stands still instead of dead-lettering a healthy feed (contract 2.8)."""

from __future__ import annotations

import numpy as np

from features.inbound.admission import read_run
from features.inbound.layout import CONTROL_TOPIC, TOPICS
from features.inbound.spans import Spans
from rules.evaluate import Evaluator
from streams.lane.batch import Batch
from streams.lane.engine import LaneEngine
from streams.lane.inbox import chunk
from tests.oracle.lines import Pen

DAY_MS = 86_400_000
NONE_LEFT = np.zeros(len(TOPICS), np.bool_)
ACCOUNTS = 0


def put(engine: LaneEngine, topic: int, offset: int, line: bytes, stamp_ms: int) -> None:
    values = Spans.of([line])
    run = read_run(topic, values, None, [stamp_ms])
    stamps = np.array([stamp_ms], np.int64)
    engine.put(
        topic,
        chunk(engine.ledger, run.columns, run.index, run.rejected, np.array([offset]), values, None, stamps),
    )


def lane_with_a_tick(evaluator: Evaluator) -> tuple[LaneEngine, Pen, int]:
    pen = Pen()
    pen.tick(0)
    engine = LaneEngine(0, evaluator)
    start_ms = pen.moment(0) // 1000
    put(engine, CONTROL_TOPIC, 0, pen.lines()[0], start_ms)
    take(engine)
    return engine, pen, start_ms


def take(engine: LaneEngine) -> Batch:
    batch = engine.begin(NONE_LEFT)
    engine.run()
    return batch


def test_a_feed_that_goes_on_without_ticks_halts_the_lane(evaluator: Evaluator) -> None:
    engine, pen, start_ms = lane_with_a_tick(evaluator)
    pen.account("c1", 1.5)
    put(engine, ACCOUNTS, 0, pen.lines()[1], start_ms + DAY_MS * 3 // 2)
    batch = take(engine)
    assert batch.halted
    assert batch.count == 0
    assert engine.inbox.waiting(ACCOUNTS) == 1, "it waits, and is no dead letter"


def test_it_goes_on_when_a_tick_comes(evaluator: Evaluator) -> None:
    engine, pen, start_ms = lane_with_a_tick(evaluator)
    pen.account("c1", 1.5)
    put(engine, ACCOUNTS, 0, pen.lines()[1], start_ms + DAY_MS * 3 // 2)
    assert take(engine).halted
    pen.tick(1.4)
    put(engine, CONTROL_TOPIC, 1, pen.lines()[1], start_ms + DAY_MS * 3 // 2)
    batch = take(engine)
    assert not batch.halted
    assert batch.count == 2


def test_a_record_from_the_future_is_a_dead_letter_while_ticks_come(evaluator: Evaluator) -> None:
    engine, pen, start_ms = lane_with_a_tick(evaluator)
    pen.account("c1", 0.9)
    pen.account("c1", 1.01)
    put(engine, ACCOUNTS, 0, pen.lines()[2], start_ms + DAY_MS // 60)
    batch = engine.begin(NONE_LEFT)
    outputs = engine.run()
    assert not batch.halted
    assert [letter.error_code for letter in outputs.dead_letters] == ["too_early"]
