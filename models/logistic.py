"""The learner: a River pipeline of StandardScaler and RecursiveLogistic; into a snapshot and back."""

import math
from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray
from river.compose import Pipeline
from river.preprocessing import StandardScaler

from models.inputs import SHAPE, Shape, to_known
from models.recursive import RecursiveLogistic
from models.snapshot import MODEL_ID, Snapshot, pack, unpack


class LogisticLearner:
    """Learns lessons one by one; predicts default probabilities.

    feature_names: the k names of the vectors it is given, distinct.
    """

    def __init__(self, feature_names: Sequence[str], model_id: str = MODEL_ID, shape: Shape = SHAPE) -> None:
        self.feature_names = tuple(feature_names)
        if not self.feature_names or len(set(self.feature_names)) != len(self.feature_names):
            raise ValueError("a model needs feature names, and distinct ones")
        self.model_id = model_id
        self.lessons = self.corrections = 0
        self._shape = shape
        self._scaler = StandardScaler()
        self._regression = RecursiveLogistic(self.feature_names, shape)
        self._pipeline = Pipeline(self._scaler, self._regression)

    def learn(self, x: NDArray[np.float64], label: int, weight: float = 1.0) -> None:
        """Learn one lesson: raw features float64[k] (NaN: unknown), label 1 (bad) or 0 (good).

        weight: as how many cardholders it counts.
        """
        if label not in {0, 1}:
            raise ValueError(f"a label is 1 (bad) or 0 (good), not {label!r}")
        self._pipeline.learn_one(self._known(x), bool(label), w=weight)
        self.lessons += 1

    def correct(self, x: NDArray[np.float64], was: int, now: int | None, weight: float = 1.0) -> None:
        """Put right a lesson learned with the label `was`; now None: it ought not to have been learned."""
        known = self._scaler.transform_one(self._known(x))
        self._regression.correct_one(known, was, now, weight)
        self.corrections += 1

    def predict(self, x: NDArray[np.float64]) -> float:
        """The default probability of raw features float64[k] (NaN: unknown)."""
        return float(self._pipeline.predict_proba_one(self._known(x))[True])

    def snapshot(
        self,
        worst_band_pd: float = math.nextafter(1.0, 2.0),
        metrics: Mapping[str, float | None] | None = None,
    ) -> Snapshot:
        """The learner as it is now; what is learned later does not change it."""
        scaler, weights = self._scaler, self._regression.weights.tolist()
        return Snapshot(
            model_id=self.model_id,
            version=self.lessons + self.corrections,
            feature_names=self.feature_names,
            shape=self._shape,
            counts=tuple(scaler.counts.get(name, 0) for name in self.feature_names),
            means=tuple(scaler.means.get(name, 0.0) for name in self.feature_names),
            variances=tuple(scaler.vars.get(name, 0.0) for name in self.feature_names),
            weights=tuple(weights[:-1]),
            intercept=weights[-1],
            covariance=pack(self._regression.covariance),
            lessons=self.lessons,
            corrections=self.corrections,
            worst_band_pd=worst_band_pd,
            metrics=dict(metrics or {}),
        )

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot) -> Self:
        """A learner that goes on from here exactly as the one that made the snapshot."""
        learner = cls(snapshot.feature_names, snapshot.model_id, snapshot.shape)
        learner.lessons, learner.corrections = snapshot.lessons, snapshot.corrections
        seen = [index for index, count in enumerate(snapshot.counts) if count]
        for index in seen:
            name = snapshot.feature_names[index]
            learner._scaler.counts[name] = snapshot.counts[index]
            learner._scaler.means[name] = snapshot.means[index]
            learner._scaler.vars[name] = snapshot.variances[index]
        regression = learner._regression
        regression.weights = np.array([*snapshot.weights, snapshot.intercept], np.float64)
        regression.covariance = unpack(snapshot.covariance, len(regression.weights))
        return learner

    def _known(self, x: NDArray[np.float64]) -> dict[str, float]:
        if x.shape != (len(self.feature_names),):
            raise ValueError(
                f"{len(self.feature_names)} features are learned, but the vector has shape {x.shape}"
            )
        return to_known(self.feature_names, np.ascontiguousarray(x, np.float64), self._shape)
