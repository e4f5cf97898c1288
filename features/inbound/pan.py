"""Card numbers in clear (contract 2.4): maximal runs of 13-19 ASCII digits, 2-6 first, that pass Luhn."""

import re
from typing import Final

RUN: Final = re.compile(rb"(?<![0-9])[2-6][0-9]{12,18}(?![0-9])")

_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def passes_luhn(digits: bytes) -> bool:
    """Whether a run of ASCII digits passes the Luhn check."""
    numbers = [byte - 48 for byte in reversed(digits)]
    return (sum(numbers[::2]) + sum(_DOUBLED[number] for number in numbers[1::2])) % 10 == 0


def holds_pan(text: bytes) -> bool:
    """Whether a text shows a card number."""
    return any(passes_luhn(run.group()) for run in RUN.finditer(text))


def starred(digits: bytes) -> bytes:
    """A card number with its first six and last four digits kept (contract 2.7)."""
    return digits[:6] + b"*" * (len(digits) - 10) + digits[-4:]
