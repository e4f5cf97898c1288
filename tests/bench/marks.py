"""How far a worker was at which time; rates are measured between marks, after the warm-up."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Mark:
    """Events done, and the clock and the processor time at which they were."""

    events: int
    at: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Pace:
    """What a steady stretch of a run came to."""

    events: int
    seconds: float
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        return self.events / self.seconds

    @property
    def cpu_us(self) -> float:
        return self.cpu_seconds / self.events * 1e6


class TooShortError(ValueError):
    """A run has no steady stretch: too few events."""


def pace(marks: Sequence[Mark], first: int, last: int) -> Pace:
    """Between the first mark with `first` events and the last with `last` at most."""
    steady = [mark for mark in marks if first <= mark.events <= last]
    moves = [mark for before, mark in pairwise(steady) if mark.events > before.events]
    if len(moves) < 2:
        raise TooShortError(f"no two marks between {first} and {last} events: more events are needed")
    begin, end = moves[0], moves[-1]  # both just after a batch: no batch counts in part
    return Pace(end.events - begin.events, end.at - begin.at, end.cpu - begin.cpu)


def told(values: Sequence[float]) -> dict[str, float]:
    """Median and range, as the results have them."""
    return {
        "median": round(statistics.median(values), 2),
        "lowest": round(min(values), 2),
        "highest": round(max(values), 2),
    }
