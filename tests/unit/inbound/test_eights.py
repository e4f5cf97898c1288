"""Steps over several bytes say of each byte what a look at it alone says."""

from __future__ import annotations

import string
from typing import Any

import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray

from features.inbound.eights import (
    MANY,
    digits_at,
    digits_of,
    foreign_at,
    number_of,
    odd_at,
    other_at,
    same_at,
)

Text = NDArray[np.uint8]

EVERY_BYTE = np.arange(256, dtype=np.uint8)


@njit
def _looks(text: Text, at: int) -> tuple[Any, Any, Any]:
    return odd_at(text, at), foreign_at(text, at), digits_at(text, at)


@njit
def _differs(first: Text, at: int, second: Text, place: int) -> Any:
    return other_at(first, at, second, place)


@njit
def _are_same(first: Text, at: int, second: Text, place: int, size: int) -> Any:
    return same_at(first, at, second, place, size)


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


@pytest.mark.parametrize("behind", [1, 40])  # too near the end for one step; room for it
@pytest.mark.parametrize("size", [0, 1, 5, 31, 32, 33, 50])
def test_texts_are_the_same_up_to_their_size(size: int, behind: int) -> None:
    first, second = EVERY_BYTE[: 100 + size + behind], EVERY_BYTE[97 : 100 + size + behind].copy()
    assert _are_same(first, 100, second, 3, size)
    second[[2, 3 + size]] += 1
    assert _are_same(first, 100, second, 3, size)
    if size:
        second[3 + size - 1] += 1
        assert not _are_same(first, 100, second, 3, size)


@pytest.mark.parametrize("digits", ["", "7", "07", "123", "9081", "12345", "678901", "2345678", "98765432"])
@pytest.mark.parametrize("behind", ["/", ":", ",", "\x00", "\xff", "a"])
def test_numbers_of_up_to_eight_digits(digits: str, behind: str) -> None:
    word = np.frombuffer((digits + behind * 8)[:8].encode("latin-1"), np.uint64)[0]
    assert digits_of(word) == len(digits)
    if digits:
        assert number_of(word, len(digits)) == int(digits)
