"""Numbers as bytes of variable length: base 128, low digits first.

A natural number stands as it is; any other as zigzag(x) + 1, and NONE as 0: absent values, small counts and
small differences take one byte. Instants stand as a difference from another one, in seconds where that is
exact.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.addresses import write_byte, write_eight
from features.bits import bits_of
from features.row import NONE

Bytes = NDArray[np.uint8]
_SECOND: Final = 1_000_000
_SPREAD: Final = np.uint64(2**56)
"""Numbers below have no more than eight bytes."""


@njit(cache=True, forceinline=True)
def put_byte(at: Any, number: Any) -> Any:
    write_byte(at, np.uint64(number))
    return at + 1


@njit(cache=True)
def _put_long(at: Any, digits: np.uint64) -> Any:
    while digits >= np.uint64(128):
        write_byte(at, digits | np.uint64(128))
        digits >>= np.uint64(7)
        at += 1
    write_byte(at, digits)
    return at + 1


@njit(cache=True, forceinline=True)
def put_wide(at: Any, digits: np.uint64) -> Any:
    """What mostly takes several bytes: groups of seven digits are spread over eight bytes at once."""
    if digits >= _SPREAD:
        return _put_long(at, digits)
    size = (9 * bits_of(digits | np.uint64(1)) + 64) >> 6
    word = digits & np.uint64(0xFFFFFFF) | (digits & np.uint64(0xFFFFFFF0000000)) << np.uint64(4)
    word = word & np.uint64(0x3FFF00003FFF) | (word & np.uint64(0xFFFC0000FFFC000)) << np.uint64(2)
    word = word & np.uint64(0x7F007F007F007F) | (word & np.uint64(0x3F803F803F803F80)) << np.uint64(1)
    more = (np.uint64(1) << np.uint64(8 * size - 8)) - np.uint64(1)
    write_eight(at, word | np.uint64(0x80808080808080) & more)
    return at + size


@njit(cache=True, forceinline=True)
def put_natural(at: Any, number: Any) -> Any:
    digits = np.uint64(number)
    if digits < np.uint64(128):
        write_byte(at, digits)
        return at + 1
    return put_wide(at, digits)


@njit(cache=True, forceinline=True)
def put(at: Any, number: Any) -> Any:
    """NONE becomes 0."""
    number = np.int64(number)
    digits = (np.uint64(number) << np.uint64(1)) ^ np.uint64(number >> 63)
    return put_natural(at, digits + np.uint64(1))


@njit(cache=True, forceinline=True)
def put_time(at: Any, time: Any, base: Any) -> Any:
    """An instant by its distance from another, NONE as 0."""
    if time == NONE:
        return put_byte(at, 0)
    behind = np.int64(base - time)
    fine = behind % _SECOND != 0
    if not fine:
        behind //= _SECOND
    digits = (np.uint64(behind) << np.uint64(1)) ^ np.uint64(behind >> 63)
    return put_natural(at, (digits << np.uint64(1) | np.uint64(fine)) + np.uint64(1))


@njit(cache=True, forceinline=True)
def put_raw(at: Any, number: Any, many: int) -> Any:
    """The low bytes of a number, eight at the most; what is behind them is written over."""
    write_eight(at, np.uint64(number))
    return at + many


@njit(cache=True)
def get_digits(data: Bytes, at: NDArray[np.int64]) -> Any:
    digits = np.uint64(0)
    shift = np.uint64(0)
    while True:
        byte = data[at[0]]
        at[0] += 1
        digits |= np.uint64(byte & np.uint8(127)) << shift
        if byte < 128:
            return digits
        shift += np.uint64(7)


@njit(cache=True)
def get_natural(data: Bytes, at: NDArray[np.int64]) -> Any:
    return np.int64(get_digits(data, at))


@njit(cache=True)
def get(data: Bytes, at: NDArray[np.int64]) -> Any:
    digits = get_digits(data, at) - np.uint64(1)
    return np.int64(digits >> np.uint64(1)) ^ -np.int64(digits & np.uint64(1))


@njit(cache=True)
def get_time(data: Bytes, at: NDArray[np.int64], base: Any) -> Any:
    digits = get_digits(data, at)
    if digits == np.uint64(0):
        return NONE
    digits -= np.uint64(1)
    fine = digits & np.uint64(1)
    digits >>= np.uint64(1)
    behind = np.int64(digits >> np.uint64(1)) ^ -np.int64(digits & np.uint64(1))
    return base - (behind if fine else behind * _SECOND)


@njit(cache=True)
def get_raw(data: Bytes, at: NDArray[np.int64], many: int) -> Any:
    number = np.uint64(0)
    for byte in range(many):
        number |= np.uint64(data[at[0]]) << np.uint64(8 * byte)
        at[0] += 1
    return number
