"""Computes the family `spending`: one walk over the tiles, newest first, then form by form."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.catalogue import COLUMN
from features.catalogue.spending import (
    COUNT,
    DISTINCT,
    LARGEST,
    MEAN,
    SHARE,
    SUM,
    TO_INCOME,
    TO_LIMIT,
    TREND,
    WEEKS_OF,
    Z,
    Z_LEAST,
    Z_WEEKS,
)
from features.measures import ATTRIBUTES, MEASURE
from features.plan import AND_SPEND, BY_WEEKS, Plan
from features.row import CITIES, MERCHANTS, NEVER, UNSEEN, Rows
from features.tiles import FIRST_DAY, MONDAY_SHIFT, key_of, week_of
from features.vector.dates import NEVER_DUE

_INCOME: Final = COLUMN["income.monthly"]
_SPEND: Final = MEASURE["spend"]
_LONGEST_DAYS: Final = min(WEEKS_OF)


@njit(cache=True)
def spending(row: Any, tiles: Rows, plan: Plan, limit: int, today: int, out: NDArray[np.float64]) -> int:
    """Fill the family; the date on which what rules read of it may change next."""
    days, weeks = plan.reach[0], plan.reach[1]
    if days > 0 or weeks > 0:
        _walk(row, tiles, plan, days, weeks, today)
        _cumulate(plan)
    _forms(row, plan, limit, today, out)
    return _due(row, plan, today)


@njit(cache=True)
def _walk(row: Any, tiles: Rows, plan: Plan, days: int, weeks: int, today: int) -> None:
    """Sum each tile into the first window that holds it."""
    sums, counts, largest, weekly = plan.sums, plan.counts, plan.largest, plan.weekly
    windows, measures = sums.shape
    for w in range(windows):
        for m in range(measures):
            sums[w, m] = 0
            counts[w, m] = 0
            largest[w, m] = 0
    for w in range(len(weekly)):
        for m in range(measures):
            weekly[w, m] = 0
    this_week = week_of(today)
    first_day = today - days + 1
    if weeks > 0:
        first_day = min(first_day, (this_week - weeks + 1) * 7 - MONDAY_SHIFT)
    least = key_of(first_day, 0)
    at = row.tiles + row.tile_count - 1
    while at >= row.tiles:
        tile = tiles[at]
        at -= 1
        key = np.int64(tile.key)
        if key < least:
            break
        day = key // ATTRIBUTES + FIRST_DAY
        attributes = key % ATTRIBUTES
        member_count = plan.members_count[attributes]
        if member_count == 0:
            continue
        age = today - day
        week = this_week - week_of(day)
        if len(weekly) > 0:
            for j in range(member_count):
                weekly[week, plan.members[attributes, j]] += tile.sum
        window = plan.bucket[age if age < 30 else 30 + week]
        if window < 0:
            continue
        for j in range(member_count):
            m = plan.members[attributes, j]
            sums[window, m] += tile.sum
            counts[window, m] += tile.count
            largest[window, m] = max(largest[window, m], tile.largest)


@njit(cache=True)
def _cumulate(plan: Plan) -> None:
    """Each window holds the shorter ones."""
    windows, measures = plan.sums.shape
    for w in range(1, windows):
        for m in range(measures):
            plan.sums[w, m] += plan.sums[w - 1, m]
            plan.counts[w, m] += plan.counts[w - 1, m]
            plan.largest[w, m] = max(plan.largest[w, m], plan.largest[w - 1, m])


@njit(cache=True)
def _forms(row: Any, plan: Plan, limit: int, today: int, out: NDArray[np.float64]) -> None:
    ops, ends, sums, counts = plan.ops, plan.ends, plan.sums, plan.counts
    for k in range(ends[SUM]):
        out[ops[k, 1]] = sums[ops[k, 3], ops[k, 2]]
    for k in range(ends[SUM], ends[COUNT]):
        out[ops[k, 1]] = counts[ops[k, 3], ops[k, 2]]
    for k in range(ends[COUNT], ends[MEAN]):
        m, w = ops[k, 2], ops[k, 3]
        out[ops[k, 1]] = sums[w, m] / counts[w, m] if counts[w, m] > 0 else np.nan
    for k in range(ends[MEAN], ends[LARGEST]):
        out[ops[k, 1]] = plan.largest[ops[k, 3], ops[k, 2]]
    for k in range(ends[LARGEST], ends[SHARE]):
        m, w, spend = ops[k, 2], ops[k, 3], ops[k, 4]
        out[ops[k, 1]] = sums[w, m] / sums[w, spend] if sums[w, spend] > 0 else np.nan
    for k in range(ends[SHARE], ends[TO_LIMIT]):
        out[ops[k, 1]] = sums[ops[k, 3], ops[k, 2]] / limit if limit > 0 else np.nan
    for k in range(ends[TO_LIMIT], ends[TO_INCOME]):
        out[ops[k, 1]] = sums[ops[k, 3], ops[k, 2]] / out[_INCOME] if out[_INCOME] > 0 else np.nan
    for k in range(ends[TO_INCOME], ends[TREND]):
        m, short, long = ops[k, 2], ops[k, 3], ops[k, 4]
        out[ops[k, 1]] = (
            (sums[short, m] / plan.lengths[short]) / (sums[long, m] / plan.lengths[long])
            if sums[long, m] > 0
            else np.nan
        )
    for k in range(ends[TREND], ends[Z]):
        out[ops[k, 1]] = _z(row, plan, ops[k, 2], sums[ops[k, 3], ops[k, 2]], today)
    for k in range(ends[Z], ends[DISTINCT]):
        if ops[k, 2] == 0:
            out[ops[k, 1]] = _distinct(row.merchants, MERCHANTS, today - row.seen_day, ops[k, 3])
        else:
            out[ops[k, 1]] = _distinct(row.cities, CITIES, today - row.seen_day, ops[k, 3])


@njit(cache=True)
def _z(row: Any, plan: Plan, measure: int, now: int, today: int) -> float:
    """How far 7 days are from the weeks before this one, in standard deviations."""
    if row.first_day == NEVER:
        return np.nan
    weeks = min(Z_WEEKS, week_of(today) - week_of(np.int64(row.first_day)))
    if weeks < Z_LEAST:
        return np.nan
    total = 0.0
    for k in range(1, weeks + 1):
        total += plan.weekly[k, measure]
    mean = total / weeks
    spread = 0.0
    for k in range(1, weeks + 1):
        spread += (plan.weekly[k, measure] - mean) ** 2
    equal = True
    for k in range(2, weeks + 1):
        equal = equal and plan.weekly[k, measure] == plan.weekly[1, measure]
    if equal:
        return np.nan
    return float((now - mean) / np.sqrt(spread / weeks))


@njit(cache=True)
def _distinct(places: Any, many: int, passed: int, days: int) -> float:
    """The size of a set of which each member fell into one of the places (linear counting)."""
    hit = 0
    for k in range(many):
        hit += places[k] != UNSEEN and places[k] + passed < days
    return float(np.round(many * np.log(many / (many - min(hit, many - 1)))))


@njit(cache=True)
def _due(row: Any, plan: Plan, today: int) -> int:
    """A tile in a watched window may leave it with any date; without one nothing changes."""
    due = NEVER_DUE
    for k in range(len(plan.watch)):
        kind, m, w = plan.watch[k, 0], plan.watch[k, 1], plan.watch[k, 2]
        days, spend = plan.watch[k, 3], plan.watch[k, 4]
        if w == BY_WEEKS:
            if row.tile_count > 0:
                return today + 1
        elif plan.counts[w, m] > 0:
            return today + 1
        elif kind == AND_SPEND and plan.counts[w, spend] > 0:
            leaves = np.int64(row.last_day[_SPEND]) + days if days < _LONGEST_DAYS else today + 1
            due = min(due, leaves)
    return due
