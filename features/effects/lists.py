"""Entries of the pools beside the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.compiling import borrowing
from features.row import Rows


@borrowing
def get_entry(pool: Rows, free: NDArray[np.int64]) -> Any:
    """Take an entry from a pool's free list; there must be one."""
    node = free[0]
    free[0] = pool[node].next
    free[1] -= 1
    return node


@borrowing
def give_back(pool: Rows, free: NDArray[np.int64], node: int) -> None:
    """Put an entry on the free list."""
    pool[node].next = free[0]
    free[0] = node
    free[1] += 1


@borrowing
def append(pool: Rows, free: NDArray[np.int64], last: int) -> Any:
    """Take a free entry and put it behind the last one of a list (-1: the list is empty)."""
    node = get_entry(pool, free)
    pool[node].next = -1
    if last >= 0:
        pool[last].next = node
    return node
