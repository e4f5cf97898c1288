"""Computes the family `spending`: one walk over the tiles, newest first, then form by form."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.abreast import LINE, add, clear, convert, repeat, top
from features.bits import lowest_bit
from features.catalogue import COLUMN
from features.catalogue.spending import (
    COUNT,
    DISTINCT,
    LARGEST,
    MEAN,
    SHARE,
    TO_INCOME,
    TO_LIMIT,
    TREND,
    WEEKS_OF,
    WINDOWS,
    Z_LEAST,
    Z_WEEKS,
    Z,
)
from features.compiling import borrowing, spliced
from features.measures import MEASURE
from features.plan import ALL, AND_SPEND, BY_WEEKS, FIRST_WEEK, SPENDING, Plan
from features.row import CITIES, MERCHANTS, NEVER, NEVER_DUE, Rows
from features.sketches import MOST_PASSED, age, seen_in
from features.tiles import MONDAY_SHIFT, attributes_of_key, day_of_key, key_of, week_of
from features.window import DAYS as WINDOW_DAYS
from features.window import advance

DAYS: Final = np.array(WINDOWS, np.int64)
_LONGEST: Final = max(WINDOWS)
WINDOW_OF: Final = np.searchsorted(DAYS, np.arange(_LONGEST), "right")
"""The first window that holds an age in days."""


def _estimates(places: int) -> NDArray[np.float64]:
    hit = np.minimum(np.arange(MERCHANTS + 1), places - 1)
    return np.round(places * np.log(places / (places - hit)))


ESTIMATES: Final = np.stack([_estimates(MERCHANTS), _estimates(CITIES)])
"""[sketch, places hit]: about how many members there are."""

_CASH_SHARE: Final = COLUMN["cash.share.30d"]
_CASH_LIMIT: Final = COLUMN["cash.to_limit.30d"]
_SPEND_LIMIT: Final = COLUMN["spend.to_limit.30d"]
_INCOME: Final = COLUMN["income.monthly"]
_SPEND: Final = MEASURE["spend"]
_LONGEST_DAYS: Final = min(WEEKS_OF)


@borrowing
def spending(row: Any, tiles: Rows, plan: Plan, limit: int, today: int, out: NDArray[np.float64]) -> Any:
    """Fill the family; the date on which what rules read of it may change next."""
    advance(row, tiles, today)
    cash, spent = row.window_cash, row.window_purchases + row.window_cash
    if spent > 0:
        out[_CASH_SHARE] = cash / spent
    if limit > 0:
        out[_CASH_LIMIT] = cash / limit
        out[_SPEND_LIMIT] = spent / limit
    due: Any = NEVER_DUE
    if plan.window_watched and spent > 0:
        if cash > 0:  # each date that leaves the window changes a share
            due = day_of_key(tiles[row.tiles + row.window_first].key) + WINDOW_DAYS
        else:
            due = np.int64(row.last_day[_SPEND]) + WINDOW_DAYS
    if plan.levels[SPENDING] == ALL:
        due = min(due, _more(row, tiles, plan, limit, today, out))
    return due


@borrowing
def _more(row: Any, tiles: Rows, plan: Plan, limit: int, today: int, out: NDArray[np.float64]) -> Any:
    if plan.days > 0 or plan.weeks > 0:
        _walk(row, tiles, plan, today)
    _forms(row, plan, limit, today, out)
    return _due(row, plan, today)


@borrowing
def _walk(row: Any, tiles: Rows, plan: Plan, today: int) -> None:
    """Sum tiles, newest first: when those of a window are done, the next longer one goes on from there.

    All measures are added to at once, nothing where a tile does not belong to one: that costs less than a
    choice of the few that it belongs to.
    """
    z_weeks, weeks = plan.z_weeks, plan.weeks
    sums, counts, largest, weekly = plan.sums, plan.counts, plan.largest, plan.weekly
    counted = plan.counted
    clear(sums, 0)
    clear(counts, 0)
    clear(largest, 0)
    for w in range(z_weeks):
        clear(weekly, w)
    this_week = week_of(today)
    first_day = today - plan.days + 1
    if weeks > 0:
        first_day = min(first_day, (this_week - weeks + 1) * 7 - MONDAY_SHIFT)
    least = key_of(first_day, 0)
    here = 0
    for at in range(row.tiles + row.tile_count - 1, row.tiles - 1, -1):
        tile = tiles[at]
        key = np.int64(tile.key)
        if key < least:
            break
        members = np.int64(plan.members[attributes_of_key(key)])
        if members == 0:
            continue
        total = tile.sum
        day = day_of_key(key)
        place = today - day
        if z_weeks > 0 or place >= FIRST_WEEK:
            week = this_week - week_of(day)
            if z_weeks > 0:
                add(weekly, week, total, members)
            if place >= FIRST_WEEK:
                place = FIRST_WEEK + week
        window = plan.bucket[place]
        if window < 0:
            continue
        if window > here:
            _carry(plan, here, window)
            here = window
        add(sums, window, total, members)
        if counted:
            add(counts, window, np.int64(tile.count), members)
            top(largest, window, tile.largest, members)
    _carry(plan, here, plan.windows - 1)


@spliced
def _carry(plan: Plan, done: int, window: int) -> None:
    """What was summed so far is of each window up to this one, too."""
    for w in range(done + 1, window + 1):
        repeat(plan.sums, w)
        if plan.counted:
            repeat(plan.counts, w)
            repeat(plan.largest, w)


@borrowing
def _forms(row: Any, plan: Plan, limit: int, today: int, out: NDArray[np.float64]) -> None:
    ops, ends, sums, counts = plan.ops, plan.ends, plan.sums, plan.counts
    runs, run_ends = plan.runs, plan.run_ends
    for k in range(run_ends[0]):
        convert(sums, runs[k, 1], out, runs[k, 0], runs[k, 2])
    for k in range(run_ends[0], run_ends[1]):
        convert(counts, runs[k, 1], out, runs[k, 0], runs[k, 2])
    for k in range(ends[COUNT], ends[MEAN]):
        at = ops[k, 1]
        out[ops[k, 0]] = sums[at] / counts[at] if counts[at] > 0 else np.nan
    for k in range(ends[MEAN], ends[LARGEST]):
        out[ops[k, 0]] = plan.largest[ops[k, 1]]
    for k in range(ends[LARGEST], ends[SHARE]):
        spent = sums[ops[k, 2]]
        out[ops[k, 0]] = sums[ops[k, 1]] / spent if spent > 0 else np.nan
    for k in range(ends[SHARE], ends[TO_LIMIT]):
        out[ops[k, 0]] = sums[ops[k, 1]] / limit if limit > 0 else np.nan
    for k in range(ends[TO_LIMIT], ends[TO_INCOME]):
        out[ops[k, 0]] = sums[ops[k, 1]] / out[_INCOME] if out[_INCOME] > 0 else np.nan
    for k in range(ends[TO_INCOME], ends[TREND]):
        short, long = sums[ops[k, 1]], sums[ops[k, 2]]
        out[ops[k, 0]] = (short / ops[k, 3]) / (long / ops[k, 4]) if long > 0 else np.nan
    for k in range(ends[TREND], ends[Z]):
        out[ops[k, 0]] = _z(row, plan, np.int64(ops[k, 1]) % LINE, sums[ops[k, 1]], today)
    if ends[DISTINCT] > ends[Z]:
        _sketches(row, plan, today, out)


@borrowing
def _z(row: Any, plan: Plan, measure: Any, now: Any, today: int) -> float:
    """How far 7 days are from the weeks before this one, in standard deviations."""
    if row.first_day == NEVER:
        return np.nan
    weeks = min(Z_WEEKS, week_of(today) - week_of(row.first_day))
    if weeks < Z_LEAST:
        return np.nan
    total = 0
    differ = 0
    first = plan.weekly[1, measure]
    for k in range(1, weeks + 1):
        total += plan.weekly[k, measure]
        differ |= plan.weekly[k, measure] ^ first
    if differ == 0:
        return np.nan
    mean = total / weeks
    spread = 0.0
    for k in range(1, weeks + 1):
        spread += (plan.weekly[k, measure] - mean) ** 2
    return float((now - mean) / np.sqrt(spread / weeks))


@borrowing
def _sketches(row: Any, plan: Plan, today: int, out: NDArray[np.float64]) -> None:
    """How many places of each sketch were hit in each window, and what that tells (linear counting)."""
    hits = plan.hits
    for w in range(len(DAYS)):
        hits[0, w] = hits[1, w] = 0
    if row.seen_day != NEVER and today - row.seen_day <= MOST_PASSED:
        _count(row.merchants, today, hits[0])
        _count(row.cities, today, hits[1])
    for w in range(1, len(DAYS)):
        hits[0, w] += hits[0, w - 1]
        hits[1, w] += hits[1, w - 1]
    for k in range(plan.ends[Z], plan.ends[DISTINCT]):
        sketch = plan.ops[k, 1]
        out[plan.ops[k, 0]] = ESTIMATES[sketch, hits[sketch, plan.ops[k, 2]]]


@spliced
def _count(places: Any, today: int, hits: NDArray[np.int64]) -> None:
    seen = seen_in(places)
    while seen != np.uint64(0):
        past = age(places[lowest_bit(seen)], today)
        if past < _LONGEST:
            hits[WINDOW_OF[past]] += 1
        seen &= seen - np.uint64(1)


@borrowing
def _due(row: Any, plan: Plan, today: int) -> int:
    """A tile in a watched window may leave it with any date; without one nothing changes."""
    due = NEVER_DUE
    for k in range(plan.watched):
        kind, m, w = plan.watch[k, 0], plan.watch[k, 1], plan.watch[k, 2]
        days, spend = plan.watch[k, 3], plan.watch[k, 4]
        if w == BY_WEEKS:
            if row.tile_count > 0:
                return today + 1
        elif plan.sums[w * LINE + m] > 0:
            return today + 1
        elif kind == AND_SPEND and plan.sums[w * LINE + spend] > 0:
            leaves = np.int64(row.last_day[_SPEND]) + days if days < _LONGEST_DAYS else today + 1
            due = min(due, leaves)
    return due
