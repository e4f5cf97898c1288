"""Rows of a ledger to bytes, and back."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.ledger import Ledger
from features.packing.form import VERSION
from features.packing.numbers import Bytes
from features.packing.older import WITH_PRODUCT, WITHOUT_PRODUCT
from features.packing.older import unpack as unpack_older
from features.packing.reading import unpack
from features.packing.writing import ENTRY_BYTES, FIXED_BYTES, length, pack
from features.row import Rows


class RowError(ValueError):
    """Packed state that cannot be read."""


_READERS = {WITHOUT_PRODUCT: unpack_older, WITH_PRODUCT: unpack_older, VERSION: unpack}


def pack_rows(ledger: Ledger, slots: NDArray[np.int64]) -> list[bytes]:
    """The rows of some slots as bytes."""
    if not len(slots):
        return []
    ends = np.empty(len(slots), np.int64)
    packed = _pack_many(
        slots,
        ledger.rows,
        ledger.due,
        ledger.payments.entries,
        ledger.unpaid.entries,
        ledger.tiles.entries,
        ends,
    ).tobytes()
    starts = [0, *ends[:-1].tolist()]
    return [packed[start:end] for start, end in zip(starts, ends.tolist(), strict=True)]


def unpack_row(ledger: Ledger, cardholder: str, data: bytes) -> int:
    """Add a cardholder from packed bytes; how many of them the row took (a case may follow).

    Raises RowError for an unknown version.
    """
    reader = _READERS.get(data[0]) if data else None
    if reader is None:
        raise RowError(
            f"state row of version {data[0] if data else 'none'}: this release reads versions 1 to {VERSION}"
        )
    # a list entry takes four bytes at least, a tile two: so many can there be
    ledger.payments.reserve(len(data) // 4)
    ledger.unpaid.reserve(len(data) // 4)
    ledger.tiles.reserve(2_048 + len(data))
    slot = ledger.add(cardholder)
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


@njit(cache=True)
def _pack_many(
    slots: NDArray[np.int64],
    rows: Rows,
    due: NDArray[np.int64],
    payments: Rows,
    unpaid: Rows,
    tiles: Rows,
    ends: NDArray[np.int64],
) -> Bytes:
    """Write rows one behind the other; where each ends goes to `ends`."""
    out = np.empty(700 * len(slots) + FIXED_BYTES, np.uint8)
    at = 0
    for n in range(len(slots)):
        row = rows[slots[n]]
        entries = length(payments, row.payments) + length(unpaid, row.unpaid) + row.tile_count
        room = FIXED_BYTES + ENTRY_BYTES * entries
        if at + room > len(out):
            wider = np.empty(2 * len(out) + room, np.uint8)
            wider[:at] = out[:at]
            out = wider
        at += pack(row, due[slots[n]], payments, unpaid, tiles, out[at:])
        ends[n] = at
    return out[:at]
