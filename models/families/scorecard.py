"""Scorecard: logistic regression on weights of evidence, one second-order step per lesson."""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from models.families.core import Arrays, LinearCore
from models.families.scoring import logit
from models.secondorder import step, turn

_VARIANCE: Final = 0.1
_VARIANCE_SHARED: Final = 4.0
"""Shared by all weights: of few features each may weigh its evidence in full."""
_VARIANCE_INTERCEPT: Final = 1.0


class ScorecardCore(LinearCore):
    """The second-order steps of models.secondorder, over weights of evidence.

    Calibration is a straight line in log-odds, so that points are exact sums.
    """

    bends: ClassVar[bool] = False

    def __init__(self, k: int) -> None:
        super().__init__(k)
        self._prior = np.append(np.full(k, _VARIANCE + _VARIANCE_SHARED / k), _VARIANCE_INTERCEPT)
        self._weights = np.zeros(k + 1)
        self._covariance: NDArray[np.float64] = np.diag(self._prior)

    @property
    def weights(self) -> NDArray[np.float64]:
        return self._weights

    def start(self, rate: float) -> None:
        self._weights = np.append(np.zeros(self.k), logit(rate))
        self._covariance = np.diag(self._prior)

    def learn(self, bins: NDArray[np.int64], woes: NDArray[np.float64], label: int, weight: float) -> None:  # noqa: ARG002
        step(self._weights, self._covariance, self._prior, np.append(woes, 1.0), float(label), weight)

    def correct(
        self,
        bins: NDArray[np.int64],  # noqa: ARG002 - woes say it
        woes: NDArray[np.float64],
        was: int,
        now: int | None,
        taken: float,
        given: float,
    ) -> None:
        turn(self._weights, self._covariance, self._prior, np.append(woes, 1.0), was, now, taken, given)

    def arrays(self) -> Arrays:
        return {"weights": self._weights.copy(), "covariance": self._covariance.copy()}

    def load(self, arrays: Mapping[str, NDArray[np.float64]]) -> None:
        self._weights = arrays["weights"].copy()
        self._covariance = arrays["covariance"].copy()
