"""Vintage curves against counting account by account, and by hand."""

import datetime as dt

import numpy as np
import pytest

from features.calendar import add_months, date_of, day_number
from models.monitoring.vintages import Account, Span, vintages

START = day_number(dt.date(2022, 11, 5))
END = day_number(dt.date(2024, 6, 20))


def book(n: int, seed: int, *, late: bool) -> list[Account]:
    draw = np.random.default_rng(seed)
    accounts = []
    for _ in range(n):
        opened = int(draw.integers(START, END - 40))
        first = min(END, opened + int(draw.integers(0, 200))) if late else opened
        last = int(draw.integers(first, END + 1)) if late else END
        bad = int(draw.integers(opened, END + 1)) if draw.random() < 0.3 else None
        accounts.append(Account(opened, first, last, bad))
    return accounts


def named(day: int, by: Span) -> str:
    when = date_of(day)
    return when.strftime("%Y-%m") if by == "month" else f"{when.year}Q{1 + (when.month - 1) // 3}"


@pytest.mark.parametrize("by", ["quarter", "month"])
@pytest.mark.parametrize("late", [False, True])
def test_each_month_counts_whom_the_whole_month_shows(by: Span, *, late: bool) -> None:
    accounts = book(300, 1, late=late)
    found = vintages(accounts, by)
    assert [one.opened for one in found] == sorted({one.opened for one in found})
    assert sum(len(one.points) for one in found) > 40
    for vintage in found:
        cohort = [one for one in accounts if named(one.opened, by) == vintage.opened]
        assert vintage.accounts == len(cohort)
        good, points, rates = 1.0, [], []
        for month in range(1, 25):
            watched = bads = 0
            for one in cohort:
                days = range(add_months(one.opened, month - 1), add_months(one.opened, month))
                if one.bad is not None and one.bad < days[0]:
                    continue
                if one.first <= days[0] and days[-1] <= one.last:
                    watched += 1
                    bads += one.bad in days
            if watched:
                good *= 1 - bads / watched
                points.append((month, watched, bads))
                rates.append(1 - good)
        assert [(p.month, p.watched, p.bads) for p in vintage.points] == points
        assert [p.rate for p in vintage.points] == pytest.approx(rates)


def test_a_cohort_that_is_watched_all_the_time_has_the_plain_share() -> None:
    accounts = book(400, 2, late=False)
    for vintage in vintages(accounts):
        cohort = [one for one in accounts if named(one.opened, "quarter") == vintage.opened]
        for point in vintage.points:
            if all(add_months(one.opened, point.month) - 1 <= END for one in cohort):
                by_then = [
                    one.bad is not None and one.bad < add_months(one.opened, point.month) for one in cohort
                ]
                assert point.rate == pytest.approx(np.mean(by_then))


def test_by_hand() -> None:
    opened = day_number(dt.date(2024, 1, 31))
    accounts = [
        Account(opened, opened, opened + 59, None),  # to 30 March: two months, the second ends on the 30th
        Account(opened, opened, opened + 59, day_number(dt.date(2024, 2, 28))),
        Account(opened, opened, opened + 59, day_number(dt.date(2024, 2, 29))),
        Account(opened, opened + 1, opened + 59, None),  # enters late
        Account(opened, opened, opened + 10, None),  # no whole month
    ]
    (vintage,) = vintages(accounts)
    assert (vintage.opened, vintage.accounts) == ("2024Q1", 5)
    assert [(p.month, p.watched, p.bads) for p in vintage.points] == [(1, 3, 1), (2, 3, 1)]
    assert [p.rate for p in vintage.points] == pytest.approx([1 / 3, 1 - 2 / 3 * 2 / 3])


def test_who_was_bad_before_being_watched_says_nothing() -> None:
    opened = START
    assert vintages([Account(opened, opened + 100, END, opened + 50)]) == []
    assert vintages([]) == []
