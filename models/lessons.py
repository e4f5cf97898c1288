"""What a model learns from: an observation frozen at a statement, the label that matured, the two joined."""

from typing import Literal, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

Features: TypeAlias = bytes | tuple[float | None, ...]
"""Values by feature: float64 little-endian, NaN is unknown. As numbers, None for unknown, where they were
written down by hand or before there was the other form."""

Verdict: TypeAlias = Literal["bad", "good", "set_aside"]
"""What became of an observation (models.maturity); set_aside is not learned."""

Key: TypeAlias = tuple[str, str]
"""(cardholder_id, statement_id): names one observation and its label."""


class Observation(msgspec.Struct, frozen=True):
    """A cardholder's model features as they were when a statement was issued.

    occurred_at_us: the statement's time in microseconds since 1970 (UTC).
    features: one value per feature name of the classroom, in its order.
    model_pd: the champion's default probability at that time; None if there was no champion ready.
    history: statements that were taken of the cardholder so far, with this one; None: not told.
    scores: what each model that was live expected then, by its name, the champion among them; unset, and not
        written, when the champion was the only one.
    """

    cardholder_id: str
    statement_id: str
    occurred_at_us: int
    features: Features
    model_pd: float | None = None
    history: int | None = None
    scores: dict[str, float] | msgspec.UnsetType = msgspec.UNSET

    @property
    def key(self) -> Key:
        return self.cardholder_id, self.statement_id

    def vector(self) -> NDArray[np.float64]:
        """The features as float64[k]; NaN is unknown."""
        return vector_of(self.features)


def vector_of(features: Features) -> NDArray[np.float64]:
    """float64[k]; NaN is unknown. Not to be written to."""
    if isinstance(features, bytes):
        return np.frombuffer(features, "<f8")
    return np.array(features, np.float64)


def features_of(rows: NDArray[np.float64]) -> list[bytes]:
    """The features of n observations from float64[n, k]: what is not finite is unknown."""
    size = rows.shape[1] * 8
    raw = np.where(np.isfinite(rows), rows, np.nan).astype("<f8").tobytes()
    return [raw[start : start + size] for start in range(0, len(raw), size)]


class Label(msgspec.Struct, frozen=True):
    """What became of one observation.

    matured_us: when it was decided, in microseconds since 1970 (UTC).
    because: why: window_closed, outcome, corrected (by an outcome that came later)
    """

    cardholder_id: str
    statement_id: str
    label: Verdict
    matured_us: int
    because: str

    @property
    def key(self) -> Key:
        return self.cardholder_id, self.statement_id


class Lesson(msgspec.Struct, frozen=True):
    """An observation with its label, which is bad or good."""

    observation: Observation
    label: Label

    @property
    def target(self) -> int:
        """1: bad, 0: good."""
        return int(self.label.label == "bad")


OutcomeWord: TypeAlias = Literal["charged_off", "fraud_confirmed", "cured", "false_alarm"]


class Outcome(msgspec.Struct, frozen=True):
    """What was confirmed of a cardholder. at_us: the lane's time when it was taken."""

    cardholder_id: str
    at_us: int
    what: OutcomeWord


class Correction(msgspec.Struct, frozen=True):
    """A label that was given already, and was put right. corrects: the observation it is of.

    pd: what was expected of it when it was observed.
    """

    corrects: Key
    was: Verdict
    now: Verdict
    because: OutcomeWord
    at_us: int
    pd: float | None


class Treatment(msgspec.Struct, frozen=True):
    """A halving was wanted: it was requested, or the cardholder was spared as one of the control group."""

    cardholder_id: str
    at_us: int
    what: Literal["halved", "spared"]
