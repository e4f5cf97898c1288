"""Calendar months in compiled code."""

from __future__ import annotations

from typing import Any

from features.compiling import borrowing


@borrowing
def month_of(day: int) -> Any:
    """The number of a date's calendar month, counted from year 0 (Howard Hinnant's civil_from_days)."""
    shifted = day + 719_468
    era = shifted // 146_097
    of_era = shifted - era * 146_097
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    march_month = (5 * of_year + 2) // 153
    month = march_month + 2 if march_month < 10 else march_month - 10
    return (year + era * 400 + (month <= 1)) * 12 + month


@borrowing
def last_day_of(month: int) -> Any:
    """The last date of a numbered month."""
    following = month + 1
    year, number = following // 12, following % 12 + 1
    if number <= 2:
        year -= 1
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (number + 9 if number <= 2 else number - 3) + 2) // 5
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468 - 1
