"""Which slot a cardholder id has, found for many ids in one compiled pass over their bytes."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.ahead import fetch
from features.compiling import spliced
from features.inbound.eights import same_at
from features.inbound.hashing import hash_range
from features.inbound.spans import Spans

EMPTY: Final = -1
"""What an empty id is found as; also a free place of the table."""
MISSING: Final = -2
"""What an unknown id is found as; also a place of the table whose id was dropped."""
_AHEAD: Final = 16
"""Ids are hashed so many before their turn ..."""
_SLOT_AFTER: Final = 6
"""... and so many later that is fetched which the table's slot is known by ..."""
_TEXT_AFTER: Final = 12
"""... and its text."""
_ROOM: Final = 16
"""Bytes are kept for an id in such steps, so that a slot's next id mostly fits where the last one was."""


@spliced
def _fetch_slot(
    slot: int,
    hashes: NDArray[np.uint64],
    kept: NDArray[np.uint8],
    places: NDArray[np.int64],
    sizes: NDArray[np.int64],
    text_too: bool,  # noqa: FBT001
) -> None:
    """Fetch by what a slot's id is known, or, once that has come, its text."""
    if slot < 0:
        return
    if text_too:
        fetch(kept, places[slot], 0)
        return
    fetch(hashes, slot, 0)
    fetch(sizes, slot, 0)
    fetch(places, slot, 0)


@njit(cache=True, nogil=True)
def _find(
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    table: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    kept: NDArray[np.uint8],
    places: NDArray[np.int64],
    sizes: NDArray[np.int64],
    found: NDArray[np.int64],
) -> None:
    """Write the slot of each text to `found`.

    The places of some in the table are known before their turn, so that the table, then what is kept of the
    slot it names, is fetched from memory meanwhile.
    """
    mask = len(table) - 1
    hashed = np.zeros(len(starts) + _AHEAD, np.uint64)
    for soon in range(len(hashed)):
        if soon < len(starts):
            hashed[soon] = hash_range(text, starts[soon], ends[soon])
            fetch(table, np.int64(hashed[soon] & np.uint64(mask)), 0)
        if soon >= _SLOT_AFTER:
            likely = table[np.int64(hashed[soon - _SLOT_AFTER] & np.uint64(mask))]
            _fetch_slot(likely, hashes, kept, places, sizes, False)  # noqa: FBT003
        if soon >= _TEXT_AFTER:
            likely = table[np.int64(hashed[soon - _TEXT_AFTER] & np.uint64(mask))]
            _fetch_slot(likely, hashes, kept, places, sizes, True)  # noqa: FBT003
        index = soon - _AHEAD
        if index < 0:
            continue
        start, size = starts[index], ends[index] - starts[index]
        at = np.int64(hashed[index] & np.uint64(mask))
        found[index] = MISSING if size > 0 else EMPTY
        while size > 0 and table[at] != EMPTY:
            slot = table[at]
            same = slot >= 0 and hashes[slot] == hashed[index] and sizes[slot] == size
            if same and same_at(text, start, kept, places[slot], size):
                found[index] = slot
                break
            at = (at + 1) & mask


@njit(cache=True, nogil=True)
def _leave_all(table: NDArray[np.int64], hashes: NDArray[np.uint64], slots: NDArray[np.int64]) -> None:
    mask = len(table) - 1
    for slot in slots:
        at = np.int64(hashes[slot] & np.uint64(mask))
        while table[at] != slot:
            at = (at + 1) & mask
        table[at] = MISSING


@njit(cache=True, nogil=True)
def _keep_all(
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    slots: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    kept: NDArray[np.uint8],
    places: NDArray[np.int64],
    sizes: NDArray[np.int64],
) -> None:
    for index in range(len(slots)):
        slot, start, end = slots[index], starts[index], ends[index]
        hashes[slot] = hash_range(text, start, end)
        sizes[slot] = end - start
        for offset in range(end - start):
            kept[places[slot] + offset] = text[start + offset]


@njit(cache=True, nogil=True)
def _enter_all(table: NDArray[np.int64], hashes: NDArray[np.uint64], slots: NDArray[np.int64]) -> None:
    mask = len(table) - 1
    for slot in slots:
        at = np.int64(hashes[slot] & np.uint64(mask))
        while table[at] >= 0:
            at = (at + 1) & mask
        table[at] = slot


class Roster:
    """An open hash table of ids; the bytes of each are kept once and compared, so that no hash decides."""

    def __init__(self) -> None:
        self._table: NDArray[np.int64] = np.full(64, EMPTY, np.int64)
        self._used = 0
        """Places of the table that are not free."""
        self._hashes: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._places: NDArray[np.int64] = np.zeros(0, np.int64)
        self._sizes: NDArray[np.int64] = np.zeros(0, np.int64)
        """Of each slot's id; 0 where it has none."""
        self._rooms: NDArray[np.int64] = np.zeros(0, np.int64)
        self._kept: NDArray[np.uint8] = np.zeros(0, np.uint8)
        self._end = 0

    def find(self, ids: Spans) -> NDArray[np.int64]:
        """The slot of each id, EMPTY or MISSING."""
        found: NDArray[np.int64] = np.empty(len(ids), np.int64)
        _find(
            ids.text,
            ids.starts,
            ids.ends,
            self._table,
            self._hashes,
            self._kept,
            self._places,
            self._sizes,
            found,
        )
        return found

    def ids(self, slots: NDArray[np.int64]) -> Spans:
        """A copy of the ids of slots."""
        places = self._places[slots]
        return Spans(self._kept, places, places + self._sizes[slots]).take(np.arange(len(slots)))

    def put(self, slots: NDArray[np.int64], ids: Spans) -> None:
        """Give ids that are not in the roster, each once, slots that have none."""
        most = int(slots.max(initial=-1))
        if most >= len(self._sizes):
            self._grow(max(64, 2 * most))
        self._make_room(slots, ids.sizes)
        _keep_all(ids.text, ids.starts, ids.ends, slots, self._hashes, self._kept, self._places, self._sizes)
        self._used += len(slots)
        if 2 * self._used > len(self._table):
            self._build()
        else:
            _enter_all(self._table, self._hashes, slots)

    def drop(self, slots: NDArray[np.int64]) -> None:
        """Forget the ids of slots."""
        _leave_all(self._table, self._hashes, slots)
        self._sizes[slots] = 0

    def _grow(self, size: int) -> None:
        for name in ("_hashes", "_places", "_sizes", "_rooms"):
            old = getattr(self, name)
            grown = np.zeros(size, old.dtype)
            grown[: len(old)] = old
            setattr(self, name, grown)

    def _make_room(self, slots: NDArray[np.int64], sizes: NDArray[np.int64]) -> None:
        """See to it that the bytes of an id have a place wherever a slot's last one was shorter."""
        short = self._rooms[slots] < sizes
        rooms = -(-sizes[short] // _ROOM) * _ROOM
        end = self._end + int(rooms.sum())
        if end > len(self._kept):
            grown = np.zeros(max(1024, 2 * end), np.uint8)
            grown[: self._end] = self._kept[: self._end]
            self._kept = grown
        self._places[slots[short]] = self._end + np.cumsum(rooms) - rooms
        self._rooms[slots[short]] = rooms
        self._end = end

    def _build(self) -> None:
        """The table anew, without dropped ids and with as many places free again as are taken, or more."""
        slots = np.flatnonzero(self._sizes)
        self._used = len(slots)
        size = 64
        while size < 4 * self._used:
            size *= 2
        self._table = np.full(size, EMPTY, np.int64)
        _enter_all(self._table, self._hashes, slots)
