"""State rows as bytes: a version byte, then integers of variable length; what is empty takes no room.

A number x is written as zigzag(x) + 1 in base 128, low digits first, and NONE as 0: absent values, small
counts and small sums take one or two bytes. Event ids are hashes and stand as 8 raw bytes each.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.ledger import CYCLES, IDS, NONE, PENDING, REPORT_FIELDS, TILES, TOPICS_WITH_IDS, Ledger, Rows
from features.update import get_entry
from features.vector import NEVER_DUE

VERSION: Final = 2
_FIXED_BYTES: Final = 2_048
"""More than all of a row but its lists can take."""
_ENTRY_BYTES: Final = 44

Bytes = NDArray[np.uint8]


class RowError(ValueError):
    """Packed state that cannot be read."""


@njit(cache=True)
def _put(out: Bytes, at: Any, number: Any) -> Any:
    digits = (np.uint64(number) << np.uint64(1)) ^ np.uint64(number >> 63)
    digits += np.uint64(1)
    while digits >= np.uint64(128):
        out[at] = np.uint8(digits & np.uint64(127)) | np.uint8(128)
        digits >>= np.uint64(7)
        at += 1
    out[at] = np.uint8(digits)
    return at + 1


@njit(cache=True)
def _get(data: Bytes, at: NDArray[np.int64]) -> Any:
    digits = np.uint64(0)
    shift = np.uint64(0)
    while True:
        byte = data[at[0]]
        at[0] += 1
        digits |= np.uint64(byte & np.uint8(127)) << shift
        if byte < 128:
            break
        shift += np.uint64(7)
    digits -= np.uint64(1)
    return np.int64(digits >> np.uint64(1)) ^ -np.int64(digits & np.uint64(1))


@njit(cache=True)
def _length(pool: Rows, node: Any) -> Any:
    count = 0
    while node >= 0:
        count += 1
        node = pool[node].next
    return count


@njit(cache=True)
def _pack(row: Any, due: Any, payments: Rows, unpaid: Rows, out: Bytes) -> Any:
    out[0] = VERSION
    at = 1
    at = _put(out, at, due)
    at = _put(out, at, row.limit)
    at = _put(out, at, row.floor)
    at = _put(out, at, row.balance)
    at = _put(out, at, row.balance_set)
    at = _put(out, at, row.account_time)
    at = _put(out, at, row.report_time)
    at = _put(out, at, row.statement_time)
    at = _put(out, at, row.statement_id)
    at = _put(out, at, np.int64(row.statements))
    at = _put(out, at, np.int64(row.closed))
    at = _put(out, at, row.opened_on)
    at = _put(out, at, row.income)
    at = _put(out, at, row.product)
    at = _put(out, at, np.int64(row.status))
    at = _put(out, at, np.int64(row.exemptions))
    if row.report_time != NONE:
        for k in range(REPORT_FIELDS):
            at = _put(out, at, row.report[k])
    kept: Any = min(np.int64(row.statements), CYCLES)
    for k in range(kept):
        c = (row.statements - 1 - k) % CYCLES
        at = _put(out, at, row.cycle_issue[c])
        at = _put(out, at, NONE if row.cycle_close[c] == NEVER_DUE else row.cycle_close[c])
        at = _put(out, at, row.cycle_due[c])
        at = _put(out, at, row.cycle_minimum[c])
        at = _put(out, at, row.cycle_balance[c])
        at = _put(out, at, row.cycle_paid[c])
        at = _put(out, at, row.cycle_limit[c])
    for k in range(PENDING):
        at = _put(out, at, np.int64(row.pending_statement[k]))
        if row.pending_statement[k] != 0:
            at = _put(out, at, np.int64(row.pending_day[k]))
            at = _put(out, at, np.int64(row.pending_worst[k]))
    newest = np.int64(row.tile_day.max())
    at = _put(out, at, newest)
    for back in range(TILES):
        day = newest - back
        tile = day % TILES
        if row.tile_day[tile] == day:
            at = _put(out, at, back)
            at = _put(out, at, row.tile_net[tile])
            at = _put(out, at, row.tile_purchases[tile])
            at = _put(out, at, row.tile_cash[tile])
    at = _put(out, at, NONE)
    for topic in range(TOPICS_WITH_IDS):
        total: Any = np.int64(row.id_count[topic])
        kept = min(total, IDS)
        out[at] = np.uint8(kept)
        at += 1
        for k in range(total - kept, total):
            number = row.ids[topic, k % IDS]
            for _ in range(8):
                out[at] = np.uint8(number & np.uint64(255))
                number >>= np.uint64(8)
                at += 1
    at = _put(out, at, _length(payments, row.payments))
    node = row.payments
    while node >= 0:
        paid = payments[node]
        at = _put(out, at, paid.time)
        at = _put(out, at, paid.amount)
        at = _put(out, at, paid.respent)
        at = _put(out, at, paid.payer)
        node = paid.next
    at = _put(out, at, _length(unpaid, row.unpaid))
    node = row.unpaid
    while node >= 0:
        owed = unpaid[node]
        at = _put(out, at, owed.issue)
        at = _put(out, at, owed.due)
        at = _put(out, at, owed.minimum)
        at = _put(out, at, owed.paid)
        node = owed.next
    return at


@njit(cache=True)
def _size(row: Any, payments: Rows, unpaid: Rows) -> Any:
    return _FIXED_BYTES + _ENTRY_BYTES * (_length(payments, row.payments) + _length(unpaid, row.unpaid))


@njit(cache=True)
def _pack_many(
    slots: NDArray[np.int64],
    rows: Rows,
    due: NDArray[np.int64],
    payments: Rows,
    unpaid: Rows,
    ends: NDArray[np.int64],
) -> Bytes:
    out = np.empty(600 * len(slots) + _FIXED_BYTES, np.uint8)
    at = 0
    for n in range(len(slots)):
        row = rows[slots[n]]
        room = _size(row, payments, unpaid)
        if at + room > len(out):
            wider = np.empty(2 * len(out) + room, np.uint8)
            wider[:at] = out[:at]
            out = wider
        at += _pack(row, due[slots[n]], payments, unpaid, out[at:])
        ends[n] = at
    return out[:at]


@njit(cache=True)
def _unpack(
    data: Bytes,
    at: NDArray[np.int64],
    row: Any,
    payments: Rows,
    payments_free: NDArray[np.int64],
    unpaid: Rows,
    unpaid_free: NDArray[np.int64],
) -> Any:
    """Fill a blank row; its due date. The pools must hold enough free entries."""
    at[0] += 1
    due = _get(data, at)
    row.limit = _get(data, at)
    row.floor = _get(data, at)
    row.balance = _get(data, at)
    row.balance_set = _get(data, at)
    row.account_time = _get(data, at)
    row.report_time = _get(data, at)
    row.statement_time = _get(data, at)
    row.statement_id = _get(data, at)
    row.statements = np.int32(_get(data, at))
    row.closed = np.int32(_get(data, at))
    row.opened_on = _get(data, at)
    row.income = _get(data, at)
    row.product = _get(data, at)
    row.status = np.uint8(_get(data, at))
    row.exemptions = np.uint8(_get(data, at))
    if row.report_time != NONE:
        for k in range(REPORT_FIELDS):
            row.report[k] = _get(data, at)
    kept: Any = min(np.int64(row.statements), CYCLES)
    for k in range(kept):
        c = (row.statements - 1 - k) % CYCLES
        row.cycle_issue[c] = _get(data, at)
        close = _get(data, at)
        row.cycle_close[c] = NEVER_DUE if close == NONE else close
        row.cycle_due[c] = _get(data, at)
        row.cycle_minimum[c] = _get(data, at)
        row.cycle_balance[c] = _get(data, at)
        row.cycle_paid[c] = _get(data, at)
        row.cycle_limit[c] = _get(data, at)
    for k in range(PENDING):
        row.pending_statement[k] = np.int32(_get(data, at))
        if row.pending_statement[k] != 0:
            row.pending_day[k] = np.int32(_get(data, at))
            row.pending_worst[k] = np.int32(_get(data, at))
    newest = _get(data, at)
    while True:
        back = _get(data, at)
        if back == NONE:
            break
        tile = (newest - back) % TILES
        row.tile_day[tile] = np.int32(newest - back)
        row.tile_net[tile] = _get(data, at)
        row.tile_purchases[tile] = _get(data, at)
        row.tile_cash[tile] = _get(data, at)
    for topic in range(TOPICS_WITH_IDS):
        kept = np.int64(data[at[0]])
        at[0] += 1
        row.id_count[topic] = np.uint32(kept)
        for k in range(kept):
            number = np.uint64(0)
            for byte in range(8):
                number |= np.uint64(data[at[0]]) << np.uint64(8 * byte)
                at[0] += 1
            row.ids[topic, k] = number
    last: Any = np.int64(-1)
    for _ in range(_get(data, at)):
        node = get_entry(payments, payments_free)
        payments[node].time = _get(data, at)
        payments[node].amount = _get(data, at)
        payments[node].respent = _get(data, at)
        payments[node].payer = _get(data, at)
        payments[node].next = -1
        if last < 0:
            row.payments = np.int32(node)
        else:
            payments[last].next = np.int32(node)
        last = node
    last = np.int64(-1)
    for _ in range(_get(data, at)):
        node = get_entry(unpaid, unpaid_free)
        unpaid[node].issue = _get(data, at)
        unpaid[node].due = _get(data, at)
        unpaid[node].minimum = _get(data, at)
        unpaid[node].paid = _get(data, at)
        unpaid[node].next = -1
        if last < 0:
            row.unpaid = np.int32(node)
        else:
            unpaid[last].next = np.int32(node)
        last = node
    return due


def pack_rows(ledger: Ledger, slots: NDArray[np.int64]) -> list[bytes]:
    """The rows of some slots as bytes."""
    ends = np.empty(len(slots), np.int64)
    packed = _pack_many(
        slots, ledger.rows, ledger.due, ledger.payments.entries, ledger.unpaid.entries, ends
    ).tobytes()
    starts = [0, *ends[:-1].tolist()]
    return [packed[start:end] for start, end in zip(starts, ends.tolist(), strict=True)]


def unpack_row(ledger: Ledger, cardholder: str, data: bytes) -> int:
    """Add a cardholder from packed bytes; how many of them the row took (a case may follow).

    Raises RowError for an unknown version.
    """
    if not data or data[0] != VERSION:
        raise RowError(
            f"state row of version {data[0] if data else 'none'}: this release reads version {VERSION}"
        )
    # a list entry takes four bytes at least: so many can there be
    ledger.payments.reserve(len(data) // 4)
    ledger.unpaid.reserve(len(data) // 4)
    slot = ledger.add(cardholder)
    at: NDArray[np.int64] = np.zeros(1, np.int64)
    ledger.due[slot] = _unpack(
        np.frombuffer(data, np.uint8),
        at,
        ledger.rows[slot],
        ledger.payments.entries,
        ledger.payments.free,
        ledger.unpaid.entries,
        ledger.unpaid.free,
    )
    return int(at[0])
