from __future__ import annotations

from datetime import date

import pytest

from features.calendar import add_months, date_of, day_number, time_text


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2025, 8, 31), 6, date(2026, 2, 28)),  # contract 2.3
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2025, 6, 30), 6, date(2025, 12, 30)),
        (date(2025, 12, 31), 12, date(2026, 12, 31)),
        (date(2025, 11, 15), 1, date(2025, 12, 15)),
    ],
)
def test_months_are_calendar_months(start: date, months: int, end: date) -> None:
    assert date_of(add_months(day_number(start), months)) == end


@pytest.mark.parametrize(
    ("time_us", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_500_000, "1970-01-01T00:00:01.500000Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
    ],
)
def test_times_have_whole_seconds_or_six_decimals(time_us: int, text: str) -> None:
    assert time_text(time_us) == text
