"""Teaches the members of a blend each lesson (models.families.blend)."""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.bins import Bins
from models.families.blend import BLEND, CARDS, BlendSnapshot, average
from models.families.card import CardLearner
from models.families.snapshot import Categories
from models.logistic import LogisticLearner


class BlendLearner:
    """Teaches every member each lesson."""

    def __init__(
        self,
        feature_names: Sequence[str],
        *,
        model_id: str | None = None,
        target: str = "default",
        categories: Categories = (),
        bins: Bins | None = None,
    ) -> None:
        self.feature_names = tuple(feature_names)
        self.target, self.model_id = target, model_id or f"{target}-{BLEND}"
        self.logistic = LogisticLearner(feature_names, f"{target}-logistic")
        self.cards = [
            CardLearner(kind, feature_names, target=target, categories=categories, bins=bins)
            for kind in CARDS
        ]

    @property
    def lessons(self) -> int:
        """Matured labels learned."""
        return self.logistic.lessons

    @property
    def _members(self) -> list[LogisticLearner | CardLearner]:
        return [self.logistic, *self.cards]

    def learn(self, x: NDArray[np.float64], label: int, weight: float = 1.0) -> None:
        """Learn raw features float64[k] (NaN: unknown) with label 1 (bad) or 0, as `weight` lessons."""
        for member in self._members:
            member.learn(x, label, weight)

    def correct(self, x: NDArray[np.float64], was: int, now: int | None, weight: float = 1.0) -> None:
        """Put right a lesson learned with the label `was`; now None: it ought not to have been learned."""
        for member in self._members:
            member.correct(x, was, now, weight)

    def predict(self, x: NDArray[np.float64]) -> float:
        """The probability of a bad label."""
        each = [np.array([member.predict(x)]) for member in self._members]
        return float(average(each)[0])

    def snapshot(self, *, metrics: Mapping[str, float | None] | None = None) -> BlendSnapshot:
        """The learner as it is now."""
        return BlendSnapshot(
            model_id=self.model_id,
            target=self.target,
            logistic=self.logistic.snapshot(),
            cards=tuple(card.snapshot() for card in self.cards),
            metrics=dict(metrics or {}),
        )

    @classmethod
    def from_snapshot(cls, snapshot: BlendSnapshot) -> Self:
        """A learner that goes on from here exactly as the one that made the snapshot."""
        blend = cls(snapshot.feature_names, model_id=snapshot.model_id, target=snapshot.target)
        blend.logistic = LogisticLearner.from_snapshot(snapshot.logistic)
        blend.cards = [CardLearner.from_snapshot(card) for card in snapshot.cards]
        return blend
