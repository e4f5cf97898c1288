"""Steps over several bytes say of each byte what a look at it alone says."""

from __future__ import annotations

import string
from typing import Any

import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray

from features.inbound.eights import MANY, digits_at, digits_of, foreign_at, number_of, odd_at, other_at

Text = NDArray[np.uint8]

EVERY_BYTE = np.arange(256, dtype=np.uint8)


@njit
def _looks(text: Text, at: int) -> tuple[Any, Any, Any]:
    return odd_at(text, at), foreign_at(text, at), digits_at(text, at)


@njit
def _differs(first: Text, at: int, second: Text, place: int) -> Any:
    return other_at(first, at, second, place)


def _bits(marks: int) -> list[bool]:
    return [bool(marks >> bit & 1) for bit in range(64)]


def _of(letters: list[int], wanted: str) -> list[bool]:
    return [chr(letter) in wanted for letter in letters] + [False] * (64 - MANY)


@pytest.mark.parametrize("at", range(0, 256 - MANY + 1, 7))
def test_each_byte_is_marked_as_it_is(at: int) -> None:
    odd, foreign, digits = map(_bits, _looks(EVERY_BYTE, at))
    letters = list(range(at, at + MANY))
    ids = string.ascii_letters + string.digits + "-.:_"
    assert odd[:MANY] == [letter < 32 or letter > 127 or chr(letter) in '"\\' for letter in letters]
    assert foreign[:MANY] == [chr(letter) not in ids for letter in letters]
    assert digits == _of(letters, string.digits)
    assert not any(odd[MANY:] + foreign[MANY:])


def test_bytes_that_differ_are_marked() -> None:
    other = EVERY_BYTE.copy()
    other[[40, 63, 71]] += 1
    assert _differs(EVERY_BYTE, 40, other, 40) == 1 | 1 << 23 | 1 << 31
    assert _differs(EVERY_BYTE, 8, other, 8) == 0


@pytest.mark.parametrize("digits", ["", "7", "07", "123", "9081", "12345", "678901", "2345678", "98765432"])
@pytest.mark.parametrize("behind", ["/", ":", ",", "\x00", "\xff", "a"])
def test_numbers_of_up_to_eight_digits(digits: str, behind: str) -> None:
    word = np.frombuffer((digits + behind * 8)[:8].encode("latin-1"), np.uint64)[0]
    assert digits_of(word) == len(digits)
    if digits:
        assert number_of(word, len(digits)) == int(digits)
