"""Entries side by side that grow in place."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from features.row import Rows

_LARGE: Final = 2**22
"""Bytes from which on address space is taken ahead: the system gives memory only to what is written to."""
_AHEAD: Final = 8
"""So many times as much of it as is needed."""


class Growing:
    """An array of which `entries` are in use: mostly there is room behind them, so that nothing is copied.

    Whoever looks at entries sees what becomes of them, unless they had to move: then as they were.
    """

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.entries: Rows = np.zeros(0, dtype)
        self._room: Rows = self.entries

    def grow(self, size: int) -> None:
        """Have so many entries: those there are, and zeros."""
        if size > len(self._room):
            room = self._reserve(size)
            room[: len(self.entries)] = self.entries
            self._room = room
        self.entries = self._room[:size]

    def _reserve(self, size: int) -> Rows:
        dtype = self.entries.dtype
        if size * dtype.itemsize >= _LARGE:
            try:
                return np.zeros(_AHEAD * size, dtype)
            except MemoryError:  # the system promises no more than it has
                pass
        return np.zeros(size, dtype)
