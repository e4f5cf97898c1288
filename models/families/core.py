"""What differs from family to family: how one weighs binned evidence. The rest is models.families.card."""

import abc
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from models.links import LOGIT

Arrays = dict[str, NDArray[np.float64]]


class Core(abc.ABC):
    """Learns from bins int64[k] and their weights of evidence float64[k]; judges on its own scale.

    link: the scale of its margins (models.links). bends: whether calibration may bend.
    """

    link: ClassVar[int] = LOGIT
    bends: ClassVar[bool] = True

    def __init__(self, k: int) -> None:
        self.k = k

    @abc.abstractmethod
    def start(self, rate: float) -> None:
        """Forget everything; the book's bad rate is about this."""

    @abc.abstractmethod
    def learn(self, bins: NDArray[np.int64], woes: NDArray[np.float64], label: int, weight: float) -> None:
        """Learn a lesson; weight: as how many it counts."""

    def correct(
        self,
        bins: NDArray[np.int64],
        woes: NDArray[np.float64],
        was: int,
        now: int | None,
        taken: float,
        given: float,
    ) -> None:
        """Put right a lesson learned with the label `was`; now None: it ought not to have been learned.

        taken: as how many lessons it counted as `was`; given: as how many it counts as `now`.

        What cannot be taken back is outweighed: the right label is learned twice over, once against the
        wrong one; a lesson of no label fades.
        """
        if now is not None and now != was:
            self.learn(bins, woes, now, taken + given)

    @abc.abstractmethod
    def margin(self, bins: NDArray[np.int64], woes: NDArray[np.float64]) -> float:
        """The verdict on the link's scale."""

    def refresh(self, fade: float) -> None:
        """Called every so many lessons; what was before them counts `fade` as much."""
        del fade

    @abc.abstractmethod
    def arrays(self) -> Arrays:
        """Everything it holds, copied."""

    @abc.abstractmethod
    def load(self, arrays: Mapping[str, NDArray[np.float64]]) -> None:
        """Hold what `arrays` gave."""


class LinearCore(Core):
    """A core whose margin is Σ weights[j] · woe[j] + weights[k]: it can be scored from a table over bins."""

    @property
    @abc.abstractmethod
    def weights(self) -> NDArray[np.float64]:
        """float64[k + 1], the constant last."""

    def margin(self, bins: NDArray[np.int64], woes: NDArray[np.float64]) -> float:  # noqa: ARG002 - woes say it
        weights = self.weights
        return float(weights[:-1] @ woes + weights[-1])
