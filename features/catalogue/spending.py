"""Windows over tiles: measures x windows x forms. The tables below say which of them there are.

A window of 1 to 30 days counts dates: today and those before it. The windows of 60 and 90 days count whole
weeks, Monday to Sunday (UTC): this week and the 8 or 12 before it, so 57 to 63 and 85 to 91 dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from features.catalogue.feature import NEVER_UNKNOWN, NO_LIMIT, Feature, Unit
from features.measures import MEASURE, MEASURES

WINDOWS: Final = (1, 3, 7, 14, 30, 60, 90)
WEEKS_OF: Final = {60: 9, 90: 13}
"""Weeks of the windows that count weeks, this one included."""

SUM, COUNT, MEAN, LARGEST, SHARE, TO_LIMIT, TO_INCOME, TREND, Z, DISTINCT = range(10)

ALL: Final = tuple(MEASURE)
SIDE_BY_SIDE: Final = (
    "fee",
    "refund",
    "payment",
    "spend",
    "cash",
    "online",
    "foreign",
    "night",
    "round",
    "gambling",
    "pawn",
    "jewellery",
)
"""The order of columns in a window, others behind them: measures of most forms below follow each other."""
MEANS: Final = ("purchase", "cash", "payment", "spend", "online")
LARGEST_OF: Final = ("spend", "cash", "refund", "payment", "online", "foreign")
SHARES: Final = ("cash", "online", "foreign", "night", "round", "gambling", "pawn", "jewellery")
TRENDS: Final = (
    "spend",
    "cash",
    "online",
    "foreign",
    "night",
    "round",
    "fee",
    "payment",
    "refund",
    "gambling",
)
Z_SCORES: Final = ("spend", "cash", "online", "foreign", "night", "payment")
Z_WEEKS: Final = 12
Z_LEAST: Final = 4
SKETCHES: Final = ("merchants", "cities")

TABLE: Final[tuple[tuple[int, tuple[str, ...], tuple[int, ...]], ...]] = (
    (SUM, ALL, WINDOWS),
    (COUNT, ALL, WINDOWS),
    (MEAN, MEANS, (7, 30, 90)),
    (LARGEST, LARGEST_OF, (7, 30, 90)),
    (SHARE, SHARES, (7, 30, 90)),
    (TO_LIMIT, ("spend", "cash", "payment"), (7, 30, 90)),
    (TO_INCOME, ("spend", "cash", "payment"), (30, 90)),
    (TREND, TRENDS, (7, 30)),
    (Z, Z_SCORES, (7,)),
)
"""Form, measures, windows."""

LONG: Final = {7: 30, 30: 90}
"""The window that a short one is compared to."""


@dataclass(frozen=True, slots=True)
class Windowed:
    """A feature, and how it is computed: form, measure (or sketch), and window, as places in their tables."""

    feature: Feature
    form: int
    measure: int
    window: int
    other: int = 0


_NAMES: Final = {
    SUM: "sum",
    COUNT: "count",
    MEAN: "mean",
    LARGEST: "max",
    SHARE: "share",
    TO_LIMIT: "to_limit",
    TO_INCOME: "to_income",
    Z: "z",
}
_UNITS: Final[dict[int, Unit]] = {
    SUM: "money",
    COUNT: "count",
    MEAN: "money",
    LARGEST: "money",
    Z: "deviations",
}
_WORDS: Final = {
    SUM: "sum of {}",
    COUNT: "number of {}",
    MEAN: "sum / number of {}",
    LARGEST: "largest amount of {}; 0 without any",
    SHARE: "sum of {} / sum of purchases and cash advances",
    TO_LIMIT: "sum of {} / limit",
    TO_INCOME: "sum of {} / monthly income",
    Z: (
        "(sum of {} of 7 days - mean of the weekly sums) / their standard deviation, over the weeks before "
        "this one, "
        f"back to that of the first transaction, {Z_WEEKS} at most"
    ),
}
_UNKNOWN: Final = {
    MEAN: "none in the window",
    SHARE: "no spend in the window",
    TO_LIMIT: NO_LIMIT,
    TO_INCOME: "the income is unknown or 0",
    Z: f"fewer than {Z_LEAST} such weeks, or their sums are all equal",
}
_V1: Final = ("cash.share.30d", "cash.to_limit.30d", "spend.to_limit.30d")


def window_words(days: int) -> str:
    """A window as the catalogue tells it."""
    if days in WEEKS_OF:
        return f"{days} days: this week and the {WEEKS_OF[days] - 1} before it (Monday to Sunday)"
    return f"{days} day{'s' * (days > 1)}"


def _windowed(form: int, name: str, days: int) -> Windowed:
    measure, window = MEASURES[MEASURE[name]], WINDOWS.index(days)
    if form == TREND:
        return _trend(name, days)
    full = f"{name}.{_NAMES[form]}.{days}d"
    sources = measure.sources
    sources += {
        TO_LIMIT: ("account_updated.credit_limit",),
        TO_INCOME: ("account_updated.monthly_income", "bureau_report.monthly_income"),
    }.get(form, ())
    feature = Feature(
        full,
        _UNITS.get(form, "ratio"),
        _WORDS[form].format(measure.words),
        _UNKNOWN.get(form, NEVER_UNKNOWN),
        window_words(days) + (f" against {Z_WEEKS} weeks" if form == Z else ""),
        sources,
        since=1 if full in _V1 else 3,
        moves=True,
    )
    return Windowed(feature, form, MEASURE[name], window)


def _trend(name: str, days: int) -> Windowed:
    measure, long = MEASURES[MEASURE[name]], LONG[days]
    feature = Feature(
        f"{name}.trend.{days}d_{long}d",
        "ratio",
        f"(sum of {measure.words} of {days} days / {days}) / (the same of {long} days / {long})",
        "none in the long window",
        f"{window_words(days)} against {window_words(long)}",
        measure.sources,
        moves=True,
    )
    return Windowed(feature, TREND, MEASURE[name], WINDOWS.index(days), WINDOWS.index(long))


def _distinct(place: int, days: int) -> Windowed:
    name = SKETCHES[place]
    field, places = (("merchant_id", 64), ("city", 16))[place]
    feature = Feature(
        f"{name}.distinct.{days}d",
        "count",
        f"about how many different {name} purchases and cash advances were made at: n of {places} places "
        f"were hit by "
        f"the hash of {field}, {places} x ln({places} / ({places} - n)) to the nearest whole number "
        f"({places - 1} "
        f"for n when all were)",
        NEVER_UNKNOWN,
        f"{days} day{'s' * (days > 1)}" + " (to the day)" * (days > 30),
        ("transaction.type", f"transaction.{field}"),
        moves=True,
    )
    return Windowed(feature, DISTINCT, place, WINDOWS.index(days))


WINDOWED: Final = (
    *(_windowed(form, name, days) for form, names, windows in TABLE for name in names for days in windows),
    *(_distinct(place, days) for place in range(len(SKETCHES)) for days in WINDOWS),
)
FEATURES: Final = tuple(windowed.feature for windowed in WINDOWED)


SIDE_OF: Final = {MEASURE[name]: place for place, name in enumerate(dict.fromkeys((*SIDE_BY_SIDE, *MEASURE)))}
"""By measure: its place in that order."""


def _laid(windowed: Windowed) -> tuple[int, int, int]:
    if windowed.form == DISTINCT:
        return windowed.form, windowed.measure, windowed.window
    return windowed.form, windowed.window, SIDE_OF[windowed.measure]


COLUMNS: Final = tuple(windowed.feature for windowed in sorted(WINDOWED, key=_laid))
"""The same in the order of their columns: form by form, window by window, as they are computed."""
