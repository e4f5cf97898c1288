"""Rows of a ledger to bytes, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.addresses import address_of, copy
from features.ahead import fetch_all_ids, fetch_rest, fetch_row, fetch_tiles
from features.inbound.spans import Spans
from features.ledger import Ledger
from features.packing.form import VERSION
from features.packing.numbers import Bytes
from features.packing.older import WITH_PRODUCT, WITHOUT_PRODUCT
from features.packing.older import unpack as unpack_older
from features.packing.reading import unpack
from features.packing.writing import ENTRY_BYTES, FIXED_BYTES, length, pack
from features.row import Rows
from features.tiles import TOP


class RowError(ValueError):
    """Packed state that cannot be read."""


_READERS = {WITHOUT_PRODUCT: unpack_older, WITH_PRODUCT: unpack_older}
LEAST_ENTRY = 4
"""Bytes that an entry of a list takes at least."""
_AHEAD = 2
"""So many rows before its turn the rest of one is fetched, and what it begins with twice as many."""
_LIKELY_BYTES = 700
"""Of a row, to begin with."""
TILE_ROOM = 64
"""Tiles that the block of a row may have beyond the number of its bytes."""


_NO_TAILS: Final[Mapping[int, bytes]] = {}


def pack_rows(ledger: Ledger, slots: NDArray[np.int64], tails: Mapping[int, bytes] = _NO_TAILS) -> Spans:
    """The rows of some slots as bytes. `tails`: what follows some of them, by place in `slots`, ascending."""
    ends = np.empty(len(slots), np.int64)
    sizes = np.zeros(len(slots), np.int64)
    sizes[list(tails)] = [len(tail) for tail in tails.values()]
    text = _pack_many(
        slots,
        ledger.rows,
        ledger.due,
        ledger.payments.entries,
        ledger.unpaid.entries,
        ledger.tiles.entries,
        np.frombuffer(b"".join(tails.values()), np.uint8),
        sizes,
        ends,
    )
    text.setflags(write=False)
    starts = np.zeros(len(slots), np.int64)
    starts[1:] = ends[:-1]
    return Spans(text, starts, ends)


def unpack_row(ledger: Ledger, cardholder: str, data: bytes) -> int:
    """Add a cardholder from packed bytes; how many of them the row took (a case may follow).

    Raises RowError for an unknown version.
    """
    return int(unpack_rows(ledger, ledger.place([cardholder]), [data])[0])


def unpack_rows(ledger: Ledger, slots: NDArray[np.int64], packed: Sequence[bytes]) -> NDArray[np.int64]:
    """Fill blank rows from bytes; how many of them each row took (a case may follow).

    Raises RowError for an unknown version.
    """
    taken: NDArray[np.int64] = np.zeros(len(packed), np.int64)
    versions = [data[0] if data else None for data in packed]
    newest = versions.count(VERSION) == len(packed)
    places = range(len(packed)) if newest else [n for n in range(len(packed)) if versions[n] == VERSION]
    if not newest:
        for n, version in enumerate(versions):
            if version != VERSION:
                taken[n] = _unpack_older(ledger, int(slots[n]), packed[n])
    if newest:
        _unpack_newest(ledger, slots, packed, taken)
    elif places:
        some = np.zeros(len(places), np.int64)
        _unpack_newest(ledger, slots[places], [packed[n] for n in places], some)
        taken[places] = some
    return taken


def _unpack_older(ledger: Ledger, slot: int, data: bytes) -> int:
    reader = _READERS.get(data[0]) if data else None
    if reader is None:
        raise RowError(
            f"state row of version {data[0] if data else 'none'}: this release reads versions 1 to {VERSION}"
        )
    _reserve(ledger, 2_048 + len(data))
    at: NDArray[np.int64] = np.zeros(1, np.int64)
    ledger.due[slot] = reader(
        np.frombuffer(data, np.uint8),
        at,
        ledger.rows[slot],
        ledger.payments.entries,
        ledger.payments.free,
        ledger.unpaid.entries,
        ledger.unpaid.free,
        ledger.tiles.entries,
        ledger.tiles.heads,
    )
    return int(at[0])


def _reserve(ledger: Ledger, size: int) -> None:
    """Room for a row of so many bytes: a list entry takes four at least, a tile two."""
    ledger.payments.reserve(size // LEAST_ENTRY)
    ledger.unpaid.reserve(size // LEAST_ENTRY)
    ledger.tiles.reserve(TILE_ROOM + size)


def _unpack_newest(
    ledger: Ledger, slots: NDArray[np.int64], packed: Sequence[bytes], taken: NDArray[np.int64]
) -> None:
    ends = np.cumsum(np.fromiter(map(len, packed), np.int64, len(packed)))
    data = np.frombuffer(b"".join(packed), np.uint8)
    done = 0
    while done < len(packed):
        _reserve(ledger, len(packed[done]))
        done = _unpack_many(
            done,
            data,
            ends,
            slots,
            ledger.rows,
            ledger.due,
            ledger.payments.entries,
            ledger.payments.free,
            ledger.unpaid.entries,
            ledger.unpaid.free,
            ledger.tiles.entries,
            ledger.tiles.heads,
            taken,
        )


@njit(cache=True)
def _unpack_many(
    start: int,
    data: Bytes,
    ends: NDArray[np.int64],
    slots: NDArray[np.int64],
    rows: Rows,
    due: NDArray[np.int64],
    payments: Rows,
    payments_free: NDArray[np.int64],
    unpaid: Rows,
    unpaid_free: NDArray[np.int64],
    tiles: Rows,
    tiles_heads: NDArray[np.int64],
    taken: NDArray[np.int64],
) -> int:
    """Fill blank rows from `start` on; the first not filled, where a pool may not hold what comes."""
    at = np.zeros(1, np.int64)
    for n in range(start, len(slots)):
        begin = ends[n - 1] if n > 0 else 0
        size = ends[n] - begin
        entries = size // LEAST_ENTRY
        room = len(tiles) - tiles_heads[TOP]
        if payments_free[1] < entries or unpaid_free[1] < entries or room < TILE_ROOM + size:
            return n
        s = slots[n]
        due[s] = unpack(
            data[begin : ends[n]],
            at,
            rows[s],
            payments,
            payments_free,
            unpaid,
            unpaid_free,
            tiles,
            tiles_heads,
        )
        taken[n] = at[0]
    return len(slots)


@njit(cache=True)
def _pack_many(
    slots: NDArray[np.int64],
    rows: Rows,
    due: NDArray[np.int64],
    payments: Rows,
    unpaid: Rows,
    tiles: Rows,
    tails: Bytes,
    tail_sizes: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> Bytes:
    """Write rows one behind the other, each with its tail; where each ends goes to `ends`."""
    out = np.empty(_LIKELY_BYTES * len(slots) + FIXED_BYTES, np.uint8)
    size = 0
    tail = address_of(tails)
    for n in range(len(slots)):
        if n + 2 * _AHEAD < len(slots):
            fetch_row(rows, slots[n + 2 * _AHEAD])
        if n + _AHEAD < len(slots):
            soon = slots[n + _AHEAD]
            fetch_rest(rows, soon)
            fetch_all_ids(rows, soon)
            fetch_tiles(rows[soon], tiles)
        row = rows[slots[n]]
        entries = length(payments, row.payments) + length(unpaid, row.unpaid) + row.tile_count
        room = FIXED_BYTES + ENTRY_BYTES * entries + tail_sizes[n]
        if size + room > len(out):
            wider = np.empty(2 * len(out) + room, np.uint8)
            wider[:size] = out[:size]
            out = wider
        begin = address_of(out)
        at = pack(row, due[slots[n]], payments, unpaid, tiles, begin + size)
        copy(at, tail, tail_sizes[n])
        tail += tail_sizes[n]
        size = at + tail_sizes[n] - begin
        ends[n] = size
    return out[:size]
