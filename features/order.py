"""A lane's order: topics merged by time, and the checks that need the lane's clock (contract 2.1, 2.5, 2.6).

One compiled pass takes head after head. It decides for every record whether it is accepted, a duplicate, or
a dead letter, and what the watermark is once it is taken.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.ahead import fetch_ids
from features.calendar import DAY_US
from features.compiling import borrowing
from features.inbound import layout
from features.row import IDS, NONE, Rows

BAD: Final = 255
"""The kind of a record that failed its own checks: a dead letter as soon as it is the head."""

TAKEN, DUPLICATE, REJECTED, TOO_EARLY, TOO_LATE, FEED_AHEAD = range(6)
"""What became of a record; FEED_AHEAD is not taken: the lane's ticks have stopped (contract 2.8)."""

EARLY_US: Final = 366 * DAY_US
TICK_EARLY_US: Final = DAY_US
LATE_US: Final = 7 * DAY_US
LATE_LONG_US: Final = 35 * DAY_US

WATERMARK, LAST_TICK, LAST_TICK_STAMP = range(3)
"""Places of the lane's clock array, in microseconds; NONE before the first."""

_LOW, _HIGH = np.uint64(0xFFFFFFFF), np.uint64(0xFFFF)
"""Event ids are known again by 48 bits of their hash: 1 in some 1.8e13 records is a false duplicate."""

_AHEAD: Final = 8
"""So many records of its topic before its turn the ids that a row remembers are fetched."""
_TICK = layout.TICK
_RESET = layout.RESET
_STATEMENT = layout.STATEMENT
_PAYMENT = layout.PAYMENT
_REPORT = layout.REPORT


def new_clock() -> NDArray[np.int64]:
    """The clock of a lane that has taken nothing."""
    return np.full(3, NONE, np.int64)


@borrowing
def merge(
    kind: NDArray[np.uint8],
    occurred: NDArray[np.int64],
    stamp: NDArray[np.int64],
    event: NDArray[np.uint64],
    slot: NDArray[np.int64],
    heads: NDArray[np.int64],
    ends: NDArray[np.int64],
    more: NDArray[np.bool_],
    clock: NDArray[np.int64],
    rows: Rows,
    order: NDArray[np.int64],
    fate: NDArray[np.uint8],
    watermark: NDArray[np.int64],
) -> int:
    """Take records in the lane's order until a topic with unread records runs dry; how many were taken.

    Records of topic k stand in [heads[k], ends[k]) of the columns, in offset order; `more[k]` says that the
    log holds further ones. Moves `heads` and `clock`, remembers event ids in `rows`, and writes for the n-th
    record taken its index (`order`), its `fate` and the watermark after it. `stamp` is Kafka's timestamp in
    microseconds, NONE in file mode.
    """
    topics = len(heads)
    taken = 0
    while True:
        best = -1
        for k in range(topics):
            while heads[k] < ends[k]:
                i = heads[k]
                if kind[i] == BAD:
                    reason = REJECTED
                elif clock[WATERMARK] != NONE and occurred[i] - clock[WATERMARK] > EARLY_US:
                    reason = TOO_EARLY
                else:
                    break
                order[taken] = i
                fate[taken] = reason
                watermark[taken] = clock[WATERMARK]
                taken += 1
                heads[k] += 1
            if heads[k] == ends[k]:
                if more[k]:
                    return taken
            elif best < 0 or occurred[heads[k]] < occurred[heads[best]]:
                best = k
        if best < 0:
            return taken
        i = heads[best]
        if i + _AHEAD < ends[best]:
            fetch_ids(rows, slot[i + _AHEAD], best)
        time = occurred[i]
        what = kind[i]
        late = LATE_LONG_US if what == _STATEMENT or what == _PAYMENT or what == _REPORT else LATE_US
        if what != _TICK and clock[LAST_TICK] != NONE and time - clock[LAST_TICK] > TICK_EARLY_US:
            if stamp[i] != NONE and stamp[i] - clock[LAST_TICK_STAMP] > TICK_EARLY_US:
                order[taken] = i
                fate[taken] = FEED_AHEAD
                return taken + 1
            reason = TOO_EARLY
        elif clock[WATERMARK] != NONE and clock[WATERMARK] - time > late:
            reason = TOO_LATE
        elif what != _TICK and what != _RESET and _seen(rows, slot[i], best, event[i]):
            reason = DUPLICATE
        else:
            reason = TAKEN
        heads[best] += 1
        if reason <= DUPLICATE:
            if clock[WATERMARK] == NONE or time > clock[WATERMARK]:
                clock[WATERMARK] = time
            if what == _TICK:
                clock[LAST_TICK] = time
                clock[LAST_TICK_STAMP] = stamp[i]
        order[taken] = i
        fate[taken] = reason
        watermark[taken] = clock[WATERMARK]
        taken += 1


@njit(cache=True, inline="always")
def _seen(rows: Any, slot: int, topic: int, event: np.uint64) -> bool:
    """Whether the id is among the last accepted ones; if not, it is remembered."""
    row = rows[slot]
    low, high = np.uint32(event & _LOW), np.uint16(event >> np.uint64(32) & _HIGH)
    count = row.id_count[topic]
    kept: Any = min(np.int64(count), IDS)
    for k in range(kept):
        if row.id_low[topic, k] == low and row.id_high[topic, k] == high:
            return True
    row.id_low[topic, count % IDS] = low
    row.id_high[topic, count % IDS] = high
    row.id_count[topic] = count + 1
    return False
