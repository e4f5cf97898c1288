"""Linear models that River teaches: linear probability, probit, and first-order logistic regression.

River's generalised linear model takes the gradient of a loss; its optimiser (AdaGrad: Duchi, Hazan and
Singer, JMLR 12, 2011) makes the step. The probit loss is ours.
"""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from river import optim
from river.linear_model.base import GLM
from river.utils import VectorDict

from models.families.core import Arrays, LinearCore
from models.families.scoring import logit
from models.links import IDENTITY, LOGIT, PROBIT

_BOUND: Final = 8.0


class ProbitLoss(optim.losses.BinaryLoss):
    """-ln Φ(s · m) for s = 1 (bad) or -1 (good): the likelihood of a probit model (Bliss, Science 79, 1934).

    Its gradient in m is -s · φ(s m) / Φ(s m); beyond ±8 the ratio is taken at ±8.
    """

    def __call__(self, y_true: Any, y_pred: Any) -> float:  # type: ignore[override]  # one by one only
        signed = y_pred if y_true else -y_pred
        return -math.log(_phi(max(signed, -_BOUND)))

    def gradient(self, y_true: Any, y_pred: Any) -> float:  # type: ignore[override]  # one by one
        sign = 1.0 if y_true else -1.0
        z = min(max(sign * y_pred, -_BOUND), _BOUND)
        return -sign * math.exp(-z * z / 2.0) / math.sqrt(math.tau) / _phi(z)

    def mean_func(self, y_pred: Any) -> float:  # type: ignore[override]  # one by one
        return _phi(y_pred)


def _phi(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


class _Regression(GLM):
    """River's model, with its margin in the open."""

    def margin_one(self, x: dict[int, float]) -> float:
        return float(self._raw_dot_one(x))

    def hold(self, weights: dict[int, float]) -> None:
        self._weights = VectorDict(weights)


class GeneralisedCore(LinearCore):
    """A River model over weights of evidence, named by their column."""

    rate: ClassVar[float]
    """AdaGrad's step."""

    def __init__(self, k: int) -> None:
        super().__init__(k)
        self._model = self._new(0.0)

    @staticmethod
    def loss() -> optim.base.Loss:
        raise NotImplementedError  # each family has its own

    @staticmethod
    def scale(rate: float) -> float:
        """The margin of a probability."""
        raise NotImplementedError  # each family has its own

    @property
    def weights(self) -> NDArray[np.float64]:
        held = self._model.weights
        return np.array([*(held.get(j, 0.0) for j in range(self.k)), self._model.intercept], np.float64)

    def start(self, rate: float) -> None:
        self._model = self._new(self.scale(rate))

    def learn(self, bins: NDArray[np.int64], woes: NDArray[np.float64], label: int, weight: float) -> None:  # noqa: ARG002
        self._model.learn_one(dict(enumerate(woes.tolist())), bool(label), w=weight)

    def margin(self, bins: NDArray[np.int64], woes: NDArray[np.float64]) -> float:  # noqa: ARG002
        return self._model.margin_one(dict(enumerate(woes.tolist())))

    def arrays(self) -> Arrays:
        optimiser = self._model.optimizer
        squares = np.array([optimiser.g2.get(j, 0.0) for j in range(self.k)], np.float64)
        return {
            "weights": self.weights,
            "squares": squares,
            "steps": np.array([float(optimiser.n_iterations)]),
        }

    def load(self, arrays: Mapping[str, NDArray[np.float64]]) -> None:
        *weights, intercept = arrays["weights"].tolist()
        self._model = self._new(intercept)
        self._model.hold(dict(enumerate(weights)))
        self._model.optimizer.g2.update(enumerate(arrays["squares"].tolist()))
        self._model.optimizer.n_iterations = int(arrays["steps"][0])

    def _new(self, intercept: float) -> _Regression:
        return _Regression(  # type: ignore[no-untyped-call]  # River's constructor
            optimizer=optim.AdaGrad(self.rate),
            loss=self.loss(),
            l2=0.0,
            l1=0.0,
            intercept_init=intercept,
            intercept_lr=0.002,
            clip_gradient=10.0,
            initializer=optim.initializers.Zeros(),
        )


class LinearCoreOfProbability(GeneralisedCore):
    """p = Σ w · woe + c, by least squares."""

    link: ClassVar[int] = IDENTITY
    rate: ClassVar[float] = 0.02

    @staticmethod
    def loss() -> optim.base.Loss:
        return optim.losses.Squared()

    @staticmethod
    def scale(rate: float) -> float:
        return rate


class ProbitCore(GeneralisedCore):
    """p = Φ(Σ w · woe + c)."""

    link: ClassVar[int] = PROBIT
    rate: ClassVar[float] = 0.05

    @staticmethod
    def loss() -> optim.base.Loss:
        return ProbitLoss()

    @staticmethod
    def scale(rate: float) -> float:
        return 0.6 * logit(rate)  # near enough to start from


class FirstOrderCore(GeneralisedCore):
    """p = sigmoid(Σ w · woe + c), as River's LogisticRegression learns it."""

    link: ClassVar[int] = LOGIT
    rate: ClassVar[float] = 0.1

    @staticmethod
    def loss() -> optim.base.Loss:
        return optim.losses.Log()

    @staticmethod
    def scale(rate: float) -> float:
        return logit(rate)
