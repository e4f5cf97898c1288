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

from features.row import NONE

Bytes = NDArray[np.uint8]
_SECOND: Final = 1_000_000


@njit(cache=True)
def put_natural(out: Bytes, at: Any, number: Any) -> Any:
    digits = np.uint64(number)
    while digits >= np.uint64(128):
        out[at] = np.uint8(digits & np.uint64(127)) | np.uint8(128)
        digits >>= np.uint64(7)
        at += 1
    out[at] = np.uint8(digits)
    return at + 1


@njit(cache=True)
def put(out: Bytes, at: Any, number: Any) -> Any:
    """NONE becomes 0."""
    number = np.int64(number)
    digits = (np.uint64(number) << np.uint64(1)) ^ np.uint64(number >> 63)
    return put_natural(out, at, digits + np.uint64(1))


@njit(cache=True)
def put_time(out: Bytes, at: Any, time: Any, base: Any) -> Any:
    """An instant by its distance from another, NONE as 0."""
    if time == NONE:
        return put_natural(out, at, 0)
    behind = np.int64(base - time)
    fine = behind % _SECOND != 0
    if not fine:
        behind //= _SECOND
    digits = (np.uint64(behind) << np.uint64(1)) ^ np.uint64(behind >> 63)
    return put_natural(out, at, (digits << np.uint64(1) | np.uint64(fine)) + np.uint64(1))


@njit(cache=True)
def put_raw(out: Bytes, at: Any, number: Any, many: int) -> Any:
    """The low bytes of a number."""
    digits = np.uint64(number)
    for _ in range(many):
        out[at] = np.uint8(digits & np.uint64(255))
        digits >>= np.uint64(8)
        at += 1
    return at


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
