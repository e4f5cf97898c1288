"""The state row of a cardholder: what the lane remembers, with fixed places for what is bounded.

Two lists have no bound (payments of 90 days, statements whose minimum is unpaid): their entries live in
pools beside the rows and are linked from them.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

NONE: Final = -(2**63)
"""An absent instant or number in a row (the same marker as in the record columns)."""

CYCLES: Final = 7
"""Six closed cycles and the open one (contract 4.2: the last 6 closed cycles)."""

TILES: Final = 40
"""Daily tiles kept: a setting of the balance may come 35 days late, a window reaches 30 days back."""

IDS: Final = 16
"""Accepted event ids remembered a topic (contract 2.6)."""

TOPICS_WITH_IDS: Final = 6
PENDING: Final = 8
"""Observations waiting for their outcome window to close: one a monthly statement, and some to spare."""

REPORT_FIELDS: Final = 13

ROW: Final = np.dtype(
    [
        # what is looked at on every event first, so that it shares cache lines
        ("limit", "i8"),
        ("floor", "i8"),  # base_limit of an open episode or standing applied cut, 0 without (contract 3.3)
        ("balance", "i8"),
        ("balance_set", "i8"),
        ("account_time", "i8"),
        ("report_time", "i8"),
        ("statement_time", "i8"),
        ("statement_id", "i8"),
        ("segment", "i8"),  # the last segment that touched the row
        ("statements", "i4"),  # statements taken, ever
        ("closed", "i4"),  # cycles closed, ever
        ("payments", "i4"),  # head of the payment list, -1 when empty
        ("unpaid", "i4"),  # head of the list of unpaid statements, -1 when empty
        ("opened_on", "i8"),
        ("income", "i8"),
        ("product", "i8"),  # the upper half of the hash of its name
        ("status", "u1"),
        ("exemptions", "u1"),
        ("alone", "u1"),  # at most one event of this row a segment: decisions may move its floor
        ("report", "i8", (REPORT_FIELDS,)),
        ("cycle_issue", "i8", (CYCLES,)),
        ("cycle_close", "i8", (CYCLES,)),
        ("cycle_due", "i8", (CYCLES,)),
        ("cycle_minimum", "i8", (CYCLES,)),
        ("cycle_balance", "i8", (CYCLES,)),
        ("cycle_paid", "i8", (CYCLES,)),
        ("cycle_limit", "i8", (CYCLES,)),  # the limit ratios were taken with, 0 = unknown
        ("pending_statement", "i4", (PENDING,)),  # statement number of a waiting observation, 0 = free
        ("pending_day", "i4", (PENDING,)),
        ("pending_worst", "i4", (PENDING,)),  # worst days past due since
        ("tile_day", "i4", (TILES,)),
        ("tile_net", "i8", (TILES,)),  # what the day's records did to the balance
        ("tile_purchases", "i8", (TILES,)),
        ("tile_cash", "i8", (TILES,)),
        ("id_count", "u4", (TOPICS_WITH_IDS,)),
        ("ids", "u8", (TOPICS_WITH_IDS, IDS)),
    ],
    align=True,
)

PAYMENT: Final = np.dtype(
    [("time", "i8"), ("amount", "i8"), ("respent", "i8"), ("payer", "i8"), ("next", "i4"), ("_", "i4")]
)
"""One payment of the last 90 days; `respent` never counts past `amount`: 80 % of it is all that is asked."""

UNPAID: Final = np.dtype(
    [("issue", "i8"), ("due", "i8"), ("minimum", "i8"), ("paid", "i8"), ("next", "i4"), ("_", "i4")]
)
"""One statement whose minimum payments since its issue have not reached."""

Rows: TypeAlias = NDArray[Any]


def blank() -> Any:
    """The row of a cardholder of whom nothing is known."""
    row = np.zeros(1, ROW)
    for name in (
        "balance_set",
        "account_time",
        "report_time",
        "statement_time",
        "opened_on",
        "income",
        "product",
        "report",
    ):
        row[name] = NONE
    row["payments"] = row["unpaid"] = -1
    row["tile_day"] = -(2**31)
    return row[0]


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
