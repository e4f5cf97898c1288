"""Families of online learners behind one interface: learn a label, snapshot to JSON, score arrays.

learner = new("lda", names);  learner.learn(x, label);  learner.predict(x)
raw = learner.snapshot().to_json();  scorer_of(read(raw)).pd(rows);  restore(read(raw))

Only who learns needs River: it is imported by `new` and `restore`, and by none of the rest.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.bins import Bins
from models.families.blend import BLEND, BlendScorer, BlendSnapshot
from models.families.compiled import CardScorer
from models.families.snapshot import KINDS, CardSnapshot, Categories
from models.score import Scorer
from models.snapshot import Snapshot

__all__ = [
    "FAMILIES",
    "LOGISTIC",
    "AnySnapshot",
    "Learner",
    "RowScorer",
    "family_of",
    "new",
    "read",
    "restore",
    "scorer_of",
]

AnySnapshot: TypeAlias = Snapshot | CardSnapshot | BlendSnapshot

LOGISTIC: Final = "logistic"
FAMILIES: Final = (LOGISTIC, *KINDS, BLEND)
"""logistic: models.logistic, on squashed raw inputs; blend: of several; the others on binned evidence."""


class Learner(Protocol):
    """An online learner of one target."""

    @property
    def lessons(self) -> int:
        """Matured labels learned."""

    def learn(self, x: NDArray[np.float64], label: int, weight: float = 1.0) -> None:
        """Learn raw features float64[k] (NaN: unknown) with label 1 (bad) or 0 (good)."""

    def correct(self, x: NDArray[np.float64], was: int, now: int | None, weight: float = 1.0) -> None:
        """Put right a lesson learned with the label `was`; now None: it ought not to have been learned."""

    def predict(self, x: NDArray[np.float64]) -> float:
        """The probability of a bad label."""

    def snapshot(self, *, metrics: Mapping[str, float | None] | None = None) -> Any:
        """An AnySnapshot, which later lessons do not change."""


class RowScorer(Protocol):
    """An immutable snapshot, compiled."""

    @property
    def snapshot(self) -> Any:
        """An AnySnapshot."""

    def pd(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities float64[n] of raw rows float64[n, k]."""


def new(
    family: str,
    feature_names: Sequence[str],
    *,
    model_id: str | None = None,
    target: str = "default",
    categories: Categories = (),
    bins: Bins | None = None,
) -> Learner:
    """A learner that knows nothing yet."""
    from models.families.blending import BlendLearner
    from models.families.card import CardLearner
    from models.logistic import LogisticLearner

    if family == LOGISTIC:
        return LogisticLearner(feature_names, model_id or f"{target}-{LOGISTIC}")
    if family == BLEND:
        return BlendLearner(feature_names, model_id=model_id, target=target, categories=categories, bins=bins)
    return CardLearner(
        family, feature_names, model_id=model_id, target=target, categories=categories, bins=bins
    )


def read(raw: bytes, feature_names: Sequence[str] | None = None) -> AnySnapshot:
    """Read a snapshot of any family; SnapshotRefusedError if it cannot be used."""
    if b'"card_format"' in raw[:64]:
        return CardSnapshot.from_json(raw, feature_names)
    if b'"blend_format"' in raw[:64]:
        return BlendSnapshot.from_json(raw, feature_names)
    return Snapshot.from_json(raw, feature_names)


def restore(snapshot: AnySnapshot) -> Learner:
    """A learner that goes on exactly as the one that made the snapshot."""
    from models.families.blending import BlendLearner
    from models.families.card import CardLearner
    from models.logistic import LogisticLearner

    if isinstance(snapshot, CardSnapshot):
        return CardLearner.from_snapshot(snapshot)
    if isinstance(snapshot, BlendSnapshot):
        return BlendLearner.from_snapshot(snapshot)
    return LogisticLearner.from_snapshot(snapshot)


def scorer_of(snapshot: AnySnapshot) -> RowScorer:
    """The snapshot compiled into arrays."""
    if isinstance(snapshot, CardSnapshot):
        return CardScorer(snapshot)
    return BlendScorer(snapshot) if isinstance(snapshot, BlendSnapshot) else Scorer(snapshot)


def family_of(snapshot: AnySnapshot) -> str:
    """One of FAMILIES."""
    if isinstance(snapshot, CardSnapshot):
        return snapshot.kind
    return BLEND if isinstance(snapshot, BlendSnapshot) else LOGISTIC
