"""What live models expected, kept until it can be held against what came of it, and against the champion."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType

from models.bins import Bins
from models.figures import Figures, figures_of, rival_of
from models.monitoring.psi import Reference

LESSONS: Final = 10_000
"""Latest labels of a target that its models are measured on."""
FIRST: Final = 1_000
LATEST: Final = 5_000
"""Stability: the latest scores of a model against its first ones, of observations that need no label."""
SEEN: Final = 64
"""Models whose scores are kept for it; the one that scored longest ago gives way."""

Scores = Mapping[str, float]


class Told(msgspec.Struct, frozen=True, array_like=True):
    """A label, and what each live model expected when it was observed."""

    scores: dict[str, float]
    label: int


class _Seen(msgspec.Struct):
    """Scores of one model, oldest first."""

    first: list[float] = []
    latest: deque[float] = msgspec.field(default_factory=lambda: deque(maxlen=LATEST))

    def add(self, pd: float) -> None:
        if len(self.first) < FIRST:
            self.first.append(pd)
        else:
            self.latest.append(pd)


class TallyState(msgspec.Struct, frozen=True):
    """A tally at rest. seen: scores by model, float64 little-endian: the first ones, the latest."""

    told: dict[str, list[Told]]
    taken: dict[str, int]
    seen: dict[str, tuple[bytes, bytes]]


class Tally:
    """Scores of live models by name, and the labels of each target."""

    def __init__(self) -> None:
        self._told: dict[str, deque[Told]] = defaultdict(lambda: deque(maxlen=LESSONS))
        self._taken: dict[str, int] = defaultdict(int)
        self._seen: dict[str, _Seen] = {}

    def observe(self, scores: Scores | UnsetType) -> None:
        """Take the scores of an observation."""
        if scores is UNSET:
            return
        for name, pd in scores.items():
            seen = self._seen.pop(name, None) or _Seen()
            seen.add(pd)
            self._seen[name] = seen
        while len(self._seen) > SEEN:
            del self._seen[next(iter(self._seen))]

    def settle(self, target: str, scores: dict[str, float] | UnsetType, label: int) -> None:
        """Take the label of an observation that had these scores."""
        if scores is not UNSET:
            self._told[target].append(Told(scores, label))
            self._taken[target] += 1

    def correct(self, target: str, scores: dict[str, float] | UnsetType, was: int, now: int | None) -> None:
        """Put right a label that was settled, if it is still held; now None: take it out.

        Equal scores with equal labels are one as good as the other.
        """
        told = self._told[target]
        if scores is UNSET or Told(scores, was) not in told:
            return
        place = told.index(Told(scores, was))
        del told[place]
        if now is not None:
            told.insert(place, Told(scores, now))

    def taken(self, target: str) -> int:
        """How many labels of a target were taken in all."""
        return self._taken[target]

    def psi(self, name: str) -> float | None:
        """The stability index of a model's score; None while there are too few scores."""
        seen = self._seen.get(name)
        if seen is None or len(seen.latest) < FIRST:
            return None
        then, now = np.array(seen.first)[:, None], np.array(seen.latest)[:, None]
        reference = Reference(Bins.of(then), then)
        return float(reference.psi(reference.count(now))[0])

    def figures(self, target: str, name: str, labels: str, rival: tuple[str, str] | None) -> Figures | None:
        """A model's figures on those labels of its target that it scored; None while one class is missing.

        labels: names them. rival: the champion as people call it, and its name among the scores: held against
        it on the labels of observations that both have scored, and if there are such, on no others.
        """
        told = [one for one in self._told[target] if name in one.scores]
        held = None
        if rival is not None:
            both = [one for one in told if rival[1] in one.scores]
            held = rival_of(rival[0], [(one.scores[rival[1]], one.label) for one in both])
            told = both if held is not None else told
        return figures_of([(one.scores[name], one.label) for one in told], labels, self.psi(name), held)

    def to_state(self) -> TallyState:
        """Everything it holds."""
        return TallyState(
            {target: list(told) for target, told in self._told.items()},
            dict(self._taken),
            {name: (_packed(seen.first), _packed(seen.latest)) for name, seen in self._seen.items()},
        )

    def resume(self, state: TallyState) -> None:
        """Hold what `to_state` gave."""
        for target, told in state.told.items():
            self._told[target].extend(told)
        self._taken.update(state.taken)
        self._seen = {
            name: _Seen(_unpacked(first), deque(_unpacked(latest), LATEST))
            for name, (first, latest) in state.seen.items()
        }


def _packed(pds: Iterable[float]) -> bytes:
    return np.array(list(pds), "<f8").tobytes()


def _unpacked(raw: bytes) -> list[float]:
    found: list[float] = np.frombuffer(raw, "<f8").tolist()
    return found
