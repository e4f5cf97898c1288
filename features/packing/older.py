"""Rows of versions 1 and 2: 64-bit event ids, and of each of 40 dates net, purchases and cash advances.

Version 2 brought the product.

What such a row does not know stays as if it had not been seen: how many transactions a date had (each sum
counts as one), their other attributes, merchants and cities, what was spent again within 24 hours (taken to
be what was within 72), months past due, the report before. It comes in with the windows.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.booking import book
from features.calendar import DAY_US
from features.effects.lists import append
from features.effects.transaction import remember
from features.effects.unpaid import find_oldest
from features.measures import CARRIED_DOWN, CARRIED_UP, CASH, PAYMENT, PURCHASE, TYPE_SHIFT
from features.packing.numbers import Bytes, get, get_raw
from features.row import CYCLES, NEVER, NEVER_DUE, NONE, PENDING, REPORT_FIELDS, TOPICS_WITH_IDS, Rows
from features.tiles import week_of

WITHOUT_PRODUCT, WITH_PRODUCT = 1, 2
"""The versions that are read here."""
_TILES: Final = 40
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
    due = get(data, at)
    _head(row, data, at)
    _cycles(row, data, at)
    newest = get(data, at)
    nets = np.zeros((_TILES, 3), np.int64)
    while True:
        back = get(data, at)
        if back == NONE:
            break
        for k in range(3):
            nets[back, k] = get(data, at)
    for topic in range(TOPICS_WITH_IDS):
        kept = np.int64(data[at[0]])
        at[0] += 1
        row.id_count[topic] = kept
        for k in range(kept):
            number = get_raw(data, at, 8)
            row.id_low[topic, k] = np.uint32(number & np.uint64(0xFFFFFFFF))
            row.id_high[topic, k] = np.uint16(number >> np.uint64(32) & np.uint64(0xFFFF))
    _payments(row, data, at, payments, payments_free)
    _unpaid(row, data, at, unpaid, unpaid_free)
    _first_payments(row, payments)
    if newest > NEVER:
        _tiles(row, payments, newest, nets, tiles, heads)
    return due


@njit(cache=True)
def _head(row: Any, data: Bytes, at: Place) -> None:
    row.limit = get(data, at)
    row.floor = get(data, at)
    row.balance = get(data, at)
    row.balance_set = get(data, at)
    row.account_time = get(data, at)
    row.report_time = get(data, at)
    row.statement_time = get(data, at)
    row.statement_id = get(data, at)
    row.statements = get(data, at)
    row.closed = get(data, at)
    row.opened_on = get(data, at)
    row.income = get(data, at)
    if data[0] == WITH_PRODUCT:
        row.product = get(data, at)
    row.status = get(data, at)
    row.exemptions = get(data, at)
    if row.report_time != NONE:
        row.reports = 1
        for k in range(REPORT_FIELDS):
            row.report[k] = get(data, at)


@njit(cache=True)
def _cycles(row: Any, data: Bytes, at: Place) -> None:
    kept: Any = min(np.int64(row.statements), CYCLES)
    for k in range(kept):
        c = (row.statements - 1 - k) % CYCLES
        row.cycle_issue[c] = get(data, at)
        close = get(data, at)
        row.cycle_close[c] = NEVER_DUE if close == NONE else close
        row.cycle_due[c] = get(data, at)
        row.cycle_minimum[c] = get(data, at)
        row.cycle_balance[c] = get(data, at)
        row.cycle_paid[c] = get(data, at)
        row.cycle_limit[c] = get(data, at)
    for k in range(PENDING):
        row.pending_statement[k] = get(data, at)
        if row.pending_statement[k] != 0:
            row.pending_day[k] = get(data, at)
            row.pending_worst[k] = get(data, at)


@njit(cache=True)
def _payments(row: Any, data: Bytes, at: Place, payments: Rows, payments_free: NDArray[np.int64]) -> None:
    last: Any = np.int64(-1)
    for _ in range(get(data, at)):
        last = append(payments, payments_free, last)
        if row.payments < 0:
            row.payments = last
        paid = payments[last]
        paid.time = get(data, at)
        paid.amount = get(data, at)
        paid.respent = get(data, at)
        paid.respent_day = paid.respent
        payer = get(data, at)
        paid.payer = -1 if payer == NONE else payer


@njit(cache=True)
def _unpaid(row: Any, data: Bytes, at: Place, unpaid: Rows, unpaid_free: NDArray[np.int64]) -> None:
    last: Any = np.int64(-1)
    for _ in range(get(data, at)):
        last = append(unpaid, unpaid_free, last)
        if row.unpaid < 0:
            row.unpaid = last
        owed = unpaid[last]
        owed.issue = get(data, at)
        owed.due = get(data, at)
        owed.minimum = get(data, at)
        owed.paid = get(data, at)
    find_oldest(row, unpaid)


@njit(cache=True)
def _first_payments(row: Any, payments: Rows) -> None:
    """The earliest payment of each cycle, as far as payments are kept."""
    for c in range(min(row.statements, CYCLES)):
        node = row.payments
        while node >= 0:
            time = payments[node].time
            if row.cycle_issue[c] <= time < row.cycle_close[c]:
                day = time // DAY_US
                if row.cycle_first[c] == NEVER or day < row.cycle_first[c]:
                    row.cycle_first[c] = day
            node = payments[node].next


@njit(cache=True)
def _tiles(
    row: Any, payments: Rows, newest: int, nets: NDArray[np.int64], tiles: Rows, heads: NDArray[np.int64]
) -> None:
    """Book each date's sums; what is left of its net, beside payments, is carried."""
    row.rolled = week_of(newest)
    for back in range(_TILES - 1, -1, -1):
        day = newest - back
        node = row.payments
        rest = nets[back, 0] - nets[back, 1] - nets[back, 2]
        while node >= 0:
            paid = payments[node]
            if paid.time // DAY_US == day:
                _carry(row, tiles, heads, day, PAYMENT, paid.amount, newest)
                rest += paid.amount
            node = paid.next
        _carry(row, tiles, heads, day, PURCHASE, nets[back, 1], newest)
        _carry(row, tiles, heads, day, CASH, nets[back, 2], newest)
        _carry(row, tiles, heads, day, CARRIED_UP, rest, newest)
        _carry(row, tiles, heads, day, CARRIED_DOWN, -rest, newest)
        if row.first_day == NEVER and nets[back, 1] + nets[back, 2] > 0:
            row.first_day = day


@njit(cache=True)
def _carry(
    row: Any, tiles: Rows, heads: NDArray[np.int64], day: int, what: int, amount: int, newest: int
) -> None:
    if amount > 0:
        book(row, tiles, heads, day, what << TYPE_SHIFT, amount, newest)
        remember(row, what << TYPE_SHIFT, day)
