"""Numbers, dates and names as people read them."""

from __future__ import annotations

from datetime import date
from typing import Final

_SMALL: Final = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def money(minor: int) -> str:
    """Minor units as whole currency units with a separator; with two decimals where there are any."""
    whole, cents = divmod(abs(minor), 100)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole:,}" + (f".{cents:02}" if cents else "")


def percent(ratio: float) -> str:
    """A ratio as a whole percentage."""
    return f"{ratio * 100:.0f} %"


def counted(count: float, one: str, many: str | None = None) -> str:
    """A number with its noun; small numbers as words."""
    whole = int(count)
    number = _SMALL[whole] if 0 <= whole < len(_SMALL) else f"{whole:,}"
    return f"{number} {one if whole == 1 else many or one + 's'}"


def day_text(time: str) -> str:
    """`2025-03-04T…` or `2025-03-04` as 4 Mar 2025."""
    day = date.fromisoformat(time[:10])
    return f"{day.day} {day:%b %Y}"


def month_text(time: str) -> str:
    """`2019-03-04` as March 2019."""
    return f"{date.fromisoformat(time[:10]):%B %Y}"


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
