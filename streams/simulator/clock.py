"""The simulated calendar: whole months in UTC, seconds since the epoch, and their RFC 3339 texts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DAY_SECONDS = 86_400
_EPOCH = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month; `index` counts from the first simulated one, days are days since 1970-01-01."""

    index: int
    year: int
    month: int
    first_day: int
    days: int

    @property
    def begins(self) -> int:
        """First second."""
        return self.first_day * DAY_SECONDS

    @property
    def ends(self) -> int:
        """First second of the next month."""
        return (self.first_day + self.days) * DAY_SECONDS

    def at_day(self, day_of_month: Ints) -> Ints:
        """Second at which the days of the month (from 1) begin."""
        return (self.first_day + day_of_month - 1) * DAY_SECONDS

    def shifted(self, months: int) -> Month:
        """The month so many months later (or earlier)."""
        count = self.year * 12 + self.month - 1 + months
        return month_of(count // 12, count % 12 + 1, self.index + months)


def month_of(year: int, month: int, index: int = 0) -> Month:
    """The calendar month, numbered `index`."""
    first = dt.date(year, month, 1).toordinal()
    after = dt.date(year + month // 12, month % 12 + 1, 1).toordinal()
    return Month(index, year, month, first - _EPOCH, after - first)


def months_from(start: dt.date, count: int) -> Iterator[Month]:
    """`count` calendar months from the one that `start` opens."""
    first = month_of(start.year, start.month)
    return (first.shifted(step) for step in range(count))


@lru_cache(maxsize=4096)
def day_text(day: int) -> str:
    """`YYYY-MM-DD` of a day since 1970-01-01."""
    return dt.date.fromordinal(day + _EPOCH).isoformat()


@lru_cache(maxsize=1)
def seconds_of_day() -> list[str]:
    """`THH:MM:SSZ` for every second of a day."""
    return [f"T{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}Z" for s in range(DAY_SECONDS)]


def instants(seconds: Ints) -> list[str]:
    """RFC 3339 texts of seconds since the epoch."""
    days, of_day = np.divmod(seconds, DAY_SECONDS)
    names = {int(day): day_text(int(day)) for day in np.unique(days)}
    clock = seconds_of_day()
    return [names[day] + clock[second] for day, second in zip(days.tolist(), of_day.tolist(), strict=True)]
