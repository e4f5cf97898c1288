"""The monitor without servers: lanes and classroom in memory, fed by batches as they come."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from features.catalogue import MODEL_NAMES
from features.inbound.batch import read_batch
from features.inbound.layout import CONTROL_TOPIC, TOPICS
from features.inbound.spans import Spans
from models.classroom import Classroom
from models.score import Scorer
from streams.lane.engine import LaneEngine
from streams.lane.inbox import chunk
from streams.partition import lane_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from features.inbound.deadletters import DeadLetter
    from rules.evaluate import Evaluator
    from rules.records import Record
    from streams.simulator import SimulatedRecord


class Monitor:
    """All lanes, and the one classroom that learns from them."""

    def __init__(self, evaluator: Evaluator, lanes: int) -> None:
        self.engines = [LaneEngine(lane, evaluator) for lane in range(lanes)]
        self.classroom = Classroom(MODEL_NAMES)
        self.dead_letters: list[DeadLetter] = []
        self._offsets = np.zeros((lanes, len(TOPICS)), np.int64)

    def take(self, records: Iterable[SimulatedRecord]) -> list[Record]:
        """Judge one batch of records; what was decided, lane after lane."""
        queues: dict[tuple[int, int], list[bytes | None]] = defaultdict(list)
        for record in records:
            topic = TOPICS.index(record.topic)
            everywhere = topic == CONTROL_TOPIC
            lanes = range(len(self.engines)) if everywhere else (lane_of(record.key, len(self.engines)),)
            for lane in lanes:
                queues[lane, topic].append(record.value)
        for (lane, topic), values in queues.items():
            self._put(lane, topic, values)
        decisions: list[Record] = []
        none_left = np.zeros(len(TOPICS), np.bool_)
        for engine in self.engines:
            engine.begin(none_left)
            outputs = engine.run()
            self.classroom.attend(outputs.lessons)
            decisions += outputs.decisions
            self.dead_letters += outputs.dead_letters
        self._exchange_champion()
        return decisions

    def _put(self, lane: int, topic: int, values: list[bytes | None]) -> None:
        spans = Spans.of(values)
        batch = read_batch(spans)
        first = int(self._offsets[lane, topic])
        self._offsets[lane, topic] += len(values)
        offsets = np.arange(first, first + len(values), dtype=np.int64)
        engine = self.engines[lane]
        engine.put(topic, chunk(engine.ledger, batch.columns, batch.index, batch.rejected, offsets, spans))

    def _exchange_champion(self) -> None:
        snapshot = self.classroom.snapshot_if_due()
        if snapshot is not None and snapshot.ready:
            scorer = Scorer(snapshot)
            for engine in self.engines:
                engine.scorer = scorer
