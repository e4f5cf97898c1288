"""One lesson of a logistic regression, learned with what is known of how uncertain its weights are."""

import math
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.probability import sigmoid

_DRIFT: Final = 1e-7  # what a lesson adds to each variance, up to the prior: old lessons fade, slowly


@njit(cache=True)
def log_odds(weights: NDArray[np.float64], inputs: NDArray[np.float64]) -> float:
    """Σ weights[j] · inputs[j], in index order."""
    total = 0.0
    for j in range(len(weights)):
        total += weights[j] * inputs[j]
    return total


@njit(cache=True)
def step(
    weights: NDArray[np.float64],
    covariance: NDArray[np.float64],
    prior: NDArray[np.float64],
    inputs: NDArray[np.float64],
    label: float,
    weight: float = 1.0,
) -> None:
    """Learn one lesson in place: weights[m], covariance[m, m] (symmetric to the bit), prior[m], inputs[m].

    weight: as how many lessons it counts.

    The extended Kalman filter for a Bernoulli observation with a logistic link (Fahrmeir, Posterior mode
    estimation by extended Kalman filtering, 1992; Penny and Roberts, Dynamic logistic regression, 1999). With
    the covariance P, and each variance drifting up a little afterwards:

        p = sigmoid(w·x)    r = p (1 - p)    s = 1 + r xᵀPx    w += Px (y - p) / s    P -= r Px (Px)ᵀ / s
    """
    m = len(weights)
    p = sigmoid(log_odds(weights, inputs))
    r = weight * (p * (1.0 - p))
    spread_by = np.zeros(m)  # Px; most inputs are 0
    for j in range(m):
        if inputs[j] != 0.0:
            for i in range(m):
                spread_by[i] += inputs[j] * covariance[j, i]
    s = 1.0 + r * log_odds(spread_by, inputs)
    gain = weight * (label - p) / s
    root = math.sqrt(r / s)
    for i in range(m):
        weights[i] += spread_by[i] * gain
        spread_by[i] *= root
    for i in range(m):
        for j in range(m):
            covariance[i, j] -= spread_by[i] * spread_by[j]
        if covariance[i, i] < prior[i]:
            covariance[i, i] += _DRIFT


def take_back(
    weights: NDArray[np.float64],
    covariance: NDArray[np.float64],
    inputs: NDArray[np.float64],
    label: int,
    weight: float = 1.0,
) -> None:
    """Take back in place a lesson that was learned long ago: the inverse of `step`, seen from now.

    In the filter's information form a lesson adds weight · r xxᵀ to the precision P⁻¹ and weight · x (y - p)
    to what the weights are made of; both are subtracted, with the probability of now in place of then's.
    """
    ahead = covariance @ inputs
    p = sigmoid(float(weights @ inputs))
    r = weight * p * (1.0 - p)
    left = max(1.0 - r * float(inputs @ ahead), 0.5)  # it was in there: what it added cannot be all
    weights -= ahead * (weight * (label - p) / left)
    covariance += np.outer(ahead, ahead) * (r / left)


def turn(
    weights: NDArray[np.float64],
    covariance: NDArray[np.float64],
    prior: NDArray[np.float64],
    inputs: NDArray[np.float64],
    was: int,
    now: int | None,
    taken: float,
    given: float,
) -> None:
    """Put right in place a lesson that was learned with the label `was`: take it back, learn it as `now`.

    taken: as how many lessons it counted; given: as how many it counts now.
    """
    if was == now:
        return
    take_back(weights, covariance, inputs, was, taken)
    if now is not None:
        step(weights, covariance, prior, inputs, float(now), given)
