"""Labels all targets: from an observation, the statements that follow it, and what is told of it.

An observation settles for a target when a statement after the target's window is seen, and for all of them
at the latest when its default label comes: that closes a window as long as the longest of theirs, or an
outcome ends it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Self

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType
from numpy.typing import NDArray

from features.calendar import DAY_US, day_of
from models.lessons import Features, Key, Label, Observation, Verdict, vector_of
from models.pieces import Pieces
from models.targets import CHARGED_OFF, CLEARED, DEFAULT, FRAUD, TARGETS, Target

MOST_HELD: Final = 24
"""Observations of one cardholder; the oldest gives way."""
TOGETHER: Final = 64
"""Cardholders to a piece (models.pieces)."""
_TOLD: Final = {"bad": CHARGED_OFF, "set_aside": FRAUD, "good": CLEARED}


class Settled(msgspec.Struct, frozen=True):
    """A label of one target, and the observation that it is of."""

    target: str
    key: Key
    features: Features
    label: int
    pd: float | None
    """What was expected when it was observed; None by a model that was not ready."""
    champion_pd: float | None = None
    """The champion's default probability at that time."""
    scores: dict[str, float] | UnsetType = UNSET
    """What live models expected then."""

    def vector(self) -> NDArray[np.float64]:
        """The features as float64[k]; NaN is unknown."""
        return vector_of(self.features)


class _Held(msgspec.Struct):
    statement: str
    day: int
    features: Features
    champion_pd: float | None
    open: dict[str, float | None]
    """What was expected, by target that is not settled."""
    scores: dict[str, float] | UnsetType = UNSET


class _State(msgspec.Struct, frozen=True):
    limit: int
    held: dict[str, list[_Held]]
    dropped: int


class Histories:
    """The observations of each cardholder as far back as a window reaches.

    limit: cardholders held; the one seen longest ago gives way, and `dropped` counts its open observations.
    """

    def __init__(self, targets: Sequence[Target] = TARGETS, limit: int = 100_000) -> None:
        self._targets = {target.id: target for target in targets}
        self._longest = max(target.window_days for target in targets)
        self._limit = limit
        self.held: Pieces[str] = Pieces(str, TOGETHER)
        """By cardholder."""
        self.dropped = 0

    def observe(self, observation: Observation, expected: dict[str, float | None]) -> list[Settled]:
        """Take an observation with what is expected of it by target; what it settles of earlier ones.

        Redelivered ones change nothing.
        """
        holder = observation.cardholder_id
        held = _unpacked(self.held.pop(holder))
        if any(one.statement == observation.statement_id for one in held):
            self.held.put(holder, _packed(held))
            return []
        day = day_of(observation.occurred_at_us)
        settled = list(self._settle(holder, held, day))
        held[:] = [one for one in held if one.open or day - one.day < self._longest][-MOST_HELD + 1 :]
        held.append(
            _Held(
                observation.statement_id,
                day,
                observation.features,
                observation.model_pd,
                dict(expected),
                observation.scores,
            )
        )
        self.held.put(holder, _packed(held))
        if len(self.held) > self._limit:
            oldest = _unpacked(self.held.pop(self.held.oldest()))
            self.dropped += sum(bool(one.open) for one in oldest)
        return settled

    def mature(self, label: Label) -> list[Settled]:
        """Take the default label of an observation; what is settled of it at the latest now."""
        held = _unpacked(self.held.get(label.cardholder_id))
        told = _TOLD[label.label] if label.because == "outcome" else None
        mine = [one for one in held if one.statement == label.statement_id]
        settled = [
            found
            for one in mine
            for target in list(one.open)
            if (found := self._close(label.cardholder_id, held, one, target, told, label.label)) is not None
        ]
        for one in mine:
            one.open.clear()
        if mine:
            self.held.put(label.cardholder_id, _packed(held))
        return settled

    def waiting(self, label: Label) -> Observation | None:
        """The observation that a default label is of, with what was expected, if it waits for it."""
        for one in _unpacked(self.held.get(label.cardholder_id)):
            if one.statement == label.statement_id and DEFAULT in one.open:
                at_us = one.day * DAY_US
                return Observation(*label.key, at_us, one.features, one.open[DEFAULT])
        return None

    def _settle(self, holder: str, held: list[_Held], day: int) -> Iterator[Settled]:
        for one in held:
            past = day - one.day
            for target in [x for x in one.open if x != DEFAULT and past >= self._targets[x].window_days]:
                found = self._close(holder, held, one, target, None)
                if found is not None:
                    yield found

    def _close(
        self,
        holder: str,
        held: list[_Held],
        one: _Held,
        name: str,
        told: str | None,
        default: Verdict | None = None,
    ) -> Settled | None:
        pd, key = one.open.pop(name), (holder, one.statement)
        if name == DEFAULT:
            if default is None or default == "set_aside":
                return None
            return Settled(name, key, one.features, int(default == "bad"), pd, one.champion_pd, one.scores)
        target = self._targets[name]
        first = vector_of(one.features)
        rows = [vector_of(x.features) for x in held if one.day < x.day < one.day + target.window_days]
        label = target.label(first, np.array(rows).reshape(len(rows), len(first)), told)
        if label is None:
            return None
        return Settled(name, key, one.features, label, pd, scores=one.scores)

    def to_json(self, *, whole: bool = True) -> bytes:
        """Everything held; or what is not in pieces."""
        held = {holder: _unpacked(self.held[holder]) for holder in (self.held if whole else ())}
        return msgspec.json.encode(_State(self._limit, held, self.dropped))

    @classmethod
    def from_json(cls, raw: bytes, targets: Sequence[Target] = TARGETS) -> Self:
        """The histories that gave these bytes; they go on identically."""
        state = msgspec.json.decode(raw, type=_State)
        histories = cls(targets, state.limit)
        for holder, held in state.held.items():
            histories.held.put(holder, _packed(held))
        histories.dropped = state.dropped
        return histories


def _packed(held: list[_Held]) -> bytes:
    return msgspec.msgpack.encode(held)


def _unpacked(packed: bytes | None) -> list[_Held]:
    return [] if packed is None else msgspec.msgpack.decode(packed, type=list[_Held])
