"""What of the catalogue is computed, and what of it the passing of a date may change for a rule.

A plan is compiled from names. The compiled passes look at it at run time: families that nobody reads are passed over,
and of the windows over tiles only those measures, windows and forms are computed that are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.catalogue import BY_NAME, COLUMN, FAMILIES, MODEL_NAMES, NAMES
from features.catalogue.spending import (
    DISTINCT,
    SHARE,
    SKETCHES,
    TO_INCOME,
    TREND,
    WEEKS_OF,
    WINDOWED,
    WINDOWS,
    Windowed,
    Z,
)
from features.measures import ATTRIBUTES, MEASURE, MEASURES, MEMBERS
from features.tiles import WEEKS

ACCOUNT, BUREAU, UTILISATION, CYCLES, PAST_DUE, PAYMENTS, RECENCY, SPENDING = range(len(FAMILIES))
NOTHING, FIRST, ALL = range(3)
"""Levels of a family: its features of the first catalogue stand first and can be had without the others."""

READ_BY_DECISIONS: Final = (
    "account.limit",
    "cycles.closed",
    "days_past_due",
    "half_paid_cycles.certain",
    "inquiries.hard.3m",
    "utilisation.mean.6s",
)
"""What decisions and labels read whatever the rulebook says; it brings their families in."""

DEFAULT_NAMES: Final = (*READ_BY_DECISIONS, *MODEL_NAMES)

BY_WEEKS: Final = len(WINDOWS)
ANY, AND_SPEND = range(2)


class Plan(NamedTuple):
    """The arrays that the compiled passes follow; the last four are their scratch paper."""

    levels: NDArray[np.int64]
    """By family."""
    daily: NDArray[np.int64]
    """[whether each date changes something that a rule reads]."""
    reach: NDArray[np.int64]
    """[days, weeks] that the walk over tiles goes back at the most; both 0: no walk."""
    lengths: NDArray[np.int64]
    """The days of each window in use."""
    bucket: NDArray[np.int64]
    """The first window that holds an age: by days up to 29, then (from 30 on) by weeks."""
    members_count: NDArray[np.int64]
    members: NDArray[np.int64]
    """The measures in use that a tile belongs to, by its attributes."""
    ops: NDArray[np.int64]
    """(form, column, measure, window, other) of each feature over tiles, in order of form."""
    ends: NDArray[np.int64]
    """Where the ops of each form end."""
    watch: NDArray[np.int64]
    """(kind, measure, window, days, spend) of what rules read of tiles."""
    weekly: NDArray[np.int64]
    """[week, measure] sums of weeks; no rows when no z is wanted."""
    sums: NDArray[np.int64]
    counts: NDArray[np.int64]
    largest: NDArray[np.int64]


def plan_of(read: Iterable[str] = NAMES, watched: Iterable[str] = ()) -> Plan:
    """The plan that computes the named features; `watched` are those by which rules are to be judged in time."""
    watched = tuple(watched)
    wanted = {*read, *watched, *READ_BY_DECISIONS}
    tiles = [windowed for windowed in WINDOWED if windowed.feature.name in wanted]
    if any(windowed.form == TO_INCOME for windowed in tiles):
        wanted.add("income.monthly")
    levels = np.array([_level(family, wanted) for family in FAMILIES], np.int64)
    daily = np.array([any(_ages(name) for name in watched)], np.int64)
    return Plan(levels, daily, *_walk(tiles, [windowed for windowed in tiles if windowed.feature.name in watched]))


def _level(family: str, wanted: set[str]) -> int:
    mine = [feature for feature in FAMILIES[family] if feature.name in wanted]
    return max((FIRST if feature.since == 1 else ALL for feature in mine), default=NOTHING)


def _ages(name: str) -> bool:
    """Whether it changes with each date; what changes on dates that can be told tells them itself."""
    feature = BY_NAME[name]
    if name in {"report.age", "account.age"}:
        return True
    told = feature.since == 1 or feature in FAMILIES["spending"] or feature in FAMILIES["bureau"]
    return feature.moves and not told


def _slots(used: set[int]) -> dict[int, int]:
    return {number: slot for slot, number in enumerate(sorted(used))}


def _measures(tiles: Sequence[Windowed]) -> dict[int, int]:
    """The place on the scratch paper of each measure that is in use."""
    spend = MEASURE["spend"]
    used = {spend if windowed.form == DISTINCT else windowed.measure for windowed in tiles}
    return _slots(used | ({spend} if any(windowed.form == SHARE for windowed in tiles) else set()))


def _walk(tiles: Sequence[Windowed], watched: Sequence[Windowed]) -> tuple[NDArray[np.int64], ...]:
    measures = _measures(tiles)
    z_wanted = any(windowed.form == Z for windowed in tiles)
    walked = [windowed for windowed in tiles if windowed.form != DISTINCT or windowed in watched]
    windows = _slots(
        {windowed.window for windowed in walked} | {windowed.other for windowed in walked if windowed.form == TREND}
    )
    lengths = [WINDOWS[window] for window in windows]
    weeks = max([WEEKS_OF.get(days, 0) for days in lengths] + [WEEKS if z_wanted else 0], default=0)
    days = max((days for days in lengths if days not in WEEKS_OF), default=0)
    rows = []
    for windowed in sorted(tiles, key=lambda windowed: windowed.form):
        column = COLUMN[windowed.feature.name]
        if windowed.form == DISTINCT:
            rows.append((DISTINCT, column, windowed.measure, WINDOWS[windowed.window], 0))
        else:
            other = windows[windowed.other] if windowed.form == TREND else measures.get(MEASURE["spend"], 0)
            rows.append((windowed.form, column, measures[windowed.measure], windows[windowed.window], other))
    ops = np.array(rows, np.int64).reshape(-1, 5)
    shape = (len(windows), len(measures))
    return (
        np.array([days, weeks], np.int64),
        np.array(lengths, np.int64),
        _buckets(windows),
        *_membership(measures),
        ops,
        np.searchsorted(ops[:, 0], np.arange(DISTINCT + 1), "right").astype(np.int64),
        _watch(watched, measures, windows),
        np.zeros((WEEKS if z_wanted else 0, len(measures)), np.int64),
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
    )


def _buckets(windows: dict[int, int]) -> NDArray[np.int64]:
    """For each age the first window in use that holds it, -1 for none: ages in days, then from 30 on in weeks."""
    bucket = np.full(30 + WEEKS, -1, np.int64)
    for window, slot in reversed(list(windows.items())):
        days = WINDOWS[window]
        if days in WEEKS_OF:
            bucket[:30] = slot
            bucket[30 : 30 + WEEKS_OF[days]] = slot
        else:
            bucket[:days] = slot
    return bucket


def _membership(measures: dict[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    counts = np.zeros(ATTRIBUTES, np.int64)
    members = np.zeros((ATTRIBUTES, len(MEASURES)), np.int64)
    for attributes in range(ATTRIBUTES):
        mine = [slot for measure, slot in measures.items() if MEMBERS[attributes, measure]]
        counts[attributes] = len(mine)
        members[attributes, : len(mine)] = mine
    return counts, members


def _watch(
    watched: Sequence[Windowed], measures: dict[int, int], windows: dict[int, int]
) -> NDArray[np.int64]:
    rows = []
    spend = measures.get(MEASURE["spend"], 0)
    for windowed in watched:
        measure = spend if windowed.form == DISTINCT else measures[windowed.measure]
        window = windowed.other if windowed.form == TREND else windowed.window
        kind = AND_SPEND if windowed.form == SHARE else ANY
        slot = BY_WEEKS if windowed.form == Z else windows[window]
        rows.append((kind, measure, slot, WINDOWS[window], spend))
    return np.array(rows, np.int64).reshape(-1, 5)


assert len(SKETCHES) == 2, "vector.spending knows two sketches"
