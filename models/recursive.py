"""Logistic regression that takes one second-order step per lesson: a River classifier.

River's LogisticRegression takes first-order steps. On the few hundred lessons that a book has at first, with
one bad in twenty, and with features that move together, a step that knows their covariance learns more from
each. It needs no learning rate, and no weights for the rare class: probabilities come out calibrated.
"""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from river import base

from models.inputs import SHAPE, Shape, spread
from models.probability import sigmoid
from models.secondorder import log_odds, step, turn

_START_RATE: Final = 0.05  # bad rate assumed before the first lesson
_VARIANCE: Final = 0.05  # prior of each weight, in squared log-odds per standard deviation
_VARIANCE_INTERCEPT: Final = 1.0


class RecursiveLogistic(base.Classifier):
    """The last step of the pipeline: takes standardised features by name; a missing one is unknown.

    weights: float64[3k + 1] over models.inputs.spread, the intercept last.
    covariance: float64[3k + 1, 3k + 1], how uncertain the weights still are.
    """

    def __init__(self, names: tuple[str, ...], shape: Shape = SHAPE) -> None:
        self.names = names
        self.shape = shape
        k = len(names)
        self._prior = np.append(np.full(3 * k, _VARIANCE), _VARIANCE_INTERCEPT)
        self.covariance: NDArray[np.float64] = np.diag(self._prior)
        self.weights = np.zeros(3 * k + 1)
        self.weights[-1] = math.log(_START_RATE / (1.0 - _START_RATE))

    def learn_one(self, x: dict[Any, float], y: Any, w: float = 1.0) -> None:
        """Learn that a cardholder with these features turned out bad (truthy y) or good, as w lessons."""
        step(self.weights, self.covariance, self._prior, self._inputs(x), float(bool(y)), w)

    def correct_one(self, x: dict[Any, float], was: int, now: int | None, w: float = 1.0) -> None:
        """Put right a lesson that was learned as `was`: it is `now`, or None, not to be learned."""
        turn(self.weights, self.covariance, self._prior, self._inputs(x), was, now, w, w)

    def predict_proba_one(self, x: dict[Any, float], **_: Any) -> dict[Any, float]:
        """The probabilities of good (False) and bad (True)."""
        bad: float = sigmoid(log_odds(self.weights, self._inputs(x)))
        return {False: 1.0 - bad, True: bad}

    def _inputs(self, x: dict[Any, float]) -> NDArray[np.float64]:
        z = np.array([x.get(name, math.nan) for name in self.names], np.float64)
        inputs: NDArray[np.float64] = spread(z, self.shape.clip, self.shape.knot)
        return inputs
