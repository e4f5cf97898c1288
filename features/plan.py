"""What of the catalogue is computed, and what of it the passing of a date may change for a rule.

A plan is compiled from names. The compiled passes look at it at run time: families that nobody reads are
passed over, and of the windows over tiles only those measures, windows and forms are computed that are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from features.abreast import EIGHT, LINE
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
    DISTINCT,
    SHARE,
    SIDE_OF,
    SKETCHES,
    TO_INCOME,
    TREND,
    WEEKS_OF,
    WINDOWED,
    WINDOWS,
    Windowed,
    Z,
)
from features.measures import ATTRIBUTES, MEASURE, MEMBERS
from features.row import NEVER
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

BY_WEEKS: Final = len(WINDOWS)
ANY, AND_SPEND = range(2)
ONE, MANY, AT, OTHER, DAYS, LONG_DAYS = range(6)
"""Places in a row of `runs`."""

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
        ("windows", "i8"),  # how many windows are walked through; 0: no walk over tiles
        ("window_days", "i8", (len(WINDOWS),)),  # dates that each of them counts, if it counts dates
        ("window_weeks", "i8", (len(WINDOWS),)),  # weeks that each of them counts, if it counts weeks
        ("least_on", "i8"),  # the date of which ...
        ("least", "i8", (len(WINDOWS),)),  # ... these are the least keys of tiles in each of them
        ("watched", "i8"),  # how many rows `watch` has
        ("members", "u2", (ATTRIBUTES,)),  # a bit for each measure in use that a tile belongs to
        ("ends", "i8", (DISTINCT + 1,)),  # where the runs of each form end
        ("runs", "u2", (len(WINDOWED), 6)),  # features over tiles side by side (_Run)
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


def _measures(tiles: Sequence[Windowed]) -> dict[int, int]:
    """The place on the scratch paper of each measure that is in use."""
    spend = MEASURE["spend"]
    used = {spend if windowed.form == DISTINCT else windowed.measure for windowed in tiles}
    assert len(MEASURE) <= LINE, "a line has room for every measure"
    if any(windowed.form == SHARE for windowed in tiles):
        used.add(spend)
    return {measure: slot for slot, measure in enumerate(sorted(used, key=SIDE_OF.__getitem__))}


def _walk(plan: Plan, tiles: Sequence[Windowed], watched: Sequence[Windowed]) -> None:
    measures = _measures(tiles)
    walked = [windowed for windowed in tiles if windowed.form != DISTINCT or windowed in watched]
    used = {windowed.window for windowed in walked}
    used |= {windowed.other for windowed in walked if windowed.form == TREND}
    windows = {window: slot for slot, window in enumerate(sorted(used))}
    lengths = [WINDOWS[window] for window in windows]
    plan["windows"] = len(windows)
    plan["window_days"][: len(windows)] = [0 if days in WEEKS_OF else days for days in lengths]
    plan["window_weeks"][: len(windows)] = [WEEKS_OF.get(days, 0) for days in lengths]
    plan["least_on"] = NEVER
    _fill_members(plan, measures)
    spend = measures.get(MEASURE["spend"], 0)
    runs = _runs(sorted(tiles, key=_column), measures, windows)
    plan["ends"] = np.searchsorted([run.form for run in runs], np.arange(DISTINCT + 1), "right")
    plan["runs"][: len(runs)] = np.array([run[1:] for run in runs], np.uint16).reshape(-1, 6)
    plan["watched"] = len(watched)
    for place, windowed in enumerate(watched):
        measure = spend if windowed.form == DISTINCT else measures[windowed.measure]
        longer = windowed.other if windowed.form == TREND else windowed.window
        kind = AND_SPEND if windowed.form == SHARE else ANY
        window = BY_WEEKS if windowed.form == Z else windows[longer]
        plan["watch"][place] = (kind, measure, window, WINDOWS[longer], spend)


def _column(windowed: Windowed) -> int:
    return COLUMN[windowed.feature.name]


class _Run(NamedTuple):
    """Features side by side, both in a line of scratch paper and in the matrix.

    What follows the form is a row of a plan's `runs`: ONE, MANY, AT, OTHER, DAYS, LONG_DAYS.
    """

    form: int
    column: int
    """The first of them."""
    many: int
    at: int
    """Where what the first is made of lies on the scratch paper; of a sketch which one it is."""
    other: int
    """The same in the longer window of a trend; of a share where all spend lies; of a sketch its window."""
    days: int
    long_days: int
    """Of a trend."""


def _runs(tiles: Sequence[Windowed], measures: dict[int, int], windows: dict[int, int]) -> list[_Run]:
    """Features that follow each other, form by form."""
    runs: list[_Run] = []
    for windowed in tiles:
        new = _Run(windowed.form, _column(windowed), 1, *_made_of(windowed, measures, windows))
        last = runs[-1] if runs else None
        if last is not None and _goes_on(last, new):
            runs[-1] = last._replace(many=last.many + 1)
        else:
            runs.append(new)
    return runs


def _goes_on(run: _Run, new: _Run) -> bool:
    return (
        run.form == new.form != DISTINCT
        and run.column + run.many == new.column
        and run.at + run.many == new.at
        and run.at // LINE == new.at // LINE
        and run.many < EIGHT
    )


def _made_of(
    windowed: Windowed, measures: dict[int, int], windows: dict[int, int]
) -> tuple[int, int, int, int]:
    """What a run of it alone ends with."""
    if windowed.form == DISTINCT:
        return windowed.measure, windowed.window, 0, 0
    at = windows[windowed.window] * LINE + measures[windowed.measure]
    if windowed.form == SHARE:
        return at, windows[windowed.window] * LINE + measures[MEASURE["spend"]], 0, 0
    if windowed.form == TREND:
        long = windows[windowed.other] * LINE + measures[windowed.measure]
        return at, long, WINDOWS[windowed.window], WINDOWS[windowed.other]
    return at, 0, 0, 0


def _fill_members(plan: Plan, measures: dict[int, int]) -> None:
    for measure, slot in measures.items():
        plan["members"] |= MEMBERS[:, measure].astype(np.uint16) << np.uint16(slot)
