"""From a model's own scale to log-odds and to a probability: links and calibration."""

import math
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.probability import sigmoid
from models.secondorder import step

LOGIT: Final = 0
"""The scale is log-odds already."""
PROBIT: Final = 1
"""The scale is the normal distribution's: p = Φ(m)."""
IDENTITY: Final = 2
"""The scale is a probability, which a linear model may leave: beyond EDGE its log-odds go straight on."""

EDGE: Final = 0.02
LOWEST_SLOPE: Final = 0.05
"""Least slope of a calibration curve."""
_VARIANCE: Final = 0.005
_FAR: Final = 8.0
_KNOTS: Final = np.array([-3.0, -2.0, -1.0, 0.0, 1.0])


@njit(cache=True)
def log_odds_of(margin: float, link: int) -> float:
    """The log-odds of a margin on a link's scale; strictly rising."""
    if link == PROBIT:
        m = min(max(margin, -6.0), 6.0)
        return math.log(math.erfc(-m / math.sqrt(2.0)) / math.erfc(m / math.sqrt(2.0))) + (margin - m)
    if link == IDENTITY:
        p = min(max(margin, EDGE), 1.0 - EDGE)
        return math.log(p / (1.0 - p)) + (margin - p) / (EDGE * (1.0 - EDGE))
    return margin


@njit(cache=True)
def calibrated(t: float, curve: NDArray[np.float64]) -> float:
    """The probability of log-odds t under a curve[2 + KNOTS]: offset, slope, and a bend at each knot.

    sigmoid(offset + slope · t + Σ bend · max(0, t - knot)), every slope kept above LOWEST_SLOPE: ranks never
    turn.
    """
    slope = max(curve[1], LOWEST_SLOPE)
    total = curve[0] + slope * t
    for place in range(len(_KNOTS)):
        bent = max(slope + curve[2 + place], LOWEST_SLOPE)
        total += (bent - slope) * max(0.0, t - _KNOTS[place])
        slope = bent
    return sigmoid(total)


class Calibration:
    """Learns what a predicted log-odds turned out to be, each before its label was known.

    Logistic calibration (Platt, 1999), with bends, and second-order steps in place of a batch fit
    (models.secondorder). The curve starts as the identity.

    bends: whether there may be bends; without them, points stay exact sums.
    """

    def __init__(self, *, bends: bool) -> None:
        self.bends = bends
        m = 2 + len(_KNOTS)
        self.curve = np.zeros(m)
        self.curve[1] = 1.0
        self._prior = np.full(m, _VARIANCE)
        self.covariance: NDArray[np.float64] = np.diag(self._prior)

    def doubt(self) -> None:
        """Keep the curve, but as uncertain as at first: what is calibrated has changed."""
        self.covariance = np.diag(self._prior)

    def learn(self, t: float, label: int, weight: float = 1.0) -> None:
        """Learn that a predicted log-odds t had this label."""
        step(self.curve, self.covariance, self._prior, self._inputs(t), float(label), weight)

    def _inputs(self, t: float) -> NDArray[np.float64]:
        bounded = min(max(t, -_FAR), _FAR)
        inputs = np.zeros(len(self.curve))
        inputs[0], inputs[1] = 1.0, bounded
        if self.bends:
            inputs[2:] = np.maximum(bounded - _KNOTS, 0.0)
        return inputs
