"""All rows of a lane, and the pools of their lists."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.byte_order import byte_order
from features.growing import Growing
from features.inbound.spans import Spans
from features.release import release
from features.roster import MISSING, Roster
from features.row import IDS, NONE, PAYMENT, PENDING, ROW, UNPAID, Rows, blank
from features.tiles import TilePool

__all__ = ["FREE", "IDS", "NONE", "PAYMENT", "PENDING", "ROW", "UNPAID", "Ledger", "Pool", "Rows"]

FREE: Final = 2**62
"""`used` of a slot that is nobody's."""


class Pool:
    """Entries of linked lists with a free list; grows outside the compiled pass."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self._all = Growing(dtype)
        self.free: NDArray[np.int64] = np.array([-1, 0], np.int64)
        """[head of the free list, number of free entries]."""

    @property
    def entries(self) -> Rows:
        return self._all.entries

    def reserve(self, wanted: int) -> None:
        """Make sure of `wanted` free entries."""
        missing = wanted - int(self.free[1])
        if missing <= 0:
            return
        old = len(self.entries)
        size = max(1024, 2 * old, old + missing)
        self._all.grow(size)
        self.entries["next"][old:] = np.arange(old + 1, size + 1)
        self.entries["next"][size - 1] = self.free[0]
        self.free[0] = old
        self.free[1] += size - old


class Ledger:
    """The cardholders of a lane that are in memory: their ids, rows and lists, and the date each is next due.

    A cardholder has a slot for as long as it is here; then another one may have it.
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        """By slot; empty where the slot is free."""
        self.slots: dict[str, int] = {}
        self.fresh: list[int] = []
        """Slots given by `intern` since this was last cleared: what is kept elsewhere of them is not here."""
        self._roster = Roster()
        self._rows = Growing(ROW)
        self.due: NDArray[np.int64] = np.zeros(0, np.int64)
        self.indexed: NDArray[np.int64] = np.zeros(0, np.int64)
        """The date under which the cardholder stands elsewhere, by slot; that or an earlier one."""
        self.used: NDArray[np.int64] = np.zeros(0, np.int64)
        """When a record was last for the slot, in batches; FREE where it is nobody's."""
        self.dirty: NDArray[np.bool_] = np.zeros(0, np.bool_)
        """Slots whose rows changed since this was last cleared."""
        self.payments = Pool(PAYMENT)
        self.unpaid = Pool(UNPAID)
        self.tiles = TilePool()
        self._free: list[int] = []
        self._blank = blank()

    def __len__(self) -> int:
        return len(self.slots)

    @property
    def rows(self) -> Rows:
        """By slot."""
        return self._rows.entries

    def known(self) -> NDArray[np.int64]:
        """The slots of those of whom a record was accepted."""
        return np.flatnonzero(self.rows["id_count"][: len(self.ids)].any(axis=1))

    def names(self, slots: NDArray[np.int64]) -> Spans:
        """The ids of slots that have one."""
        return self._roster.ids(slots)

    def in_order(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        """Slots that have an id, in byte order of their ids."""
        return slots[byte_order(self.names(slots))]

    def intern(self, cardholders: Spans) -> NDArray[np.int64]:
        """The slot of each id (-1 for the empty id of control records); unknown ids get blank fresh rows."""
        found = self._roster.find(cardholders)
        unknown = np.flatnonzero(found == MISSING)
        if len(unknown):
            given = self.place([name.decode() for name in cardholders.take(unknown) if name is not None])
            found[unknown] = given
            self.fresh += dict.fromkeys(given.tolist())
        return found

    def place(self, cardholders: list[str]) -> NDArray[np.int64]:
        """The slot of each id; unknown ids get blank rows, to be filled by the caller."""
        slots = self.slots
        new = [name for name in dict.fromkeys(cardholders) if name not in slots]
        if new:
            given = self._add(new)
            slots.update(zip(new, given.tolist(), strict=True))
            self._roster.put(given, Spans.of([name.encode() for name in new]))
        return np.fromiter(map(slots.__getitem__, cardholders), np.int64, len(cardholders))

    def _add(self, cardholders: list[str]) -> NDArray[np.int64]:
        """Slots with blank rows for ids that have none: those that were given back last come first."""
        free = len(self._free) - min(len(self._free), len(cardholders))
        again = self._free[free:][::-1]
        del self._free[free:]
        for slot, name in zip(again, cardholders, strict=False):
            self.ids[slot] = name
        first = len(self.ids)
        self.ids += cardholders[len(again) :]
        if len(self.ids) > len(self.rows):
            self._grow(max(64, len(self.rows) * 3 // 2, len(self.ids)))
        given = np.array([*again, *range(first, len(self.ids))], np.int64)
        self.used[given] = 0
        return given

    def _grow(self, size: int) -> None:
        old = len(self.rows)
        more = size - old
        self._rows.grow(size)
        self.rows[old:] = self._blank
        never = np.full(more, np.iinfo(np.int64).max, np.int64)
        self.due = np.concatenate((self.due, never))
        self.indexed = np.concatenate((self.indexed, never))
        self.used = np.concatenate((self.used, np.full(more, FREE, np.int64)))
        self.dirty = np.concatenate((self.dirty, np.zeros(more, np.bool_)))

    def forget(self, slots: NDArray[np.int64]) -> None:
        """Free slots: their rows become blank again, their lists' entries too are for others to have."""
        release(
            slots,
            self.rows,
            self.payments.entries,
            self.payments.free,
            self.unpaid.entries,
            self.unpaid.free,
            self.tiles.entries,
            self.tiles.heads,
        )
        self.rows[slots] = self._blank
        self.due[slots] = self.indexed[slots] = np.iinfo(np.int64).max
        self.used[slots] = FREE
        self.dirty[slots] = False
        self._roster.drop(slots)
        ids = self.ids
        for slot in slots.tolist():
            del self.slots[ids[slot]]
            ids[slot] = ""
        self._free += slots.tolist()
