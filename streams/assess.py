"""File mode: the whole pipeline over lines of input records, on the embedded default (contract 2.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from features.catalogue import MODEL_NAMES
from features.inbound.batch import read_batch
from features.inbound.columns import Columns, to_columns
from features.inbound.deadletters import DeadLetter
from features.inbound.layout import CONTROL_TOPIC, TOPIC_OF_KIND, TOPICS
from features.inbound.rejected import Rejected
from features.inbound.spans import Spans, joined
from features.plan import DEFAULT_NAMES
from models.score import Scorer
from rules.evaluate import Evaluator
from streams.lane.batch import Outputs
from streams.lane.engine import LaneEngine
from streams.lane.inbox import chunk
from streams.partition import lane_of

if TYPE_CHECKING:
    from models.classroom import Classroom

LINES_AT_ONCE: Final = 50_000
_TOPIC_OF_KIND: Final = np.array(TOPIC_OF_KIND, np.int64)
_ALL_LANES: Final = -1

Progress = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done, and how much there is (0 = unknown)."""


def _silent(stage: str, done: int, total: int) -> None: ...


@dataclass(slots=True)
class _Queue:
    """What the lines put on one topic of one lane, in line order."""

    values: list[bytes | None] = field(default_factory=list)
    parts: list[Columns] = field(default_factory=list)
    index: list[int] = field(default_factory=list)
    rejected: list[tuple[int, Rejected]] = field(default_factory=list)


@dataclass(slots=True)
class Assessment:
    """What came of a file."""

    lanes: list[Outputs]
    stray: list[DeadLetter]
    """Lines that belong to no topic."""
    engines: list[LaneEngine]
    classroom: Classroom | None
    records: int = 0
    extra_fields: int = 0

    @property
    def dead_letters(self) -> Iterator[DeadLetter]:
        """Stray lines first, then lane after lane."""
        yield from self.stray
        for outputs in self.lanes:
            yield from outputs.dead_letters


class _Reader:
    """Sorts lines onto the topics of lanes."""

    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        self.queues = [[_Queue() for _ in TOPICS] for _ in range(lanes)]
        self.stray: list[DeadLetter] = []
        self.records = 0
        self.extra_fields = 0
        self._lane: dict[bytes, int] = {b"": _ALL_LANES}

    def read(self, lines: Iterable[bytes], progress: Progress) -> None:
        numbered = ((number, line) for number, line in enumerate(lines) if line and not line.isspace())
        while block := list(islice(numbered, LINES_AT_ONCE)):
            self._read_block([number for number, _ in block], [line for _, line in block])
            self.records += len(block)
            progress("read", self.records, 0)

    def _read_block(self, numbers: list[int], lines: list[bytes]) -> None:
        batch = read_batch(lines)
        self.extra_fields += batch.extra_fields
        columns = batch.columns
        topics = _TOPIC_OF_KIND[columns.kind]
        lanes = np.array([self._lane_of(holder or b"") for holder in columns.holders], np.int64)
        # the place of each line in its queue counts the refused ones too: go through all lines by queue
        line = np.array(batch.index, np.int64)
        refused: dict[tuple[int, int], list[tuple[int, Rejected]]] = {}
        for position, reason in batch.rejected:
            if reason.kind is None or reason.code == "too_large":
                self.stray.append(_stray(reason, numbers[position], lines[position]))
                continue
            topic = TOPIC_OF_KIND[reason.kind]
            lane = _ALL_LANES if topic == CONTROL_TOPIC else lane_of(reason.cardholder_id or "", self.lanes)
            if topic != CONTROL_TOPIC and reason.cardholder_id is None:
                lane = 0
            refused.setdefault((topic, lane), []).append((position, reason))
        for topic in range(len(TOPICS)):
            of_topic = np.flatnonzero(topics == topic)
            everywhere = topic == CONTROL_TOPIC
            for lane in range(self.lanes):
                rows = of_topic if everywhere else of_topic[lanes[of_topic] == lane]
                bad = refused.get((topic, _ALL_LANES if everywhere else lane), [])
                if len(rows) or bad:
                    self._queue(self.queues[lane][topic], columns, rows, line[rows], bad, lines)

    def _queue(
        self,
        queue: _Queue,
        columns: Columns,
        rows: NDArray[np.int64],
        at: NDArray[np.int64],
        bad: list[tuple[int, Rejected]],
        lines: list[bytes],
    ) -> None:
        first = len(queue.values)
        positions = np.sort(np.concatenate((at, np.array([position for position, _ in bad], np.int64))))
        queue.values += [lines[position] for position in positions.tolist()]
        queue.index += (first + np.searchsorted(positions, at)).tolist()
        queue.rejected += [
            (first + int(np.searchsorted(positions, position)), reason) for position, reason in bad
        ]
        if len(rows):
            queue.parts.append(columns.take(rows))

    def _lane_of(self, cardholder: bytes) -> int:
        lane = self._lane.get(cardholder)
        if lane is None:
            lane = self._lane[cardholder] = lane_of(cardholder.decode(), self.lanes)
        return lane


def _stray(reason: Rejected, number: int, line: bytes) -> DeadLetter:
    return DeadLetter(
        error_code=reason.code,
        error_detail=reason.detail,
        source_topic=None,
        source_partition=None,
        source_offset=number,
        value=line,
    )


def assess(
    lines: Iterable[bytes],
    evaluator: Evaluator,
    *,
    lanes: int = 12,
    prefix: str = "postloan.",
    learns: bool = True,
    progress: Progress = _silent,
    prepare: Callable[[LaneEngine], None] | None = None,
    features: Iterable[str] = DEFAULT_NAMES,
) -> Assessment:
    """Run the pipeline over raw lines (without their ends). `prepare` is called with each engine first.

    `features` are computed beside what rules read.

    With `learns`, one classroom is taught by all lanes: they go on date by date together, so that no lesson
    comes from a later date than what it helps to judge.
    """
    reader = _Reader(lanes)
    reader.read(lines, progress)
    engines = [LaneEngine(lane, evaluator, prefix, learns=learns, features=features) for lane in range(lanes)]
    for engine, queues in zip(engines, reader.queues, strict=True):
        if prepare is not None:
            prepare(engine)
        _load(engine, queues)
    result = Assessment([Outputs() for _ in engines], reader.stray, engines, None)
    result.records, result.extra_fields = reader.records, reader.extra_fields
    none_left = np.zeros(len(TOPICS), np.bool_)
    total = sum(engine.begin(none_left).count for engine in engines)
    progress("judge", 0, total)
    if learns:
        from models.classroom import Classroom  # River: only who teaches loads it

        result.classroom = Classroom(MODEL_NAMES)
        _learn_by_day(result, total, progress)
    else:
        done = 0
        for engine, outputs in zip(engines, result.lanes, strict=True):
            _add(outputs, engine.run())
            done += engine.taken
            progress("judge", done, total)
    return result


def _load(engine: LaneEngine, queues: list[_Queue]) -> None:
    for topic, queue in enumerate(queues):
        if queue.values:
            offsets = np.arange(len(queue.values), dtype=np.int64)
            columns = _joined(queue.parts)
            values = Spans.of(queue.values)
            queue.values.clear()
            engine.put(topic, chunk(engine.ledger, columns, queue.index, queue.rejected, offsets, values))


def _joined(parts: list[Columns]) -> Columns:
    """Columns one behind the other."""
    if not parts:
        parts = [to_columns([])]
    return Columns(
        kind=np.concatenate([part.kind for part in parts]),
        occurred=np.concatenate([part.occurred for part in parts]),
        event=np.concatenate([part.event for part in parts]),
        fields=np.concatenate([part.fields for part in parts]),
        holders=joined([part.holders for part in parts]),
    )


def _learn_by_day(result: Assessment, total: int, progress: Progress) -> None:
    classroom = result.classroom
    assert classroom is not None, "the caller made it"
    while True:
        days = [day for engine in result.engines if (day := engine.next_day) is not None]
        if not days:
            break
        today = min(days)
        for engine, outputs in zip(result.engines, result.lanes, strict=True):
            if engine.next_day is not None and engine.next_day <= today:
                step = engine.run(today)
                classroom.attend(step.lessons)
                _add(outputs, step)
        snapshot = classroom.snapshot_if_due()
        if snapshot is not None and snapshot.ready:
            scorer = Scorer(snapshot)
            for engine in result.engines:
                engine.scorer = scorer
        progress("judge", sum(engine.taken for engine in result.engines), total)
    for engine, outputs in zip(result.engines, result.lanes, strict=True):
        _add(outputs, engine.run())


def _add(outputs: Outputs, step: Outputs) -> None:
    outputs.decisions += step.decisions
    outputs.dead_letters += step.dead_letters
    outputs.reports += step.reports
