"""A transaction: into its tile, the balance, the sketches, and the payments that it spends again."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.booking import book
from features.calendar import DAY_US, HOUR_US
from features.compiling import borrowing
from features.effects.balance import move
from features.inbound import layout
from features.measures import (
    CASH,
    FOREIGN,
    GROUP_SHIFT,
    GROUPS,
    MEMBER_COUNT,
    MEMBER_LIST,
    NIGHT,
    NIGHT_BEGINS,
    NIGHT_ENDS,
    ONLINE,
    PURCHASE,
    ROUND,
    ROUND_AMOUNT,
    SIGNS,
    TYPE_SHIFT,
)
from features.row import NEVER, NONE, Rows
from features.sketches import sketch

_RESPEND_US: Final = 72 * HOUR_US
_RESPEND_DAY_US: Final = 24 * HOUR_US
_ONLINE: Final = layout.CHANNELS.index("online")
_MOST_VOTES: Final = 255


@borrowing
def transaction(
    row: Any,
    time: int,
    fields: NDArray[np.int64],
    today: int,
    payments: Rows,
    tiles: Rows,
    heads: NDArray[np.int64],
) -> None:
    """Apply a transaction."""
    amount, what = fields[layout.TRANSACTION_AMOUNT], fields[layout.TRANSACTION_TYPE]
    day = time // DAY_US
    spent = what in (PURCHASE, CASH)
    attributes = what << TYPE_SHIFT | (_marks(row, time, fields) if spent else 0)
    _vote(row, fields[layout.TRANSACTION_COUNTRY])
    if row.first_day == NEVER:
        row.first_day = day
    book(row, tiles, heads, day, attributes, amount, today)
    remember(row, attributes, day)
    move(row, time, SIGNS[what] * amount)
    if not spent:
        return
    sketch(row, fields[layout.TRANSACTION_MERCHANT_ID], fields[layout.TRANSACTION_CITY], today, day)
    node = row.payments
    while node >= 0:
        paid = payments[node]
        since = time - paid.time
        if 0 <= since <= _RESPEND_US:
            paid.respent = min(paid.amount, paid.respent + amount)
            if since <= _RESPEND_DAY_US:
                paid.respent_day = min(paid.amount, paid.respent_day + amount)
        node = paid.next


@borrowing
def remember(row: Any, attributes: Any, day: int) -> None:
    """Keep the latest date of each measure."""
    for k in range(MEMBER_COUNT[attributes]):
        measure = MEMBER_LIST[attributes, k]
        row.last_day[measure] = max(row.last_day[measure], day)


@borrowing
def _marks(row: Any, time: int, fields: NDArray[np.int64]) -> Any:
    marks: Any = 0
    if fields[layout.TRANSACTION_CHANNEL] == _ONLINE:
        marks |= ONLINE
    hour = time // HOUR_US % 24
    if hour >= NIGHT_BEGINS or hour < NIGHT_ENDS:
        marks |= NIGHT
    if fields[layout.TRANSACTION_AMOUNT] % ROUND_AMOUNT == 0:
        marks |= ROUND
    country = fields[layout.TRANSACTION_COUNTRY]
    if country != NONE and row.home_votes > 0 and np.uint32(country & 0xFFFFFFFF) != row.home:
        marks |= FOREIGN
    mcc = fields[layout.TRANSACTION_MCC]
    if mcc != NONE:
        marks |= np.int64(GROUPS[mcc]) << GROUP_SHIFT
    return marks


@borrowing
def _vote(row: Any, country: int) -> None:
    """The home country by majority vote (Boyer and Moore)."""
    if country == NONE:
        return
    short = np.uint32(country & 0xFFFFFFFF)
    if row.home_votes == 0:
        row.home = short
        row.home_votes = 1
    elif row.home == short:
        row.home_votes = min(_MOST_VOTES, row.home_votes + 1)
    else:
        row.home_votes -= 1
