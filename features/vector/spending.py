"""Computes the family `spending`: one walk over the tiles, newest first, then form by form."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.abreast import LINE, add, clear, convert, divide, scale, trend
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
    WINDOWS,
    Z_LEAST,
    Z_WEEKS,
    Z,
)
from features.compiling import borrowing, spliced
from features.cumulative import sum_windows
from features.deviation import deviations
from features.measures import MEASURE
from features.plan import ALL, AND_SPEND, AT, BY_WEEKS, DAYS, LONG_DAYS, MANY, ONE, OTHER, SPENDING, Plan
from features.row import CITIES, MERCHANTS, NEVER, NEVER_DUE, Rows
from features.sketches import MOST_PASSED, hits
from features.tiles import attributes_of_key, day_of_key, key_of, monday_of, week_of
from features.window import DAYS as WINDOW_DAYS
from features.window import advance

_DATES: Final = np.array(WINDOWS, np.int64)


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
    if plan.windows > 0:
        if plan.least_on != today:
            _set_windows(plan, today)
        newest, oldest = row.tiles + row.tile_count - 1, np.int64(row.tiles)
        sum_windows(
            tiles,
            newest,
            oldest,
            plan.least,
            plan.windows,
            plan.members,
            plan.sums,
            plan.counts,
            plan.largest,
        )
    _forms(row, tiles, plan, limit, today, out)
    return _due(row, plan, today)


@borrowing
def _set_windows(plan: Plan, today: int) -> None:
    """The least key of a tile in each window as of a date."""
    for w in range(plan.windows):
        weeks = plan.window_weeks[w]
        first = monday_of(week_of(today) - weeks + 1) if weeks > 0 else today - plan.window_days[w] + 1
        plan.least[w] = key_of(first, 0)
    plan.least_on = today


@borrowing
def _forms(row: Any, tiles: Rows, plan: Plan, limit: int, today: int, out: NDArray[np.float64]) -> None:
    """Features that lie side by side, up to eight at once (`runs` in features.plan)."""
    runs, ends, sums, counts = plan.runs, plan.ends, plan.sums, plan.counts
    for k in range(ends[SUM]):
        convert(sums, runs[k, AT], out, runs[k, ONE], runs[k, MANY])
    for k in range(ends[SUM], ends[COUNT]):
        convert(counts, runs[k, AT], out, runs[k, ONE], runs[k, MANY])
    for k in range(ends[COUNT], ends[MEAN]):
        divide(sums, counts, runs[k, AT], out, runs[k, ONE], runs[k, MANY])
    for k in range(ends[MEAN], ends[LARGEST]):
        convert(plan.largest, runs[k, AT], out, runs[k, ONE], runs[k, MANY])
    for k in range(ends[LARGEST], ends[SHARE]):
        _share(sums, sums[runs[k, OTHER]], runs[k], out)
    for k in range(ends[SHARE], ends[TO_LIMIT]):
        _share(sums, limit, runs[k], out)
    for k in range(ends[TO_LIMIT], ends[TO_INCOME]):
        _share(sums, out[_INCOME], runs[k], out)
    for k in range(ends[TO_INCOME], ends[TREND]):
        run = runs[k]
        trend(sums, run[AT], run[DAYS], run[OTHER], run[LONG_DAYS], out, run[ONE], run[MANY])
    if ends[Z] > ends[TREND]:
        weeks = _compare(row, tiles, plan, today)
        for k in range(ends[TREND], ends[Z]):
            if weeks > 0:
                deviations(plan.weekly, weeks, sums, runs[k, AT], out, runs[k, ONE], runs[k, MANY])
            else:
                _share(sums, np.nan, runs[k], out)
    if ends[DISTINCT] > ends[Z]:
        _sketches(row, plan, today, out)


@spliced
def _share(sums: NDArray[np.int64], of: Any, run: NDArray[np.uint16], out: NDArray[np.float64]) -> None:
    scale(sums, run[AT], np.float64(of) if of > 0 else np.nan, out, run[ONE], run[MANY])


@borrowing
def _compare(row: Any, tiles: Rows, plan: Plan, today: int) -> Any:
    """Sum the weeks that 7 days are compared to, one by one; how many, 0 for too few."""
    if row.first_day == NEVER:
        return 0
    this_week = week_of(today)
    weeks = min(Z_WEEKS, this_week - week_of(row.first_day))
    if weeks < Z_LEAST:
        return 0
    weekly = plan.weekly
    for w in range(1, weeks + 1):
        clear(weekly, w)
    least = key_of(monday_of(this_week - weeks), 0)
    for at in range(row.tiles + row.tile_count - 1, row.tiles - 1, -1):
        tile = tiles[at]
        key = np.int64(tile.key)
        if key < least:
            break
        week = this_week - week_of(day_of_key(key))
        if week > 0:
            add(weekly, week, tile.sum, np.int64(plan.members[attributes_of_key(key)]))
    return weeks


@borrowing
def _sketches(row: Any, plan: Plan, today: int, out: NDArray[np.float64]) -> None:
    """How many places of each sketch were hit in each window, and what that tells (linear counting)."""
    known = row.seen_day != NEVER and today - row.seen_day <= MOST_PASSED
    hit = plan.hits
    for w in range(len(_DATES)):
        hit[0, w], hit[1, w] = hits(row, today, _DATES[w]) if known else (0, 0)
    for k in range(plan.ends[Z], plan.ends[DISTINCT]):
        sketch = plan.runs[k, AT]
        out[plan.runs[k, ONE]] = ESTIMATES[sketch, hit[sketch, plan.runs[k, OTHER]]]


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
