"""How a log is cut into batches, and where a lane is put away and taken up again, changes no bit."""

from __future__ import annotations

import random

import numpy as np
import pytest

from features.inbound.layout import TOPICS
from rules.evaluate import Evaluator
from rules.records import encode
from streams.assess import assess
from streams.lane.engine import LaneEngine
from streams.lane.persistence import lane_state, restore, rows_of
from tests.lanes import Log, log_of, put
from tests.oracle.books import story_book


def run_in_pieces(
    logs: Log, evaluator: Evaluator, rng: random.Random, rests: float
) -> tuple[list[bytes], dict[str, bytes], bytes]:
    """Feed a lane random pieces of each topic; with a chance of `rests` it is rebuilt from its bytes."""
    engine = LaneEngine(0, evaluator, learns=False)
    fed = [0] * len(TOPICS)
    done = [0] * len(TOPICS)
    decisions: list[bytes] = []
    while done != [len(log) for log in logs]:
        for topic, log in enumerate(logs):
            count = rng.choice([0, 1, 3, 17, 200])
            values: list[bytes | None] = list(log[fed[topic] : fed[topic] + count])
            if values:
                put(engine, topic, fed[topic], values)
                fed[topic] += len(values)
        more = np.array([fed[topic] < len(log) for topic, log in enumerate(logs)])
        batch = engine.begin(more)
        decisions += [encode(record) for record in engine.run().decisions]
        done = [before + taken for before, taken in zip(done, batch.consumed, strict=True)]
        if rng.random() < rests:
            state, rows = lane_state(engine), rows_of(engine, range(len(engine.ledger)))
            engine = LaneEngine(0, evaluator, learns=False)
            restore(engine, state, rows)
            assert dict(rows_of(engine, range(len(engine.ledger)))) == dict(rows)
            fed = done[:]  # what was read and not taken is read again
    packed = dict(rows_of(engine, range(len(engine.ledger))))
    return decisions, packed, lane_state(engine)


@pytest.mark.parametrize("seed", range(4))
def test_pieces_and_restarts_change_nothing(seed: int, evaluator: Evaluator) -> None:
    lines = story_book(seed, 20, 8)
    whole = [
        encode(record)
        for outputs in assess(lines, evaluator, lanes=1, learns=False).lanes
        for record in outputs.decisions
    ]
    logs = log_of(lines)
    rng = random.Random(seed)
    one = run_in_pieces(logs, evaluator, rng, rests=0.0)
    two = run_in_pieces(logs, evaluator, rng, rests=0.2)
    # offsets of unreadable lines differ from the file's, and with them nothing but those of transactions
    assert [_without_offset(record) for record in one[0]] == [_without_offset(record) for record in whole]
    assert two[0] == one[0]
    assert two[1] == one[1]
    assert two[2] == one[2]


def _without_offset(record: bytes) -> bytes:
    head, found, tail = record.partition(b'"offset":')
    return head + tail.partition(b",")[2] if found else record
