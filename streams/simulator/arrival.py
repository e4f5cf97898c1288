"""From a month's rows to a stream: most records arrive as they occur, a few late. Rendered in slices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.simulator import calibration as c
from streams.simulator.rendering import KINDS, render
from streams.simulator.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.simulator.book import Book
    from streams.simulator.clock import Ints
    from streams.simulator.records import SimulatedRecord

SLICE = 16_384
"""Records rendered at once."""


class Arrivals:
    """Renders months in order of arrival and carries late records over into the months after."""

    def __init__(self, rng: np.random.Generator, book: Book) -> None:
        self._rng = rng
        self._book = book
        self._numbers = dict.fromkeys(KINDS, 1)
        self._waiting: list[tuple[int, SimulatedRecord]] = []
        """(second of arrival, record), in order."""

    def emit(self, months_rows: dict[str, Rows], until: int) -> Iterator[SimulatedRecord]:
        """Records of this month, and those still waiting, that arrive before second `until`."""
        kinds = [kind for kind in KINDS if kind in months_rows]
        rows = [months_rows[kind] for kind in kinds]
        arrives = [self._arrival(kind, months_rows[kind].at) for kind in kinds]
        waiting = self._waiting
        arrival = np.concatenate([*arrives, np.array([at for at, _ in waiting], np.int64)])
        source = np.repeat(np.arange(len(kinds) + 1), [*(len(r) for r in rows), len(waiting)])
        index = np.concatenate([*(np.arange(len(r)) for r in rows), np.arange(len(waiting))])
        order = np.argsort(arrival, kind="stable")
        due = int(np.searchsorted(arrival[order], until))
        for start in range(0, due, SLICE):
            yield from self._rendered(
                kinds, rows, order[start : min(start + SLICE, due)], source, index, waiting
            )
        left = order[due:]
        late = self._rendered(kinds, rows, left, source, index, waiting)
        self._waiting = list(zip(arrival[left].tolist(), late, strict=True))

    def _arrival(self, kind: str, at: Ints) -> Ints:
        """Second of arrival: the record's own, or for a small share hours to days later."""
        share, longest = c.LATE[KINDS[kind].topic]
        if not share:
            return at
        late = self._rng.random(len(at)) < share
        spread = np.log(longest / c.LATE_LEAST_HOURS)
        hours = c.LATE_LEAST_HOURS * np.exp(spread * self._rng.random(int(late.sum())))
        arrival = at.copy()
        arrival[late] += (hours * 3600).astype(np.int64)
        return arrival

    def _rendered(
        self,
        kinds: list[str],
        rows: list[Rows],
        picked: Ints,
        source: Ints,
        index: Ints,
        waiting: list[tuple[int, SimulatedRecord]],
    ) -> list[SimulatedRecord]:
        """The picked rows as records, in their order."""
        sources, places = source[picked], index[picked]
        records: list[SimulatedRecord | None] = [None] * len(picked)
        for number, kind in enumerate([*kinds, None]):
            slots = np.flatnonzero(sources == number)
            if not slots.size:
                continue
            if kind is None:
                found = [waiting[place][1] for place in places[slots].tolist()]
            else:
                part = rows[number]
                some = places[slots]
                taken = Rows(part.who[some], part.at[some], {n: col[some] for n, col in part.columns.items()})
                found = render(kind, self._book, taken, self._numbers[kind])
                self._numbers[kind] += len(found)
            for slot, record in zip(slots.tolist(), found, strict=True):
                records[slot] = record
        return [record for record in records if record is not None]
