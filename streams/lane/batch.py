"""A batch: what a lane takes in one go, in its order, and what came of it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.inbound.deadletters import DeadLetter
from features.inbound.decode import decode, event_id_of
from features.inbound.layout import TOPICS
from features.inbound.rejected import Rejected
from features.inbound.structs import Record as InputRecord
from features.ledger import Rows
from features.order import FEED_AHEAD, REJECTED, TOO_EARLY, TOO_LATE, merge
from models.lessons import Label, Observation, Outcome, Treatment
from rules.records import Record, Trigger
from streams.lane.inbox import Chunk, Inbox

Lesson = Observation | Label | Treatment | Outcome

_DETAILS: Final = {
    TOO_EARLY: ("too_early", "occurred_at: too far ahead of the lane's watermark or last tick"),
    TOO_LATE: ("too_late", "occurred_at: too far behind the lane's watermark"),
}


@dataclass(slots=True)
class Outputs:
    """What a batch gives to the world and to learning, in the order it came about."""

    decisions: list[Record] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    lessons: list[Lesson] = field(default_factory=list)
    """By the records and dates that brought them about: one order, wherever batches end and pieces begin."""
    reports: list[Record] = field(default_factory=list)
    """Of what is on trial (rules.shadow); nothing is published of it."""
    notices: list[Record] = field(default_factory=list)
    """Of the model (streams.lane.notices)."""

    @property
    def observations(self) -> list[Observation]:
        return [lesson for lesson in self.lessons if isinstance(lesson, Observation)]

    @property
    def labels(self) -> list[Label]:
        return [lesson for lesson in self.lessons if isinstance(lesson, Label)]

    @property
    def treatments(self) -> list[Treatment]:
        return [lesson for lesson in self.lessons if isinstance(lesson, Treatment)]

    @property
    def outcomes(self) -> list[Outcome]:
        return [lesson for lesson in self.lessons if isinstance(lesson, Outcome)]

    def add(self, more: Outputs) -> None:
        """What came next."""
        self.decisions += more.decisions
        self.dead_letters += more.dead_letters
        self.lessons += more.lessons
        self.notices += more.notices
        self.reports += more.reports


class Batch:
    """Records taken from an inbox, merged by time; the inbox keeps the rest."""

    def __init__(self, inbox: Inbox, more: NDArray[np.bool_], clock: NDArray[np.int64], rows: Rows) -> None:
        """Merge until a topic with unread records (`more`) runs dry."""
        self._sources = [(topic, piece) for topic in range(len(TOPICS)) for piece in inbox.pieces(topic)]
        parts = [piece for _, piece in self._sources]
        self._starts = list(accumulate(map(len, parts), initial=0))
        """Where the records of each piece begin among all."""
        lengths = [inbox.waiting(topic) for topic in range(len(TOPICS))]
        ends = np.cumsum(lengths)
        starts = ends - np.array(lengths, np.int64)
        total = int(ends[-1])
        self.kind = _joined([part.kind for part in parts], np.uint8)
        self.occurred = _joined([part.occurred for part in parts], np.int64)
        self.slot = _joined([part.slot for part in parts], np.int64)
        self.fields = _joined([part.fields for part in parts], np.int64)
        self.order = np.empty(total, np.int64)
        self.fate = np.empty(total, np.uint8)
        self.watermark = np.empty(total, np.int64)
        heads = starts.copy()
        taken = merge(
            self.kind,
            self.occurred,
            _joined([part.stamp for part in parts], np.int64),
            _joined([part.event for part in parts], np.uint64),
            self.slot,
            heads,
            ends,
            more,
            clock,
            rows,
            self.order,
            self.fate,
            self.watermark,
        )
        self.halted = taken > 0 and self.fate[taken - 1] == FEED_AHEAD
        """Whether the lane's ticks have stopped, so that the feed is ahead of its clock (contract 2.8)."""
        self.count = taken - int(self.halted)
        self.consumed = [int(count) for count in heads - starts]
        """Records taken of each topic."""
        for topic, count in enumerate(self.consumed):
            inbox.drop(topic, count)

    def source(self, place: int) -> tuple[int, Chunk, int]:
        """Topic, chunk and position in it of the record at `place` of the order."""
        index = int(self.order[place])
        number = bisect_right(self._starts, index) - 1
        topic, piece = self._sources[number]
        return topic, piece, index - self._starts[number]

    def record(self, place: int) -> InputRecord:
        """The record at a place of the order, decoded anew: few are needed as objects."""
        _, chunk, position = self.source(place)
        return decode(chunk.values[position])

    def trigger(self, place: int, lane: int, prefix: str) -> Trigger:
        """What an output says of the record that led to it."""
        topic, chunk, position = self.source(place)
        event_id = event_id_of(chunk.values[position] or b"")
        occurred = int(self.occurred[self.order[place]])
        return Trigger(prefix + TOPICS[topic], lane, int(chunk.offset[position]), event_id, occurred)

    def dead_letter(self, place: int, lane: int, prefix: str) -> DeadLetter:
        """The dead letter of a record that was not accepted (contract 2.7)."""
        topic, chunk, position = self.source(place)
        offset = int(chunk.offset[position])
        fate = int(self.fate[place])
        if fate == REJECTED:
            reason: Rejected = chunk.refused[offset]
            code, detail = reason.code, reason.detail
        else:
            code, detail = _DETAILS[fate]
        return DeadLetter(
            error_code=code,
            error_detail=detail,
            source_topic=prefix + TOPICS[topic],
            source_partition=lane,
            source_offset=offset,
            key=None if chunk.keys is None else chunk.keys[position],
            value=chunk.values[position],
        )


def _joined(parts: list[NDArray[Any]], dtype: type[np.generic]) -> NDArray[Any]:
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.empty(0, dtype)
