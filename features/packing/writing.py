"""A state row to bytes, part by part; reading.py mirrors it line by line.

Each part is told the address that it writes to, and tells the one behind what it wrote.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from features.bits import lowest_bit
from features.calendar import DAY_US
from features.packing.form import (
    AT_DUE,
    AT_NEXT,
    ELSEWHERE,
    FULL,
    ID_BYTES,
    LEAST,
    OTHER,
    STAYS_OPEN,
    VERSION,
    ZERO,
    as_none,
    base_of,
)
from features.packing.numbers import put, put_byte, put_natural, put_raw, put_time, put_wide
from features.row import (
    CYCLES,
    IDS,
    MONTHS,
    NEVER,
    NEVER_DUE,
    NONE,
    PENDING,
    REPORT_FIELDS,
    TOPICS_WITH_IDS,
    Rows,
)
from features.sketches import seen_in
from features.tiles import attributes_of_key, day_of_key, week_of
from features.vector.dates import month_of

FIXED_BYTES: Final = 3_072
"""More than all of a row but its lists can take."""
ENTRY_BYTES: Final = 48
_HIGH: Final = np.uint64(32)
_FAR: Final = 2**61
"""No date: due from here on is never due."""


@njit(cache=True, forceinline=True)
def pack(row: Any, due: Any, payments: Rows, unpaid: Rows, tiles: Rows, at: Any) -> Any:
    """Write a row to an address; where it ends."""
    base = base_of(row)
    base_day = base // DAY_US
    at = put_byte(at, VERSION)
    at = put_time(at, base, 0)
    at = put(at, NONE if due >= _FAR else due - base_day)
    at = _head(row, at, base, base_day)
    at = _report(row, at, base_day)
    at = _cycles(row, at, base)
    at = _pending(row, at, base_day)
    at = _tiles(row, tiles, at, base_day)
    at = _history(row, at, base_day)
    at = _sketches(row, at, base_day)
    at = _ids(row, at)
    at = _payments(row, payments, at, base)
    return _unpaid(row, unpaid, at, base)


@njit(cache=True, forceinline=True)
def length(pool: Rows, node: Any) -> Any:
    """Entries of a list."""
    count = 0
    while node >= 0:
        count += 1
        node = pool[node].next
    return count


@njit(cache=True, forceinline=True)
def _head(row: Any, at: Any, base: Any, base_day: Any) -> Any:
    at = put(at, row.limit)
    at = put_natural(at, row.floor)
    at = put(at, row.balance)
    at = put_time(at, row.balance_set, base)
    at = put_time(at, row.account_time, base)
    at = put_time(at, row.report_time, base)
    at = put_time(at, row.statement_time, base)
    at = put_natural(at, row.statements)
    if row.statements > 0:
        at = put_raw(at, row.statement_id, 8)
    at = put_natural(at, row.statements - row.closed)
    at = put(at, row.opened_on)
    at = put(at, row.income)
    at = put_natural(at, row.product + 1 if row.product != NONE else 0)
    at = put_natural(at, row.status)
    at = put_natural(at, row.exemptions)
    at = put(at, as_none(row.limit_day, base_day))
    if row.limit_day != NEVER:
        at = put_natural(at, row.limit_before)
        at = put_natural(at, row.limit_raises)
        at = put_natural(at, row.limit_cuts)
    return at


@njit(cache=True, forceinline=True)
def _report(row: Any, at: Any, base_day: Any) -> Any:
    if row.report_time == NONE:
        return at
    at = put_natural(at, row.reports)
    for k in range(REPORT_FIELDS):
        at = put(at, row.report[k])
    at = put(at, as_none(row.report_before_day, base_day))
    if row.report_before_day != NEVER:
        for k in range(REPORT_FIELDS):
            before = row.report_before[k]
            if before != NONE and row.report[k] != NONE:
                before -= row.report[k]
            at = put(at, before)
    return at


@njit(cache=True, forceinline=True)
def _cycles(row: Any, at: Any, base: Any) -> Any:
    kept: Any = min(np.int64(row.statements), CYCLES)
    newer, limit = base, row.limit
    for k in range(kept):
        c = (row.statements - 1 - k) % CYCLES
        issue, ends = row.cycle_issue[c], (np.int64(row.cycle_due[c]) + 1) * DAY_US
        least, owed, paid = row.cycle_minimum[c], row.cycle_balance[c], row.cycle_paid[c]
        close = ELSEWHERE
        if row.cycle_close[c] == NEVER_DUE:
            close = STAYS_OPEN
        elif row.cycle_close[c] == ends:
            close = AT_DUE
        elif k > 0 and row.cycle_close[c] == newer:
            close = AT_NEXT
        much = ZERO if paid == 0 else FULL if paid == owed else LEAST if paid == least else OTHER
        begun = row.cycle_first[c] != NEVER
        same = row.cycle_limit[c] == limit
        at = put_byte(at, close | much << 2 | np.int64(same) << 4 | np.int64(begun) << 5)
        at = put_time(at, issue, newer)
        day = issue // DAY_US
        at = put(at, row.cycle_due[c] - day)
        at = put_natural(at, least)
        at = put_natural(at, owed)
        if close == ELSEWHERE:
            at = put_time(at, row.cycle_close[c], issue)
        if much == OTHER:
            at = put_natural(at, paid)
        if not same:
            at = put_natural(at, row.cycle_limit[c])
        if begun:
            at = put(at, row.cycle_first[c] - day)
        newer, limit = issue, row.cycle_limit[c]
    return at


@njit(cache=True, forceinline=True)
def _pending(row: Any, at: Any, base_day: Any) -> Any:
    for k in range(PENDING):
        if row.pending_statement[k] == 0:
            at = put_natural(at, 0)
            continue
        ago = row.statements - row.pending_statement[k]
        at = put_natural(at, ago + 1)
        day = base_day if ago >= CYCLES else row.cycle_issue[(row.statements - 1 - ago) % CYCLES] // DAY_US
        at = put(at, row.pending_day[k] - day)
        at = put_natural(at, row.pending_worst[k])
    return at


@njit(cache=True, forceinline=True)
def _tiles(row: Any, tiles: Rows, at: Any, base_day: Any) -> Any:
    at = put_natural(at, row.tile_count)
    if row.tile_count == 0:
        return at
    newest = row.tiles + row.tile_count - 1
    newer = day_of_key(tiles[newest].key)
    at = put(at, newer - base_day)
    at = put_natural(at, row.rolled - week_of(newer))
    for place in range(newest, row.tiles - 1, -1):
        tile = tiles[place]
        day = day_of_key(tile.key)
        back = newer - day
        single = tile.count == 1
        at = put_wide(at, np.uint64(attributes_of_key(tile.key) << 4 | min(back, 7) << 1 | np.int64(single)))
        if back >= 7:
            at = put_natural(at, back - 7)
        at = put_wide(at, np.uint64(tile.sum))
        if not single:
            at = put_natural(at, tile.count)
            at = put_natural(at, tile.largest)
        newer = day
    return at


@njit(cache=True, forceinline=True)
def _history(row: Any, at: Any, base_day: Any) -> Any:
    at = put(at, as_none(row.over_day, base_day))
    at = put_natural(at, row.over_days)
    late: Any = 0
    for k in range(MONTHS):
        late |= np.int64(row.past_due[k] > 0) << k
    at = put(at, NONE if row.month == NEVER else row.month - month_of(base_day))
    at = put_natural(at, late)
    if late > 0:
        for k in range(MONTHS):
            if row.past_due[k] > 0:
                at = put_natural(at, row.past_due[k])
    at = put_natural(at, row.buckets)
    at = put(at, as_none(row.first_day, base_day))
    newest: Any = NEVER
    for k in range(len(row.last_day)):
        newest = max(newest, np.int64(row.last_day[k]))
    at = put(at, as_none(newest, base_day))
    if newest != NEVER:
        for k in range(len(row.last_day)):
            at = put_natural(at, 0 if row.last_day[k] == NEVER else newest - row.last_day[k] + 1)
    at = put_natural(at, row.home_votes)
    return put_raw(at, row.home, 4) if row.home_votes > 0 else at


@njit(cache=True, forceinline=True)
def _sketches(row: Any, at: Any, base_day: Any) -> Any:
    at = put(at, as_none(row.seen_day, base_day))
    if row.seen_day == NEVER:
        return at
    at = _sketch(row.merchants, at)
    return _sketch(row.cities, at)


@njit(cache=True, forceinline=True)
def _sketch(places: Any, at: Any) -> Any:
    """Which places were seen, a bit each, and then these."""
    seen = seen_in(places)
    at = put_raw(at, seen, len(places) // 8)
    while seen != np.uint64(0):
        at = put_byte(at, places[lowest_bit(seen)])
        seen &= seen - np.uint64(1)
    return at


@njit(cache=True, forceinline=True)
def _ids(row: Any, at: Any) -> Any:
    for topic in range(TOPICS_WITH_IDS):
        total: Any = np.int64(row.id_count[topic])
        kept = min(total, IDS)
        at = put_byte(at, kept)
        for k in range(total - kept, total):
            place = k % IDS
            number = np.uint64(row.id_low[topic, place]) | np.uint64(row.id_high[topic, place]) << _HIGH
            at = put_raw(at, number, ID_BYTES)
    return at


@njit(cache=True, forceinline=True)
def _payments(row: Any, payments: Rows, at: Any, base: Any) -> Any:
    at = put_natural(at, length(payments, row.payments))
    node = row.payments
    while node >= 0:
        paid = payments[node]
        amount, again, day = paid.amount, paid.respent, paid.respent_day
        much = ZERO if again == 0 else FULL if again == amount else OTHER
        part = ZERO if day == 0 else FULL if day == amount else LEAST if day == again else OTHER
        at = put_byte(at, (paid.payer + 1) | much << 2 | part << 4)
        at = put_time(at, paid.time, base)
        at = put_natural(at, amount)
        if much == OTHER:
            at = put_natural(at, again)
        if part == OTHER:
            at = put_natural(at, day)
        node = paid.next
    return at


@njit(cache=True, forceinline=True)
def _unpaid(row: Any, unpaid: Rows, at: Any, base: Any) -> Any:
    at = put_natural(at, length(unpaid, row.unpaid))
    node = row.unpaid
    while node >= 0:
        owed = unpaid[node]
        at = put_time(at, owed.issue, base)
        at = put(at, owed.due - owed.issue // DAY_US)
        at = put_natural(at, owed.minimum)
        at = put_natural(at, owed.paid)
        node = owed.next
    return at
