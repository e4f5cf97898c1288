"""RFC 3339 times and dates as integers (contract 1.2), one at a time; the batch scan does the same."""

import re
from typing import Final

from features.inbound.layout import UNKNOWN

_TIME: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MONTH_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

SECOND: Final = 1_000_000
DAY: Final = 86_400 * SECOND
FIRST_TIME: Final = -62_135_596_800 * SECOND
"""0001-01-01T00:00:00Z in microseconds since 1970."""
LAST_TIME: Final = 253_402_300_800 * SECOND - 1
"""9999-12-31T23:59:59.999999Z."""


def days_of(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 of a date of the years 1-9999, UNKNOWN when there is no such day."""
    if not (year >= 1 and 1 <= month <= 12 and day >= 1):
        return UNKNOWN
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if day > _MONTH_LENGTHS[month - 1] + (leap and month == 2):
        return UNKNOWN
    # Years begin in March, so that the leap day comes last.
    march_year = year - (month <= 2)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return march_year * 365 + march_year // 4 - march_year // 100 + march_year // 400 + day_of_year - 719_468


def parse_date(text: str) -> int | None:
    """Days since 1970-01-01 of `YYYY-MM-DD`, None when the text is no date."""
    match = _DATE.fullmatch(text)
    days = days_of(*map(int, match.groups())) if match else UNKNOWN
    return None if days == UNKNOWN else days


def parse_time(text: str) -> int | None:
    """Microseconds since 1970-01-01T00:00:00Z, None when the text is no RFC 3339 time.

    What is finer than a microsecond is cut off; second 60 is refused, and so is a time that leaves the years
    1-9999 when it is turned to UTC.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    fraction, sign, offset_hour, offset_minute = match.groups()[6:]
    days = days_of(year, month, day)
    if days == UNKNOWN or hour > 23 or minute > 59 or second > 59:
        return None
    offset = 0
    if sign:
        if int(offset_hour) > 23 or int(offset_minute) > 59:
            return None
        offset = (int(offset_hour) * 60 + int(offset_minute)) * (-1 if sign == "-" else 1)
    seconds = ((days * 24 + hour) * 60 + minute - offset) * 60 + second
    micros = seconds * SECOND + (int(fraction[:6].ljust(6, "0")) if fraction else 0)
    return micros if FIRST_TIME <= micros <= LAST_TIME else None
