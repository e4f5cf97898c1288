"""Vintage curves: of the accounts opened in one quarter or month, the share that was bad by each month.

Accounts are watched from some date on to another: one that was opened before the records begin enters late,
one whose months are not over at their end leaves early. So the share is put together month by month, of those
who were not bad before and whom the whole month shows (Kaplan and Meier, JASA 53, 1958):

    bad by month m = 1 - Π over months i ≤ m of (1 - turned bad in i / watched in i)

Of a cohort that is watched from its opening on without a gap it is the plain share. Of one that enters late
it is the share among those who had not been bad until then.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from features.calendar import add_months, date_of

if TYPE_CHECKING:
    from collections.abc import Iterable

Span = Literal["quarter", "month"]


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it was watched. Days are day numbers.

    first, last: dates on which it was watched. bad: the first date on which it was bad, None if never.
    """

    opened: int
    first: int
    last: int
    bad: int | None


@dataclass(frozen=True, slots=True)
class Point:
    """One month on book; month 1 begins on the day of opening. rate: the share that was bad by its end."""

    month: int
    watched: int
    bads: int
    rate: float


@dataclass(frozen=True, slots=True)
class Vintage:
    """The accounts opened in one quarter (2024Q1) or month (2024-01), and their months on book in order."""

    opened: str
    accounts: int
    points: tuple[Point, ...]


def vintages(accounts: Iterable[Account], by: Span = "quarter") -> list[Vintage]:
    """The curve of each cohort that was watched for a month at least, oldest first."""
    cohorts: defaultdict[str, list[Account]] = defaultdict(list)
    for account in accounts:
        cohorts[_cohort(account.opened, by)].append(account)
    curves = (Vintage(opened, len(cohort), _points(cohort)) for opened, cohort in sorted(cohorts.items()))
    return [curve for curve in curves if curve.points]


def _cohort(day: int, by: Span) -> str:
    when = date_of(day)
    return f"{when.year}-{when.month:02}" if by == "month" else f"{when.year}Q{(when.month + 2) // 3}"


def _points(cohort: list[Account]) -> tuple[Point, ...]:
    watched: defaultdict[int, int] = defaultdict(int)
    bads: defaultdict[int, int] = defaultdict(int)
    for account in cohort:
        month = _month_of(account.opened, account.first)
        if add_months(account.opened, month - 1) < account.first:
            month += 1  # the month that it entered in is not whole
        while (end := add_months(account.opened, month)) - 1 <= account.last:
            if account.bad is not None and account.bad < add_months(account.opened, month - 1):
                break
            watched[month] += 1
            bads[month] += account.bad is not None and account.bad < end
            month += 1
    points, good = [], 1.0
    for month in sorted(watched):
        good *= 1.0 - bads[month] / watched[month]
        points.append(Point(month, watched[month], bads[month], 1.0 - good))
    return tuple(points)


def _month_of(opened: int, day: int) -> int:
    """The month on book that a date lies in, from 1; before the opening 1."""
    then, now = date_of(opened), date_of(day)
    month = max(1, (now.year - then.year) * 12 + now.month - then.month)
    return month + (add_months(opened, month) <= day)
