"""Has a model begun to be wrong? Page-Hinkley on what each matured label cost.

Two streams are watched, each divided by its standard deviation so far: the log loss, which rises when ranks
or probabilities no longer fit, and the residual label - pd with either sign, which moves when the book turns
worse or better than predicted; its mean ought to be 0. A walk with slack d alarms falsely once in about
e^(2 d limit) / (2 d²) labels (Siegmund, Sequential Analysis, 1985, ch. 2), for a normal walk. The loss of a
rare bad is heavier-tailed: at a slack of 0.1 and a limit of 60 it was four alarms in 3.5 million labels that
fit, so the limit is 80.

The standard deviation is the larger of what was seen and what the probabilities themselves imply: before the
first bads are seen the labels hardly vary, and one bad would be an alarm.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.monitoring.pagehinkley import PageHinkley

SLACK: Final = 0.1
LIMIT: Final = 80.0
WARM: Final = 500
"""Labels after which the standard deviation is trusted."""
_FLOOR: Final = 1e-6


class _Scale:
    """Standard deviation of the first values of a stream (Welford, Technometrics 4, 1962).

    implied: the mean of the variances that the model gives them.
    """

    def __init__(self) -> None:
        self.count, self.mean, self.squares, self.implied = 0, 0.0, 0.0, 0.0

    def scaled(self, value: float, variance: float) -> float:
        if self.count < 20 * WARM:  # then fixed: a slow drift must not widen it
            self.count += 1
            before = value - self.mean
            self.mean += before / self.count
            self.squares += before * (value - self.mean)
            self.implied += (variance - self.implied) / self.count
        deviation = math.sqrt(max(self.squares / max(self.count - 1, 1), self.implied))
        return value / max(deviation, _FLOOR)

    def state(self) -> list[float]:
        return [float(self.count), self.mean, self.squares, self.implied]

    def resume(self, count: float, mean: float, squares: float, implied: float) -> None:
        self.count, self.mean, self.squares, self.implied = int(count), mean, squares, implied


class LossWatch:
    """Takes (pd, label) pairs in the order they matured; tells what drifts."""

    def __init__(self) -> None:
        self._watched = {
            name: (_Scale(), PageHinkley(slack=SLACK, limit=LIMIT, warm=WARM, centre=centre))
            for name, centre in (("loss", None), ("worse", 0.0), ("better", 0.0))
        }

    def take(self, pd: float, label: int, share: float = 1.0) -> str | None:
        """Take a pair; the alarm it raised: loss, worse (than predicted), better. Then all begins anew.

        share: as how many independent pairs it counts.
        """
        bounded = min(max(pd, _FLOOR), 1.0 - _FLOOR)
        spread = bounded * (1.0 - bounded)
        values = {
            "loss": -math.log(bounded if label else 1.0 - bounded),
            "worse": label - pd,
            "better": pd - label,
        }
        odds = math.log(bounded / (1.0 - bounded))
        variances = {"loss": spread * odds * odds, "worse": spread, "better": spread}
        raised = None
        for name, (scale, detector) in self._watched.items():
            value = scale.scaled(values[name], variances[name])
            if scale.count > WARM and detector.take(value, share):
                raised = raised or name
        if raised:
            self._begin()
        return raised

    def state(self) -> NDArray[np.float64]:
        """float64[3, 8], for `resume`."""
        rows = [[*scale.state(), *detector.state().tolist()] for scale, detector in self._watched.values()]
        return np.array(rows, np.float64)

    def resume(self, state: NDArray[np.float64]) -> None:
        """Go on from `state`; after one of a version that measured other things all begins anew."""
        if state.shape != self.state().shape:
            self._begin()
            return
        for (scale, detector), row in zip(self._watched.values(), state.tolist(), strict=True):
            scale.resume(*row[:4])
            detector.resume(row[4:])

    def _begin(self) -> None:
        """After an alarm all measure anew: what is normal has changed."""
        self.__init__()  # type: ignore[misc]  # as new
