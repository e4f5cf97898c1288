"""Log-odds, default probabilities and scorecard points."""

import math
from typing import Final

from numba import njit

_LOGIT_CAP: Final = 20.0
_PD_FLOOR: Final = 1e-9

_OFFSET: Final = 487.123
_FACTOR: Final = 28.8539


@njit(cache=True)
def sigmoid(logit: float) -> float:
    """1 / (1 + e^-logit), the logit clipped to ±20: a probability is never quite 0 or 1."""
    return 1.0 / (1.0 + math.exp(-min(max(logit, -_LOGIT_CAP), _LOGIT_CAP)))


def points(pd: float) -> int:
    """Scorecard points of a default probability: 600 at good:bad odds of 50:1, 20 more double the odds.

    The usual scaling (Siddiqi, Credit Risk Scorecards, 2006, ch. 6): factor = 20 / ln 2 = 28.8539,
    offset = 600 - factor · ln 50 = 487.123, points = offset + factor · ln((1 - pd) / pd).
    """
    if not 0.0 <= pd <= 1.0:
        raise ValueError(f"a probability lies in 0..1, not {pd!r}")
    bounded = min(max(pd, _PD_FLOOR), 1.0 - _PD_FLOOR)
    return round(_OFFSET + _FACTOR * math.log((1.0 - bounded) / bounded))
