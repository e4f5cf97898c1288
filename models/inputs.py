"""From a raw feature to what the models weigh: one definition, for River's dictionaries and for arrays.

A raw value x (a count, days, a ratio, minor units of money) becomes

    v = sign(x) · ln(1 + min(|x|, CAP))          heavy tails are drawn in, small ratios hardly change
    z = (v - mean) / standard deviation          over the known values learned so far; 0 while all are equal
    z = z clipped to ±CLIP

and enters the model as three inputs: z, max(0, z - KNOT) (so that risk may bend above the usual range), and 1
if the value is unknown, when the other two are 0: unknown has its own weight and is never taken for zero.
"""

import math
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numba import njit
from numpy.typing import NDArray


class Shape(msgspec.Struct, frozen=True):
    """The constants of the transformation; a snapshot carries them.

    cap: in the raw value's unit (contract 1.3: no integer is larger); clip and knot: standard deviations.
    """

    cap: float = 1e15
    clip: float = 3.0
    knot: float = 0.5


SHAPE: Final = Shape()


@njit(cache=True, inline="always")
def signed_log1p(x: float, cap: float) -> float:
    """sign(x) · ln(1 + min(|x|, cap)); NaN stays NaN."""
    return math.copysign(math.log(1.0 + min(abs(x), cap)), x)


@njit(cache=True, inline="always")
def clipped(z: float, clip: float) -> float:
    return min(max(z, -clip), clip)


@njit(cache=True, inline="always")
def beyond(z: float, knot: float) -> float:
    return max(z - knot, 0.0)


@njit(cache=True)
def squash(raw: NDArray[np.float64], cap: float) -> NDArray[np.float64]:
    """The v of each raw[k]; NaN where unknown."""
    out = np.empty_like(raw)
    for j in range(len(raw)):
        out[j] = math.nan if math.isnan(raw[j]) else signed_log1p(raw[j], cap)
    return out


@njit(cache=True)
def spread(z: NDArray[np.float64], clip: float, knot: float) -> NDArray[np.float64]:
    """The inputs float64[3k + 1] of unclipped z[k] (NaN: unknown).

    All z first, then all bends, then all unknown marks, then the constant 1.
    """
    k = len(z)
    out = np.zeros(3 * k + 1)
    for j in range(k):
        if math.isnan(z[j]):
            out[2 * k + j] = 1.0
        else:
            out[j] = clipped(z[j], clip)
            out[k + j] = beyond(out[j], knot)
    out[3 * k] = 1.0
    return out


def to_known(names: Sequence[str], raw: NDArray[np.float64], shape: Shape) -> dict[str, float]:
    """The v of the known features, by name: River's way to say unknown is to leave it out."""
    values: list[float] = squash(raw, shape.cap).tolist()
    return {name: value for name, value in zip(names, values, strict=True) if value == value}  # noqa: PLR0124 - NaN
