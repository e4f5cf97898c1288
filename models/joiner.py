"""Joins observations with their labels, whichever comes first, each pair once."""

from typing import Self, TypeVar

import msgspec

from models.gradebook import Gradebook, GradebookState
from models.lessons import Key, Label, Lesson, Observation

_Value = TypeVar("_Value")


class _State(msgspec.Struct, frozen=True):
    limit: int
    waiting: list[Observation]
    early: list[Label]
    settled: list[Key]
    dropped: int
    gradebook: GradebookState | None = None


class Joiner:
    """Holds observations until their labels mature.

    Whatever is delivered again changes nothing: a pair gives one lesson, and the first label of an
    observation stays. A label that comes before its observation waits for it. At most `limit` each of
    observations, early labels and settled keys are held; the oldest delivered give way, and `dropped` counts
    the observations and labels lost so.
    """

    def __init__(self, limit: int = 200_000) -> None:
        self._limit = limit
        self._waiting: dict[Key, bytes] = {}  # packed: a third of the memory
        self._early: dict[Key, Label] = {}
        self._settled: dict[Key, None] = {}
        self.dropped = 0
        self.gradebook = Gradebook()
        """The labels given."""

    def __len__(self) -> int:
        """How many observations wait for their label."""
        return len(self._waiting)

    def holds(self, key: Key) -> bool:
        """Whether this observation was taken already: it waits, or its label has settled it."""
        return key in self._waiting or key in self._settled

    def observe(self, observation: Observation) -> Lesson | None:
        """Take an observation; a lesson if its label was there first."""
        key = observation.key
        if self.holds(key):
            return None
        label = self._early.pop(key, None)
        if label is not None:
            return self._settle(observation, label)
        self.dropped += self._put(self._waiting, key, msgspec.msgpack.encode(observation))
        return None

    def mature(self, label: Label) -> Lesson | None:
        """Take a label; a lesson if its observation waits for it and the label is bad or good."""
        key = label.key
        if key in self._settled:
            return None
        packed = self._waiting.pop(key, None)
        if packed is not None:
            return self._settle(msgspec.msgpack.decode(packed, type=Observation), label)
        if key not in self._early:
            self.dropped += self._put(self._early, key, label)
        return None

    def to_json(self) -> bytes:
        """Everything held, in the order it was delivered."""
        waiting = [msgspec.msgpack.decode(packed, type=Observation) for packed in self._waiting.values()]
        early, settled, grades = self._early.values(), list(self._settled), self.gradebook.to_state()
        return msgspec.json.encode(_State(self._limit, waiting, list(early), settled, self.dropped, grades))

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        """The joiner that gave these bytes; it continues identically."""
        state = msgspec.json.decode(raw, type=_State)
        joiner = cls(state.limit)
        joiner._waiting = {held.key: msgspec.msgpack.encode(held) for held in state.waiting}
        joiner._early = {label.key: label for label in state.early}
        joiner._settled = dict.fromkeys(state.settled)
        joiner.dropped = state.dropped
        if state.gradebook is not None:
            joiner.gradebook.resume(state.gradebook)
        return joiner

    def _settle(self, observation: Observation, label: Label) -> Lesson | None:
        self._put(self._settled, label.key, None)
        self.gradebook.enter(observation, label)
        return None if label.label == "set_aside" else Lesson(observation, label)

    def _put(self, held: dict[Key, _Value], key: Key, value: _Value) -> int:
        """Hold it as the newest; the number of oldest ones that gave way (0 or 1)."""
        held[key] = value
        if len(held) <= self._limit:
            return 0
        del held[next(iter(held))]
        return 1
