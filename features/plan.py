"""What of the catalogue is computed, and what of it the passing of a date may change for a rule.

A plan is compiled from names. The compiled passes look at it at run time: families that nobody reads are
passed over, and of the windows over tiles only those measures, windows and forms are computed that are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.abreast import LINE
from features.catalogue import (
    BY_NAME,
    COLUMN,
    EARLY,
    EARLY_WIDTH,
    FAMILIES,
    MODEL_NAMES,
    NAMES,
    RESERVED,
    WIDTH,
)
from features.catalogue.spending import (
    COUNT,
    DISTINCT,
    LARGEST,
    MEAN,
    SHARE,
    SKETCHES,
    SUM,
    TO_INCOME,
    TREND,
    WEEKS_OF,
    WINDOWED,
    WINDOWS,
    Windowed,
    Z,
)
from features.measures import ATTRIBUTES, MEASURE, MEMBERS
from features.streaming import CACHE_LINE
from features.tiles import WEEKS

ACCOUNT, BUREAU, UTILISATION, CYCLES, PAST_DUE, PAYMENTS, RECENCY, SPENDING = range(len(FAMILIES))
NOTHING, FIRST, ALL = range(3)
"""Levels of a family: its features of the first catalogue stand first and can be had without the others."""

READ_BY_DECISIONS: Final = (
    "account.limit",
    "account.status",
    "account.exemptions",
    "account.product",
    "account.opened_on",
    "income.monthly",
    "cycles.closed",
    "days_past_due",
    "half_paid_cycles.certain",
    "inquiries.hard.3m",
    "utilisation.mean.6s",
)
"""What decisions and labels read whatever the rulebook says; it brings their families in."""

DEFAULT_NAMES: Final = (*READ_BY_DECISIONS, *MODEL_NAMES)

WINDOW: Final = frozenset(f.name for f in FAMILIES["spending"] if f.since <= EARLY)
"""What features.window keeps the sums for: no walk over tiles is needed."""

FIRST_WEEK: Final = 30
"""Ages in days below this, then ages in weeks, are the places of a plan's buckets."""
BY_WEEKS: Final = len(WINDOWS)
ANY, AND_SPEND = range(2)

PLAN: Final = np.dtype(
    [
        ("weekly", "i8", (WEEKS, LINE)),  # scratch paper, whole cache lines each
        ("sums", "i8", (len(WINDOWS) * LINE,)),  # a line a window
        ("counts", "i8", (len(WINDOWS) * LINE,)),
        ("largest", "i8", (len(WINDOWS) * LINE,)),
        ("hits", "i8", (len(SKETCHES), len(WINDOWS))),
        ("levels", "i8", (len(FAMILIES),)),  # of each family
        ("window_watched", "i8"),  # whether a rule is judged by the window of features.window
        ("daily", "i8"),  # whether each date changes something by which a rule is judged
        ("days", "i8"),  # how far the walk over tiles goes back, in dates
        ("weeks", "i8"),  # and in weeks; both 0: no walk
        ("windows", "i8"),  # how many windows are in use
        ("z_weeks", "i8"),  # weeks that are summed one by one
        ("watched", "i8"),  # how many rows `watch` has
        (
            "bucket",
            "i8",
            (FIRST_WEEK + WEEKS,),
        ),  # the first window that holds an age, -1 for none: 30 days, then weeks
        ("counted", "i8"),  # whether counts and largest amounts are kept beside sums
        ("members", "u2", (ATTRIBUTES,)),  # a bit for each measure in use that a tile belongs to
        ("ends", "i8", (DISTINCT + 1,)),  # where the ops of each form end
        ("run_ends", "i8", (2,)),  # where the runs of sums end, and those of counts
        ("runs", "u2", (len(WINDOWED), 3)),  # column, place, length: sums or counts that lie side by side
        ("ops", "u2", (len(WINDOWED), 5)),  # column and what it is made of, of each feature over tiles
        ("watch", "i8", (len(WINDOWED), 5)),  # kind, measure, window, days, spend of what rules read of tiles
    ],
    align=True,
)

EARLY_ONLY: Final = EARLY_WIDTH + RESERVED
"""Columns of a matrix for which nothing but early features and scores is wanted."""

Plan = Any
"""A record of PLAN: the compiled passes take it by its address."""


def plan_of(read: Iterable[str] = NAMES, watched: Iterable[str] = ()) -> Plan:
    """The plan that computes the named features; by those `watched`, rules are to be judged in time."""
    watched = tuple(watched)
    wanted = {*read, *watched, *READ_BY_DECISIONS}
    tiles = [windowed for windowed in WINDOWED if windowed.feature.name in wanted - WINDOW]
    if any(windowed.form == TO_INCOME for windowed in tiles):
        wanted.add("income.monthly")
    plan = _at_a_cache_line(PLAN)
    plan["levels"] = [_level(family, wanted) for family in FAMILIES]
    plan["window_watched"] = not WINDOW.isdisjoint(watched)
    plan["daily"] = any(_ages(name) for name in watched)
    _walk(plan, tiles, [windowed for windowed in tiles if windowed.feature.name in watched])
    return plan


def _at_a_cache_line(dtype: np.dtype[np.void]) -> Plan:
    """A blank record: lines of scratch paper that lie across cache lines cost several times as much."""
    room = np.zeros(dtype.itemsize + CACHE_LINE, np.uint8)
    start = -room.ctypes.data % CACHE_LINE
    return room[start : start + dtype.itemsize].view(dtype)[0]


def width_of(plan: Plan) -> int:
    """How many columns a matrix must have to be filled by a plan."""
    return WIDTH if (plan["levels"] == ALL).any() else EARLY_ONLY


def _level(family: str, wanted: set[str]) -> int:
    mine = [feature for feature in FAMILIES[family] if feature.name in wanted]
    return max((FIRST if feature.since <= EARLY else ALL for feature in mine), default=NOTHING)


def _ages(name: str) -> bool:
    """Whether it changes with each date; what changes on dates that can be told tells them itself."""
    feature = BY_NAME[name]
    if name in {"report.age", "account.age"}:
        return True
    told = feature.since <= EARLY or feature in FAMILIES["spending"] or feature in FAMILIES["bureau"]
    return feature.moves and not told


def _slots(used: set[int]) -> dict[int, int]:
    return {number: slot for slot, number in enumerate(sorted(used))}


def _measures(tiles: Sequence[Windowed]) -> dict[int, int]:
    """The place on the scratch paper of each measure that is in use."""
    spend = MEASURE["spend"]
    used = {spend if windowed.form == DISTINCT else windowed.measure for windowed in tiles}
    return _slots(used | ({spend} if any(windowed.form == SHARE for windowed in tiles) else set()))


def _walk(plan: Plan, tiles: Sequence[Windowed], watched: Sequence[Windowed]) -> None:
    measures = _measures(tiles)
    walked = [windowed for windowed in tiles if windowed.form != DISTINCT or windowed in watched]
    windows = _slots(
        {windowed.window for windowed in walked}
        | {windowed.other for windowed in walked if windowed.form == TREND}
    )
    lengths = [WINDOWS[window] for window in windows]
    plan["windows"] = len(windows)
    plan["z_weeks"] = WEEKS if any(windowed.form == Z for windowed in tiles) else 0
    plan["weeks"] = max([WEEKS_OF.get(days, 0) for days in lengths] + [int(plan["z_weeks"])])
    plan["days"] = max((days for days in lengths if days not in WEEKS_OF), default=0)
    _fill_buckets(plan["bucket"], windows)
    _fill_members(plan, measures)
    spend = measures.get(MEASURE["spend"], 0)
    tiles = sorted(tiles, key=lambda windowed: (windowed.form, COLUMN[windowed.feature.name]))
    plan["ends"] = np.searchsorted([windowed.form for windowed in tiles], np.arange(DISTINCT + 1), "right")
    for place, windowed in enumerate(tiles):
        plan["ops"][place] = (COLUMN[windowed.feature.name], *_made_of(windowed, measures, windows))
    sums, counts = _runs(plan, 0, SUM), _runs(plan, int(plan["ends"][SUM]), COUNT)
    plan["run_ends"] = len(sums), len(sums) + len(counts)
    plan["runs"][: len(sums) + len(counts)] = np.array(sums + counts, np.uint16).reshape(-1, 3)
    plan["counted"] = any(windowed.form in (COUNT, MEAN, LARGEST) for windowed in tiles)
    plan["watched"] = len(watched)
    for place, windowed in enumerate(watched):
        measure = spend if windowed.form == DISTINCT else measures[windowed.measure]
        longer = windowed.other if windowed.form == TREND else windowed.window
        kind = AND_SPEND if windowed.form == SHARE else ANY
        window = BY_WEEKS if windowed.form == Z else windows[longer]
        plan["watch"][place] = (kind, measure, window, WINDOWS[longer], spend)


def _runs(plan: Plan, start: int, form: int) -> list[tuple[int, int, int]]:
    """What lies side by side both in a line of scratch paper and in the matrix, of a form's features."""
    runs: list[tuple[int, int, int]] = []
    for column, place in plan["ops"][start : plan["ends"][form], :2].tolist():
        first, at, length = runs[-1] if runs else (-1, -1, 0)
        if (column, place) == (first + length, at + length) and place % LINE > 0:
            runs[-1] = first, at, length + 1
        else:
            runs.append((column, place, 1))
    return runs


def _made_of(windowed: Windowed, measures: dict[int, int], windows: dict[int, int]) -> tuple[int, ...]:
    """Places of two sums, and the days of their windows; of a sketch it and its window."""
    if windowed.form == DISTINCT:
        return windowed.measure, windowed.window, 0, 0
    window, measure = windows[windowed.window], measures[windowed.measure]
    if windowed.form == TREND:
        longer, other = windowed.other, measure
    else:
        longer, other = windowed.window, measures.get(MEASURE["spend"], 0)
    return (
        window * LINE + measure,
        windows[longer] * LINE + other,
        WINDOWS[windowed.window],
        WINDOWS[longer],
    )


def _fill_buckets(bucket: NDArray[np.int64], windows: dict[int, int]) -> None:
    bucket[:] = -1
    for window, slot in reversed(list(windows.items())):
        days = WINDOWS[window]
        bucket[: min(days, FIRST_WEEK)] = slot
        if days in WEEKS_OF:
            bucket[FIRST_WEEK : FIRST_WEEK + WEEKS_OF[days]] = slot


def _fill_members(plan: Plan, measures: dict[int, int]) -> None:
    for measure, slot in measures.items():
        plan["members"] |= MEMBERS[:, measure].astype(np.uint16) << np.uint16(slot)
