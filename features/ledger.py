"""All rows of a lane, and the pools of their lists."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.row import IDS, NONE, PAYMENT, PENDING, ROW, UNPAID, Rows, blank
from features.tiles import TilePool

__all__ = ["IDS", "NONE", "PAYMENT", "PENDING", "ROW", "UNPAID", "Ledger", "Pool", "Rows"]


class Pool:
    """Entries of linked lists with a free list; grows by doubling, outside the compiled pass."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.entries: Rows = np.zeros(0, dtype)
        self.free: NDArray[np.int64] = np.array([-1, 0], np.int64)
        """[head of the free list, number of free entries]."""

    def reserve(self, wanted: int) -> None:
        """Make sure of `wanted` free entries."""
        missing = wanted - int(self.free[1])
        if missing <= 0:
            return
        old = len(self.entries)
        size = max(1024, 2 * old, old + missing)
        grown = np.zeros(size, self.entries.dtype)
        grown[:old] = self.entries
        grown["next"][old:] = np.arange(old + 1, size + 1)
        grown["next"][size - 1] = self.free[0]
        self.entries = grown
        self.free[0] = old
        self.free[1] += size - old


class Ledger:
    """All rows of a lane: the roster of ids, the rows, the lists, and the date each is next due."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.slots: dict[str, int] = {}
        self.rows: Rows = np.zeros(0, ROW)
        self.due: NDArray[np.int64] = np.zeros(0, np.int64)
        self.payments = Pool(PAYMENT)
        self.unpaid = Pool(UNPAID)
        self.tiles = TilePool()
        self._blank = blank()

    def __len__(self) -> int:
        return len(self.ids)

    def intern(self, cardholders: list[str]) -> NDArray[np.int64]:
        """The slot of each id (-1 for the empty id of control records); unknown ids get new blank rows."""
        slots = self.slots
        found = np.empty(len(cardholders), np.int64)
        for index, cardholder in enumerate(cardholders):
            slot = slots.get(cardholder)
            if slot is None:
                slot = self.add(cardholder) if cardholder else -1
            found[index] = slot
        return found

    def add(self, cardholder: str) -> int:
        """A new blank row for an id that has none."""
        slot = len(self.ids)
        self.ids.append(cardholder)
        self.slots[cardholder] = slot
        if slot >= len(self.rows):
            size = max(64, 2 * slot)
            rows = np.zeros(size, ROW)
            rows[:slot] = self.rows
            rows[slot:] = self._blank
            due = np.full(size, np.iinfo(np.int64).max, np.int64)
            due[:slot] = self.due
            self.rows, self.due = rows, due
        return slot
