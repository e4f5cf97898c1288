"""Event time: microseconds since 1970-01-01T00:00Z, and UTC dates as day numbers since then."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

SECOND_US = 1_000_000
HOUR_US = 3_600 * SECOND_US
DAY_US = 24 * HOUR_US

_EPOCH_DATE = date(1970, 1, 1)
_EPOCH_ORDINAL = _EPOCH_DATE.toordinal()
_TEXTS_KEPT = 1_024
"""Of one record several things are told, and of one date many."""


def day_of(time_us: int) -> int:
    """The UTC date of an instant, as a day number."""
    return time_us // DAY_US


def date_of(day: int) -> date:
    """The date of a day number."""
    return date.fromordinal(day + _EPOCH_ORDINAL)


@lru_cache(_TEXTS_KEPT)
def date_text(day: int) -> str:
    """The date of a day number, `YYYY-MM-DD`."""
    return date_of(day).isoformat()


def day_number(when: date) -> int:
    """The day number of a date."""
    return when.toordinal() - _EPOCH_ORDINAL


@lru_cache(_TEXTS_KEPT)
def time_text(time_us: int) -> str:
    """UTC with `Z`, whole seconds or six decimals (contract 1.2)."""
    day, within = divmod(time_us, DAY_US)
    seconds, micros = divmod(within, SECOND_US)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    whole = f"{date_text(day)}T{hour:02}:{minute:02}:{second:02}"
    return f"{whole}.{micros:06}Z" if micros else f"{whole}Z"


def add_months(day: int, months: int) -> int:
    """Calendar months later; a day the month lacks becomes its last (2.3: 31 Aug + 6 = 28 Feb)."""
    start = date_of(day)
    total = start.year * 12 + start.month - 1 + months
    year, month = divmod(total, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return day_number(date(year, month + 1, min(start.day, last)))
