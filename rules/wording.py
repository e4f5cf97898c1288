"""Facts as people read them, in English and Chinese: numbers in their units, words for codes."""

from __future__ import annotations

import math
from typing import Final, Literal

from features.calendar import date_of
from features.inbound.layout import EXEMPTIONS
from rules.facts import FACTS, PRODUCT, WORDS

Language = Literal["en", "zh"]
UNKNOWN: Final[dict[Language, str]] = {"en": "unknown", "zh": "未知"}
_NONE: Final[dict[Language, str]] = {"en": "none", "zh": "无"}
_UNITS: Final = {
    "en": {"days": (" day", " days"), "months": (" month", " months")},
    "zh": {"days": (" 天", " 天"), "months": (" 个月", " 个月")},
}
_WINDOWS: Final = {"cycles": "期", "statements": "张账单", "days": "天", "months": "个月", "month": "个月"}


def quantity(number: float | None, column: int | None, language: Language = "en") -> str:
    """A number in the unit of a fact; without a fact as it is."""
    if number is None or math.isnan(number):
        return UNKNOWN[language]
    if column is None:
        return plain(number)
    fact = FACTS[column]
    if fact.unit in ("ratio", "probability"):
        return f"{_trimmed(f'{number * 100:.2f}')} %"
    if fact.unit == "money":
        return money(number)
    one, many = _UNITS[language].get(fact.unit, ("", ""))
    return plain(number) + (one if number == 1 else many)


def fact_text(column: int, number: float, language: Language = "en") -> str:
    """A fact as it is known: codes as words, too."""
    if math.isnan(number):
        return UNKNOWN[language]
    name = FACTS[column].name
    if name == PRODUCT:
        return f"#{int(number)}"
    words = WORDS.get(name)
    if words is not None and number < len(words):
        return words[int(number)]
    if name == "account.exemptions":
        return ", ".join(w for bit, w in enumerate(EXEMPTIONS) if int(number) >> bit & 1) or _NONE[language]
    if name == "account.opened_on":
        return date_of(int(number)).isoformat()
    return quantity(number, column, language)


def money(minor: float) -> str:
    """Minor units as whole currency units, with two decimals where there are any."""
    whole, cents = divmod(abs(round(minor)), 100)
    return f"{'-' if minor < 0 else ''}{whole:,}" + (f".{cents:02}" if cents else "")


def plain(number: float) -> str:
    """A number without needless decimals."""
    if float(number).is_integer():
        return f"{int(number):,}"
    return _trimmed(f"{number:,.4f}")


def window_text(window: str | None, language: Language = "en") -> str:
    """A window of the catalogue."""
    if window is None or language == "en":
        return window or ""
    count, _, unit = window.partition(" ")
    return f"{count} {_WINDOWS[unit]}" if unit in _WINDOWS else window


def _trimmed(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
