"""What a monitor must decide over a book, found by lanes in memory; workers are held against it."""

from __future__ import annotations

import hashlib
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

import numpy as np

from features.inbound.layout import TOPICS
from models.score import Scorer
from models.snapshot import Snapshot
from rules.records import encode
from streams.lane.engine import LaneEngine
from tests.bench.happenings import draw
from tests.bench.load import lanes_of
from tests.bench.records import accounts, records
from tests.integration.feed import evaluator
from tests.lanes import put

if TYPE_CHECKING:
    from collections.abc import Iterable

SLICE: Final = 50_000
"""A slice ends between two instants, so taking slice after slice is the merge of the whole log."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What came out of each lane."""

    decisions: tuple[int, ...]
    digests: tuple[str, ...]
    """SHA-256 over the decisions' bytes, in order."""


def decided(lanes: Iterable[Iterable[bytes]]) -> Decided:
    """The same of what was published."""
    found = [_digest(values) for values in lanes]
    return Decided(tuple(count for count, _ in found), tuple(digest for _, digest in found))


def _digest(values: Iterable[bytes]) -> tuple[int, str]:
    count, digest = 0, hashlib.sha256()
    for value in values:
        count += 1
        digest.update(value)
    return count, digest.hexdigest()


def reference(count: int, cardholders: int, lanes: int, snapshot: Snapshot, prefix: str) -> Decided:
    """Run the whole book through engines in memory, two lanes at a time."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        model = snapshot.to_json()
        running = [
            pool.submit(_lane, count, cardholders, lanes, lane, model, prefix) for lane in range(lanes)
        ]
        found = [one.result() for one in running]
    return Decided(tuple(count for count, _ in found), tuple(digest for _, digest in found))


def _lane(count: int, cardholders: int, lanes: int, lane: int, model: bytes, prefix: str) -> tuple[int, str]:
    book = draw(count, cardholders)
    mine = np.array(lanes_of(cardholders, lanes)) == lane
    every = chain(
        accounts(cardholders, only=np.flatnonzero(mine)), records(book, np.flatnonzero(mine[book.holder]))
    )
    engine = LaneEngine(lane, evaluator(), prefix)
    engine.scorer = Scorer(Snapshot.from_json(model))
    offsets = [0] * len(TOPICS)
    values: list[bytes] = []
    while part := list(islice(every, SLICE)):
        queues: list[list[bytes | None]] = [[] for _ in TOPICS]
        for topic, _, value in part:
            queues[topic].append(value)
        for topic, queue in enumerate(queues):
            if queue:
                put(engine, topic, offsets[topic], queue)
                offsets[topic] += len(queue)
        engine.begin(np.zeros(len(TOPICS), np.bool_))
        outputs = engine.run()
        assert not outputs.dead_letters, "every record of the book is good"
        values += map(encode, outputs.decisions)
        engine.ledger.dirty[:] = False
    return _digest(values)
