"""Page-Hinkley: has the mean of a stream risen, above what it was or above a number known beforehand?

The cumulative sum of what exceeds the mean so far by more than `slack`, against its lowest point (Page,
Biometrika 41, 1954; Hinkley, Biometrika 58, 1971):

    n += 1;  mean += (x - mean) / n;  sum += x - mean - slack;  lowest = min(lowest, sum);  alarm: sum -
    lowest > limit

River has one, whose state cannot be written down; this one is five numbers.
"""

from collections.abc import Iterable
from typing import Self

import numpy as np
from numpy.typing import NDArray


class PageHinkley:
    """slack and limit: in the unit of what is watched; warm: values before which there is no alarm.

    centre: what the mean ought to be; None: what it was so far.
    """

    def __init__(self, *, slack: float, limit: float, warm: int, centre: float | None = None) -> None:
        self.slack, self.limit, self.warm, self.centre = slack, limit, warm, centre
        self.count = 0.0
        self.mean = 0.0
        self.total = 0.0
        self.lowest = 0.0

    @property
    def height(self) -> float:
        """How far the sum stands above its lowest point."""
        return self.total - self.lowest

    @property
    def alarm(self) -> bool:
        return self.count >= self.warm and self.height > self.limit

    def take(self, value: float, share: float = 1.0) -> bool:
        """Take a value, as such a share of one; whether the alarm stands now."""
        self.count += share
        self.mean += share * (value - self.mean) / self.count
        self.total += share * (value - (self.mean if self.centre is None else self.centre) - self.slack)
        self.lowest = min(self.lowest, self.total)
        return self.alarm

    def reset(self) -> None:
        """Begin anew."""
        self.count, self.mean, self.total, self.lowest = 0.0, 0.0, 0.0, 0.0

    def state(self) -> NDArray[np.float64]:
        """float64[4]: count, mean, total, lowest."""
        return np.array([self.count, self.mean, self.total, self.lowest])

    def resume(self, state: Iterable[float]) -> Self:
        """Go on from `state`."""
        self.count, self.mean, self.total, self.lowest = map(float, state)
        return self
