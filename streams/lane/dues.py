"""Who came to stand under which date by the batch under way: the store must know who is due when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streams.ports.lines import ids_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from features.ledger import Ledger

_SHORT: Final = np.iinfo(np.uint16).max


class Dues:
    """Only who is due before the date under which he stands moves: whoever is early is looked at in vain."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lines: dict[int, bytearray] = {}
        """Under each date, ids as streams.ports.lines has them."""
        self._anybody = False
        """Whether somebody whose row is as it was may stand under no date."""

    def doubt(self) -> None:
        """The store has rows that stand under no date: with this batch all do."""
        self._anybody = True

    def note(self, slots: NDArray[np.int64]) -> None:
        """Put those who are due before the date under which they stand under the new one."""
        ledger = self._ledger
        moved = slots[ledger.due[slots] < ledger.indexed[slots]]
        if not len(moved):
            return
        due = ledger.due[moved]
        ledger.indexed[moved] = due
        days = due - due.min()
        if days.max() <= _SHORT:
            days = days.astype(np.uint16)  # such numbers are sorted without comparing them
        order = np.argsort(days, kind="stable")
        due = due[order]
        lasts = np.append(np.flatnonzero(due[1:] != due[:-1]), len(due) - 1)
        lines = ledger.names(moved[order]).lines()
        start = 0
        for day, end in zip(due[lasts].tolist(), lines.ends[lasts].tolist(), strict=True):
            self._lines.setdefault(day, bytearray()).extend(lines.text[start:end].data)
            start = end

    def under(self, day: int) -> Iterable[str]:
        """Who came to stand under a date."""
        return ids_in(self._lines.get(day, b""))

    def take(self, dirty: NDArray[np.int64]) -> dict[int, bytes]:
        """Note the slots with changed rows too, and give out all by date; the next batch begins."""
        ledger = self._ledger
        self.note(np.flatnonzero(ledger.due < ledger.indexed) if self._anybody else dirty)
        self._anybody = False
        lines, self._lines = self._lines, {}
        return {day: bytes(ids) for day, ids in lines.items()}
