"""Joins observations with their labels, whichever comes first, each pair once."""

from typing import Self

import msgspec

from models.gradebook import Gradebook, GradebookState
from models.lessons import Key, Label, Lesson, Observation
from models.pieces import Pieces


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
        self.waiting: Pieces[Key] = Pieces(Key)
        """Observations."""
        self.settled: Pieces[Key] = Pieces(Key)
        """The keys alone."""
        self.early: Pieces[Key] = Pieces(Key)
        """Labels; of observations that gave way, among them."""
        self.dropped = 0
        self.gradebook = Gradebook()
        """The labels given."""

    def __len__(self) -> int:
        """How many observations wait for their label."""
        return len(self.waiting)

    def holds(self, key: Key) -> bool:
        """Whether this observation was taken already: it waits, or its label has settled it."""
        return key in self.waiting or key in self.settled

    def observe(self, observation: Observation) -> Lesson | None:
        """Take an observation; a lesson if its label was there first."""
        return None if self.holds(observation.key) else self.take(observation)

    def take(self, observation: Observation) -> Lesson | None:
        """As `observe`, of one that it does not hold."""
        key = observation.key
        early = self.early.pop(key)
        if early is not None:
            return self._settle(observation, msgspec.msgpack.decode(early, type=Label))
        self.waiting.put(key, msgspec.msgpack.encode(observation))
        self.dropped += self._make_room(self.waiting)
        return None

    def mature(self, label: Label) -> Lesson | None:
        """Take a label; a lesson if its observation waits for it and the label is bad or good."""
        key = label.key
        if key in self.settled:
            return None
        packed = self.waiting.pop(key)
        if packed is not None:
            return self._settle(msgspec.msgpack.decode(packed, type=Observation), label)
        if key not in self.early:
            self.early.put(key, msgspec.msgpack.encode(label))
            self.dropped += self._make_room(self.early)
        return None

    def to_json(self, *, whole: bool = True) -> bytes:
        """Everything held, in the order it was delivered; or what is not in pieces."""
        grades = self.gradebook.to_state(whole=whole)
        if not whole:
            return msgspec.json.encode(_State(self._limit, [], [], [], self.dropped, grades))
        waiting = [msgspec.msgpack.decode(one, type=Observation) for one in self.waiting.values()]
        early = [msgspec.msgpack.decode(one, type=Label) for one in self.early.values()]
        settled = list(self.settled)
        return msgspec.json.encode(_State(self._limit, waiting, early, settled, self.dropped, grades))

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        """The joiner that gave these bytes; it continues identically."""
        state = msgspec.json.decode(raw, type=_State)
        joiner = cls(state.limit)
        for held in state.waiting:
            joiner.waiting.put(held.key, msgspec.msgpack.encode(held))
        for key in state.settled:
            joiner.settled.put(key, b"")
        for label in state.early:
            joiner.early.put(label.key, msgspec.msgpack.encode(label))
        joiner.dropped = state.dropped
        if state.gradebook is not None:
            joiner.gradebook.resume(state.gradebook)
        return joiner

    def _settle(self, observation: Observation, label: Label) -> Lesson | None:
        self.settled.put(label.key, b"")
        self._make_room(self.settled)
        self.gradebook.enter(observation, label)
        return None if label.label == "set_aside" else Lesson(observation, label)

    def _make_room(self, held: Pieces[Key]) -> int:
        """The number of oldest ones that gave way (0 or 1)."""
        if len(held) <= self._limit:
            return 0
        held.pop(held.oldest())
        return 1
