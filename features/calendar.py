"""Event time: microseconds since 1970-01-01T00:00Z, and UTC dates as day numbers since then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

SECOND_US = 1_000_000
HOUR_US = 3_600 * SECOND_US
DAY_US = 24 * HOUR_US

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DATE = date(1970, 1, 1)
_EPOCH_ORDINAL = _EPOCH_DATE.toordinal()


def day_of(time_us: int) -> int:
    """The UTC date of an instant, as a day number."""
    return time_us // DAY_US


def date_of(day: int) -> date:
    """The date of a day number."""
    return date.fromordinal(day + _EPOCH_ORDINAL)


def day_number(when: date) -> int:
    """The day number of a date."""
    return when.toordinal() - _EPOCH_ORDINAL


def time_text(time_us: int) -> str:
    """UTC with `Z`, whole seconds or six decimals (contract 1.2)."""
    return (_EPOCH + timedelta(microseconds=time_us)).isoformat().removesuffix("+00:00") + "Z"


def add_months(day: int, months: int) -> int:
    """Calendar months later; a day the month lacks becomes its last (2.3: 31 Aug + 6 = 28 Feb)."""
    start = date_of(day)
    total = start.year * 12 + start.month - 1 + months
    year, month = divmod(total, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return day_number(date(year, month + 1, min(start.day, last)))
