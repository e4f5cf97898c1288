"""A blend: learners of different families, taught alike, whose log-odds are averaged.

Their errors differ, so the average ranks better than the best of them (Breiman, Stacked regressions, Machine
Learning 24, 1996; equal weights need no learning).
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.families.compiled import CardScorer
from models.families.snapshot import CardSnapshot
from models.score import Scorer
from models.snapshot import MIN_LESSONS, Snapshot, read_snapshot

BLEND: Final = "blend"
CARDS: Final = ("scorecard", "forest")
"""The members beside models.logistic."""
FORMAT: Final = 1
_FAR: Final = 1e-12


class BlendSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The members' snapshots, and figures of their average."""

    blend_format: int = FORMAT
    model_id: str
    target: str
    logistic: Snapshot
    cards: tuple[CardSnapshot, ...]
    metrics: dict[str, float | None] = {}
    worst_band_pd: float = math.nextafter(1.0, 2.0)

    @property
    def feature_names(self) -> tuple[str, ...]:
        return self.logistic.feature_names

    @property
    def lessons(self) -> int:
        return self.logistic.lessons

    @property
    def version(self) -> int:
        return self.logistic.version

    @property
    def ready(self) -> bool:
        """Whether its scores count (contract 4.2)."""
        return self.lessons >= MIN_LESSONS

    def to_json(self) -> bytes:
        """Floats are written so that they are read back exactly."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, raw: bytes, feature_names: Sequence[str] | None = None) -> Self:
        """Read a snapshot; refuse an unknown format, a broken one, or one for other features."""
        return read_snapshot(raw, cls, "blend_format", FORMAT, feature_names)

    def problems(self) -> Iterator[str]:
        """What is inconsistent in it, if anything."""
        if tuple(card.kind for card in self.cards) != CARDS:
            yield f"its members are {[card.kind for card in self.cards]}, not {list(CARDS)}"
        members: list[Snapshot | CardSnapshot] = [self.logistic, *self.cards]
        for member in members:
            yield from member.problems()
            if member.feature_names != self.feature_names or member.lessons != self.lessons:
                yield "its members learned different lessons"


class BlendScorer:
    """The members compiled."""

    def __init__(self, snapshot: BlendSnapshot) -> None:
        self.snapshot = snapshot
        self._members: list[Scorer | CardScorer] = [
            Scorer(snapshot.logistic),
            *map(CardScorer, snapshot.cards),
        ]

    def pd(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probabilities float64[n] of raw features float64[n, k]."""
        return average([member.pd(rows) for member in self._members])


def average(each: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """The probability float64[n] whose log-odds are the mean of those of the members' probabilities."""
    total = np.zeros(len(each[0]))
    for pds in each:
        bounded = np.clip(pds, _FAR, 1.0 - _FAR)
        total += np.log(bounded / (1.0 - bounded))
    averaged: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-total / len(each)))
    return averaged
