"""Gives back what rows hold in the pools, when their cardholders leave memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.compiling import borrowing
from features.effects.lists import give_back
from features.row import Rows
from features.tiles import give_block_back


@borrowing
def release(
    slots: NDArray[np.int64],
    rows: Rows,
    payments: Rows,
    payments_free: NDArray[np.int64],
    unpaid: Rows,
    unpaid_free: NDArray[np.int64],
    tiles: Rows,
    tiles_heads: NDArray[np.int64],
) -> None:
    """Put the list entries and tiles of rows on the free lists; the rows themselves are left as they are."""
    for n in range(len(slots)):
        row = rows[slots[n]]
        _give_list_back(payments, payments_free, row.payments)
        _give_list_back(unpaid, unpaid_free, row.unpaid)
        give_block_back(row, tiles, tiles_heads)


@borrowing
def _give_list_back(pool: Rows, free: NDArray[np.int64], head: Any) -> None:
    node: Any = np.int64(head)
    while node >= 0:
        after = np.int64(pool[node].next)
        give_back(pool, free, node)
        node = after
