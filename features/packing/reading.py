"""Bytes to a state row: the mirror of writing.py."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.calendar import DAY_US
from features.effects.lists import append
from features.effects.unpaid import find_oldest
from features.packing.form import (
    AT_DUE,
    AT_NEXT,
    FULL,
    ID_BYTES,
    LEAST,
    STAYS_OPEN,
    ZERO,
    as_never,
)
from features.packing.numbers import Bytes, get, get_natural, get_raw, get_time
from features.row import (
    CITIES,
    CYCLES,
    MERCHANTS,
    MONTHS,
    NEVER,
    NEVER_DUE,
    NONE,
    PENDING,
    REPORT_FIELDS,
    TOPICS_WITH_IDS,
    Rows,
)
from features.tiles import key_of, take_block, week_of
from features.vector.dates import month_of

Place = NDArray[np.int64]


@njit(cache=True)
def unpack(
    data: Bytes,
    at: Place,
    row: Any,
    payments: Rows,
    payments_free: NDArray[np.int64],
    unpaid: Rows,
    unpaid_free: NDArray[np.int64],
    tiles: Rows,
    heads: NDArray[np.int64],
) -> Any:
    """Fill a blank row; its due date. The pools must hold enough free entries."""
    at[0] = 1
    base = get_time(data, at, 0)
    base_day = base // DAY_US
    due = get(data, at)
    _head(row, data, at, base, base_day)
    _report(row, data, at, base_day)
    _cycles(row, data, at, base)
    _pending(row, data, at, base_day)
    _tiles(row, tiles, heads, data, at, base_day)
    _history(row, data, at, base_day)
    _sketches(row, data, at, base_day)
    _ids(row, data, at)
    _payments(row, payments, payments_free, data, at, base)
    _unpaid(row, unpaid, unpaid_free, data, at, base)
    return NEVER_DUE if due == NONE else due + base_day


@njit(cache=True)
def _head(row: Any, data: Bytes, at: Place, base: Any, base_day: Any) -> None:
    row.limit = get(data, at)
    row.floor = get_natural(data, at)
    row.balance = get(data, at)
    row.balance_set = get_time(data, at, base)
    row.account_time = get_time(data, at, base)
    row.report_time = get_time(data, at, base)
    row.statement_time = get_time(data, at, base)
    row.statements = get_natural(data, at)
    if row.statements > 0:
        row.statement_id = np.int64(get_raw(data, at, 8))
    row.closed = row.statements - get_natural(data, at)
    row.opened_on = get(data, at)
    row.income = get(data, at)
    product = get_natural(data, at)
    row.product = product - 1 if product > 0 else NONE
    row.status = get_natural(data, at)
    row.exemptions = get_natural(data, at)
    row.limit_day = as_never(get(data, at), base_day)
    if row.limit_day != NEVER:
        row.limit_before = get_natural(data, at)
        row.limit_raises = get_natural(data, at)
        row.limit_cuts = get_natural(data, at)


@njit(cache=True)
def _report(row: Any, data: Bytes, at: Place, base_day: Any) -> None:
    if row.report_time == NONE:
        return
    row.reports = get_natural(data, at)
    for k in range(REPORT_FIELDS):
        row.report[k] = get(data, at)
    row.report_before_day = as_never(get(data, at), base_day)
    if row.report_before_day != NEVER:
        for k in range(REPORT_FIELDS):
            before = get(data, at)
            if before != NONE and row.report[k] != NONE:
                before += row.report[k]
            row.report_before[k] = before


@njit(cache=True)
def _cycles(row: Any, data: Bytes, at: Place, base: Any) -> None:
    kept: Any = min(np.int64(row.statements), CYCLES)
    newer, limit = base, row.limit
    for k in range(kept):
        c = (row.statements - 1 - k) % CYCLES
        flags = np.int64(data[at[0]])
        at[0] += 1
        close, much = flags & 3, flags >> 2 & 3
        issue = get_time(data, at, newer)
        day = issue // DAY_US
        row.cycle_issue[c] = issue
        row.cycle_due[c] = get(data, at) + day
        row.cycle_minimum[c] = get_natural(data, at)
        row.cycle_balance[c] = get_natural(data, at)
        if close == STAYS_OPEN:
            row.cycle_close[c] = NEVER_DUE
        elif close == AT_DUE:
            row.cycle_close[c] = (np.int64(row.cycle_due[c]) + 1) * DAY_US
        elif close == AT_NEXT:
            row.cycle_close[c] = newer
        else:
            row.cycle_close[c] = get_time(data, at, issue)
        if much == ZERO:
            row.cycle_paid[c] = 0
        elif much == FULL:
            row.cycle_paid[c] = row.cycle_balance[c]
        elif much == LEAST:
            row.cycle_paid[c] = row.cycle_minimum[c]
        else:
            row.cycle_paid[c] = get_natural(data, at)
        row.cycle_limit[c] = limit if flags >> 4 & 1 else get_natural(data, at)
        row.cycle_first[c] = get(data, at) + day if flags >> 5 & 1 else NEVER
        newer, limit = issue, row.cycle_limit[c]


@njit(cache=True)
def _pending(row: Any, data: Bytes, at: Place, base_day: Any) -> None:
    for k in range(PENDING):
        number = get_natural(data, at)
        if number == 0:
            continue
        ago = number - 1
        row.pending_statement[k] = row.statements - ago
        day = base_day if ago >= CYCLES else row.cycle_issue[(row.statements - 1 - ago) % CYCLES] // DAY_US
        row.pending_day[k] = get(data, at) + day
        row.pending_worst[k] = get_natural(data, at)


@njit(cache=True)
def _tiles(row: Any, tiles: Rows, heads: NDArray[np.int64], data: Bytes, at: Place, base_day: Any) -> None:
    many = get_natural(data, at)
    if many == 0:
        return
    take_block(row, tiles, heads, many)
    row.tile_count = many
    newer = get(data, at) + base_day
    row.rolled = get_natural(data, at) + week_of(newer)
    for place in range(row.tiles + many - 1, row.tiles - 1, -1):
        head = get_natural(data, at)
        back = head >> 1 & 7
        if back == 7:
            back += get_natural(data, at)
        newer -= back
        tile = tiles[place]
        tile.key = key_of(newer, head >> 4)
        tile.sum = get_natural(data, at)
        if head & 1:
            tile.count = 1
            tile.largest = tile.sum
        else:
            tile.count = get_natural(data, at)
            tile.largest = get_natural(data, at)


@njit(cache=True)
def _history(row: Any, data: Bytes, at: Place, base_day: Any) -> None:
    row.over_day = as_never(get(data, at), base_day)
    row.over_days = np.uint64(get_natural(data, at))
    month = get(data, at)
    row.month = NEVER if month == NONE else month + month_of(base_day)
    late = get_natural(data, at)
    for k in range(MONTHS):
        if late >> k & 1:
            row.past_due[k] = get_natural(data, at)
    row.buckets = np.uint64(get_natural(data, at))
    row.first_day = as_never(get(data, at), base_day)
    newest = as_never(get(data, at), base_day)
    if newest != NEVER:
        for k in range(len(row.last_day)):
            back = get_natural(data, at)
            row.last_day[k] = NEVER if back == 0 else newest - back + 1
    row.home_votes = get_natural(data, at)
    if row.home_votes > 0:
        row.home = get_raw(data, at, 4)


@njit(cache=True)
def _sketches(row: Any, data: Bytes, at: Place, base_day: Any) -> None:
    row.seen_day = as_never(get(data, at), base_day)
    if row.seen_day == NEVER:
        return
    hit = get_raw(data, at, MERCHANTS // 8)
    for k in range(MERCHANTS):
        if hit >> np.uint64(k) & np.uint64(1):
            row.merchants[k] = data[at[0]]
            at[0] += 1
    hit = get_raw(data, at, CITIES // 8)
    for k in range(CITIES):
        if hit >> np.uint64(k) & np.uint64(1):
            row.cities[k] = data[at[0]]
            at[0] += 1


@njit(cache=True)
def _ids(row: Any, data: Bytes, at: Place) -> None:
    for topic in range(TOPICS_WITH_IDS):
        kept = np.int64(data[at[0]])
        at[0] += 1
        row.id_count[topic] = kept
        for k in range(kept):
            number = get_raw(data, at, ID_BYTES)
            row.id_low[topic, k] = np.uint32(number & np.uint64(0xFFFFFFFF))
            row.id_high[topic, k] = np.uint16(number >> np.uint64(32))


@njit(cache=True)
def _payments(
    row: Any, payments: Rows, payments_free: NDArray[np.int64], data: Bytes, at: Place, base: Any
) -> None:
    last: Any = np.int64(-1)
    for _ in range(get_natural(data, at)):
        last = append(payments, payments_free, last)
        if row.payments < 0:
            row.payments = last
        flags = np.int64(data[at[0]])
        at[0] += 1
        much, part = flags >> 2 & 3, flags >> 4 & 3
        paid = payments[last]
        paid.payer = (flags & 3) - 1
        paid.time = get_time(data, at, base)
        paid.amount = get_natural(data, at)
        paid.respent = 0 if much == ZERO else paid.amount if much == FULL else get_natural(data, at)
        if part == ZERO:
            paid.respent_day = 0
        elif part == FULL:
            paid.respent_day = paid.amount
        elif part == LEAST:
            paid.respent_day = paid.respent
        else:
            paid.respent_day = get_natural(data, at)


@njit(cache=True)
def _unpaid(
    row: Any, unpaid: Rows, unpaid_free: NDArray[np.int64], data: Bytes, at: Place, base: Any
) -> None:
    last: Any = np.int64(-1)
    for _ in range(get_natural(data, at)):
        last = append(unpaid, unpaid_free, last)
        if row.unpaid < 0:
            row.unpaid = last
        owed = unpaid[last]
        owed.issue = get_time(data, at, base)
        owed.due = get(data, at) + owed.issue // DAY_US
        owed.minimum = get_natural(data, at)
        owed.paid = get_natural(data, at)
    find_oldest(row, unpaid)
