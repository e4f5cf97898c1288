"""A state row to bytes, part by part; reading.py mirrors it line by line."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

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
from features.packing.numbers import Bytes, put, put_natural, put_raw, put_time
from features.row import (
    CITIES,
    CYCLES,
    IDS,
    MERCHANTS,
    MONTHS,
    NEVER,
    NEVER_DUE,
    NONE,
    PENDING,
    REPORT_FIELDS,
    TOPICS_WITH_IDS,
    UNSEEN,
    Rows,
)
from features.tiles import attributes_of_key, day_of_key, week_of
from features.vector.dates import month_of

FIXED_BYTES: Final = 3_072
"""More than all of a row but its lists can take."""
ENTRY_BYTES: Final = 48
_FAR: Final = 2**61
"""No date: due from here on is never due."""


@njit(cache=True)
def pack(row: Any, due: Any, payments: Rows, unpaid: Rows, tiles: Rows, out: Bytes) -> Any:
    """Write a row; how many bytes it took."""
    out[0] = VERSION
    base = base_of(row)
    base_day = base // DAY_US
    at = put_time(out, 1, base, 0)
    at = put(out, at, NONE if due >= _FAR else due - base_day)
    at = _head(row, out, at, base, base_day)
    at = _report(row, out, at, base_day)
    at = _cycles(row, out, at, base)
    at = _pending(row, out, at, base_day)
    at = _tiles(row, tiles, out, at, base_day)
    at = _history(row, out, at, base_day)
    at = _sketches(row, out, at, base_day)
    at = _ids(row, out, at)
    at = _payments(row, payments, out, at, base)
    return _unpaid(row, unpaid, out, at, base)


@njit(cache=True)
def length(pool: Rows, node: Any) -> Any:
    """Entries of a list."""
    count = 0
    while node >= 0:
        count += 1
        node = pool[node].next
    return count


@njit(cache=True)
def _head(row: Any, out: Bytes, at: Any, base: Any, base_day: Any) -> Any:
    at = put(out, at, row.limit)
    at = put_natural(out, at, row.floor)
    at = put(out, at, row.balance)
    at = put_time(out, at, row.balance_set, base)
    at = put_time(out, at, row.account_time, base)
    at = put_time(out, at, row.report_time, base)
    at = put_time(out, at, row.statement_time, base)
    at = put_natural(out, at, row.statements)
    if row.statements > 0:
        at = put_raw(out, at, row.statement_id, 8)
    at = put_natural(out, at, row.statements - row.closed)
    at = put(out, at, row.opened_on)
    at = put(out, at, row.income)
    at = put_natural(out, at, row.product + 1 if row.product != NONE else 0)
    at = put_natural(out, at, row.status)
    at = put_natural(out, at, row.exemptions)
    at = put(out, at, as_none(row.limit_day, base_day))
    if row.limit_day != NEVER:
        at = put_natural(out, at, row.limit_before)
        at = put_natural(out, at, row.limit_raises)
        at = put_natural(out, at, row.limit_cuts)
    return at


@njit(cache=True)
def _report(row: Any, out: Bytes, at: Any, base_day: Any) -> Any:
    if row.report_time == NONE:
        return at
    at = put_natural(out, at, row.reports)
    for k in range(REPORT_FIELDS):
        at = put(out, at, row.report[k])
    at = put(out, at, as_none(row.report_before_day, base_day))
    if row.report_before_day != NEVER:
        for k in range(REPORT_FIELDS):
            before = row.report_before[k]
            if before != NONE and row.report[k] != NONE:
                before -= row.report[k]
            at = put(out, at, before)
    return at


@njit(cache=True)
def _cycles(row: Any, out: Bytes, at: Any, base: Any) -> Any:
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
        out[at] = np.uint8(close | much << 2 | np.int64(same) << 4 | np.int64(begun) << 5)
        at = put_time(out, at + 1, issue, newer)
        day = issue // DAY_US
        at = put(out, at, row.cycle_due[c] - day)
        at = put_natural(out, at, least)
        at = put_natural(out, at, owed)
        if close == ELSEWHERE:
            at = put_time(out, at, row.cycle_close[c], issue)
        if much == OTHER:
            at = put_natural(out, at, paid)
        if not same:
            at = put_natural(out, at, row.cycle_limit[c])
        if begun:
            at = put(out, at, row.cycle_first[c] - day)
        newer, limit = issue, row.cycle_limit[c]
    return at


@njit(cache=True)
def _pending(row: Any, out: Bytes, at: Any, base_day: Any) -> Any:
    for k in range(PENDING):
        if row.pending_statement[k] == 0:
            at = put_natural(out, at, 0)
            continue
        ago = row.statements - row.pending_statement[k]
        at = put_natural(out, at, ago + 1)
        day = base_day if ago >= CYCLES else row.cycle_issue[(row.statements - 1 - ago) % CYCLES] // DAY_US
        at = put(out, at, row.pending_day[k] - day)
        at = put_natural(out, at, row.pending_worst[k])
    return at


@njit(cache=True)
def _tiles(row: Any, tiles: Rows, out: Bytes, at: Any, base_day: Any) -> Any:
    at = put_natural(out, at, row.tile_count)
    if row.tile_count == 0:
        return at
    newest = row.tiles + row.tile_count - 1
    newer = day_of_key(tiles[newest].key)
    at = put(out, at, newer - base_day)
    at = put_natural(out, at, row.rolled - week_of(newer))
    for place in range(newest, row.tiles - 1, -1):
        tile = tiles[place]
        day = day_of_key(tile.key)
        back = newer - day
        single = tile.count == 1
        at = put_natural(out, at, attributes_of_key(tile.key) << 4 | min(back, 7) << 1 | np.int64(single))
        if back >= 7:
            at = put_natural(out, at, back - 7)
        at = put_natural(out, at, tile.sum)
        if not single:
            at = put_natural(out, at, tile.count)
            at = put_natural(out, at, tile.largest)
        newer = day
    return at


@njit(cache=True)
def _history(row: Any, out: Bytes, at: Any, base_day: Any) -> Any:
    at = put(out, at, as_none(row.over_day, base_day))
    at = put_natural(out, at, row.over_days)
    late: Any = 0
    for k in range(MONTHS):
        late |= np.int64(row.past_due[k] > 0) << k
    at = put(out, at, NONE if row.month == NEVER else row.month - month_of(base_day))
    at = put_natural(out, at, late)
    for k in range(MONTHS):
        if row.past_due[k] > 0:
            at = put_natural(out, at, row.past_due[k])
    at = put_natural(out, at, row.buckets)
    at = put(out, at, as_none(row.first_day, base_day))
    newest = row.last_day.max()
    at = put(out, at, as_none(newest, base_day))
    if newest != NEVER:
        for k in range(len(row.last_day)):
            at = put_natural(out, at, 0 if row.last_day[k] == NEVER else newest - row.last_day[k] + 1)
    at = put_natural(out, at, row.home_votes)
    return put_raw(out, at, row.home, 4) if row.home_votes > 0 else at


@njit(cache=True)
def _sketches(row: Any, out: Bytes, at: Any, base_day: Any) -> Any:
    at = put(out, at, as_none(row.seen_day, base_day))
    if row.seen_day == NEVER:
        return at
    hit = np.uint64(0)
    for k in range(MERCHANTS):
        hit |= np.uint64(row.merchants[k] != UNSEEN) << np.uint64(k)
    at = put_raw(out, at, hit, MERCHANTS // 8)
    for k in range(MERCHANTS):
        if row.merchants[k] != UNSEEN:
            out[at] = row.merchants[k]
            at += 1
    hit = np.uint64(0)
    for k in range(CITIES):
        hit |= np.uint64(row.cities[k] != UNSEEN) << np.uint64(k)
    at = put_raw(out, at, hit, CITIES // 8)
    for k in range(CITIES):
        if row.cities[k] != UNSEEN:
            out[at] = row.cities[k]
            at += 1
    return at


@njit(cache=True)
def _ids(row: Any, out: Bytes, at: Any) -> Any:
    for topic in range(TOPICS_WITH_IDS):
        total: Any = np.int64(row.id_count[topic])
        kept = min(total, IDS)
        out[at] = np.uint8(kept)
        at += 1
        for k in range(total - kept, total):
            number = np.uint64(row.id_low[topic, k % IDS]) | np.uint64(
                row.id_high[topic, k % IDS]
            ) << np.uint64(32)
            at = put_raw(out, at, number, ID_BYTES)
    return at


@njit(cache=True)
def _payments(row: Any, payments: Rows, out: Bytes, at: Any, base: Any) -> Any:
    at = put_natural(out, at, length(payments, row.payments))
    node = row.payments
    while node >= 0:
        paid = payments[node]
        amount, again, day = paid.amount, paid.respent, paid.respent_day
        much = ZERO if again == 0 else FULL if again == amount else OTHER
        part = ZERO if day == 0 else FULL if day == amount else LEAST if day == again else OTHER
        out[at] = np.uint8((paid.payer + 1) | much << 2 | part << 4)
        at = put_time(out, at + 1, paid.time, base)
        at = put_natural(out, at, amount)
        if much == OTHER:
            at = put_natural(out, at, again)
        if part == OTHER:
            at = put_natural(out, at, day)
        node = paid.next
    return at


@njit(cache=True)
def _unpaid(row: Any, unpaid: Rows, out: Bytes, at: Any, base: Any) -> Any:
    at = put_natural(out, at, length(unpaid, row.unpaid))
    node = row.unpaid
    while node >= 0:
        owed = unpaid[node]
        at = put_time(out, at, owed.issue, base)
        at = put(out, at, owed.due - owed.issue // DAY_US)
        at = put_natural(out, at, owed.minimum)
        at = put_natural(out, at, owed.paid)
        node = owed.next
    return at
