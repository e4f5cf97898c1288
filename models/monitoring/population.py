"""Which rows the population is judged by: those whose histories are full, now and when the model was made.

A feature over six cycles means little before six cycles were seen. A book that begins without history fills
for half a year: whoever compares its first months with later ones measures the filling. So rows count from
the cardholder's RIPE-th statement on, on both sides, and there is no verdict before there is a reference.

The reference is the development sample: of ripe rows those the model was taught on. Their labels take half a
year; until enough of them were taught, the first ripe rows seen stand for them. Either is LEAST rows over
MONTH_DAYS at the least, for in a large book one day alone holds thousands of those whose statements fall on
it; and they begin when most of the book is ripe, for the first to have many statements are those in arrears.
"""

from __future__ import annotations

from typing import Final, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from features.calendar import DAY_US
from models.band import RecentRows
from models.lessons import Observation

RIPE: Final = 7
"""At this statement of a cardholder six cycles have closed."""
MONTH_DAYS: Final = 28
"""Days that the first ripe rows must span, where histories are told: about one statement of everybody."""
LEAST: Final = 1_000
"""Fewer rows than these are no reference."""
FIRST_ROWS: Final = 2 * LEAST
MOST_RIPE: Final = 0.5
"""Share of ripe ones among the latest rows (about LEAST) from which on the reference is taken."""
OVERLAPPING: Final = 6
"""Monthly statements in one outcome window."""

TAUGHT_ROWS: Final = 5_000
TAUGHT_EVERY: Final = 4
"""Of what a model was taught on so many rows are held: every lesson at first, then one in four."""

SEEN_ROWS: Final = 2_500
"""Latest rows that are held against them: of a small book no more than it has in a few months, lest what is
broken be taught before most of them show it."""

Rows = NDArray[np.float64]


def is_ripe(observation: Observation) -> bool:
    """Whether the history behind it is full. Where it is not told, nothing speaks against it."""
    return observation.history is None or observation.history >= RIPE


def share_of(observation: Observation) -> float:
    """As how many independent labels the label of an observation counts.

    Windows of OVERLAPPING statements share most of their days: one who defaults is bad in all of them.
    """
    return 1.0 if observation.history is None else 1.0 / min(max(observation.history, 1), OVERLAPPING)


class PopulationState(msgspec.Struct, frozen=True):
    """Everything that a population holds. taught, first: float64[n, k], little-endian."""

    taught: bytes
    lessons: int
    first: bytes
    stride: int
    met: int
    share: float
    begun_us: int | None
    taught_us: int | None
    whole: bool
    settled: bool


class Population:
    """The reference of the stability indices, of rows of k features."""

    def __init__(self, k: int) -> None:
        self._k = k
        self.taught = RecentRows(TAUGHT_ROWS, k)
        self._lessons = 0
        self._first: list[Rows] = []
        self._stride = 1
        self._met = 0
        self._share = 0.0
        self._begun_us: int | None = None
        self._taught_us: int | None = None
        self._whole = self._settled = False
        """Whether the first ripe rows are enough, and those that were taught."""

    def see(self, observation: Observation, vector: Rows) -> None:
        """Take an observation float64[k] as it comes; the first ripe ones count, thinned evenly over time."""
        if self._whole:
            return
        ripe = is_ripe(observation)
        self._share += (ripe - self._share) / LEAST
        if self._begun_us is None and (observation.history is None or self._share >= MOST_RIPE):
            self._begun_us = observation.occurred_at_us
        if not ripe or self._begun_us is None:
            return
        if self._met % self._stride == 0:
            self._first.append(vector)
        self._met += 1
        if len(self._first) >= LEAST and _spans(self._begun_us, observation):
            self._whole = True
        elif len(self._first) >= FIRST_ROWS:
            del self._first[1::2]
            self._stride *= 2

    def teach(self, observation: Observation, vector: Rows) -> None:
        """Take the observation float64[k] of a lesson."""
        at_us = observation.occurred_at_us
        if not is_ripe(observation) or self._begun_us is None or at_us < self._begun_us:
            return
        taught_us = self._taught_us = at_us if self._taught_us is None else self._taught_us
        if self._lessons < TAUGHT_ROWS or self._lessons % TAUGHT_EVERY == 0:
            self.taught.add(vector)
        self._lessons += 1
        if not self._settled and self._lessons >= LEAST and _spans(taught_us, observation):
            self._first.clear()
            self._whole = self._settled = True

    def reference(self) -> Rows:
        """What rows seen are held against, float64[n, k]; none as long as there are too few."""
        if self._settled:
            return self.taught.rows()
        if self._whole:
            return np.array(self._first)
        return np.empty((0, self._k))

    def to_state(self, *, whole: bool = True) -> PopulationState:
        """For `resume`; or what is not in pieces, which is all but `taught`."""
        return PopulationState(
            _packed(self.taught.rows()) if whole else b"",
            self._lessons,
            _packed(np.array(self._first)),
            self._stride,
            self._met,
            self._share,
            self._begun_us,
            self._taught_us,
            self._whole,
            self._settled,
        )

    def resume(self, state: PopulationState) -> Self:
        """Go on from `to_state`."""
        for row in _unpacked(state.taught, self._k):
            self.taught.add(row)
        self._first = list(_unpacked(state.first, self._k))
        self._lessons, self._stride, self._met = state.lessons, state.stride, state.met
        self._share, self._begun_us, self._taught_us = state.share, state.begun_us, state.taught_us
        self._whole, self._settled = state.whole, state.settled
        return self


def _spans(from_us: int, observation: Observation) -> bool:
    return observation.history is None or observation.occurred_at_us - from_us >= MONTH_DAYS * DAY_US


def _packed(rows: Rows) -> bytes:
    return rows.astype("<f8").tobytes()


def _unpacked(raw: bytes, k: int) -> Rows:
    rows: Rows = np.frombuffer(raw, "<f8").reshape(-1, k).astype(np.float64)
    return rows
