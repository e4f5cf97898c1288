"""Numbers as bytes: the compiled form beside a plain one, about every border of a byte more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

from features.addresses import address_of
from features.packing.numbers import Bytes, get, get_natural, get_raw, put, put_natural, put_raw, put_wide
from features.row import NONE

BORDERS = sorted({max(0, 2**bits + step) for bits in range(64) for step in (-1, 0, 1)})


def plain(number: int) -> bytes:
    """Base 128, low digits first."""
    written = bytearray()
    while number >= 128:
        written.append(number & 127 | 128)
        number >>= 7
    return bytes((*written, number))


@njit()
def natural_at(out: Bytes, number: int) -> Any:
    at = address_of(out)
    return put_natural(at, number) - at


@njit()
def wide_at(out: Bytes, number: int) -> Any:
    at = address_of(out)
    return put_wide(at, np.uint64(number)) - at


@njit()
def signed_at(out: Bytes, number: int) -> Any:
    at = address_of(out)
    return put(at, number) - at


@njit()
def raw_at(out: Bytes, number: int, many: int) -> Any:
    at = address_of(out)
    return put_raw(at, number, many) - at


def test_naturals_are_written_as_they_are_told() -> None:
    for number in BORDERS:
        if number < 2**63:
            for write in (natural_at, wide_at):
                out = np.full(16, 0xAA, np.uint8)
                assert out[: write(out, number)].tobytes() == plain(number), number
                assert get_natural(out, np.zeros(1, np.int64)) == number


def test_any_number_comes_back() -> None:
    for number in (NONE, *(sign * border for border in BORDERS for sign in (1, -1) if border < 2**62)):
        out, at = np.full(16, 0xAA, np.uint8), np.zeros(1, np.int64)
        size = signed_at(out, number)
        assert (get(out, at), at[0]) == (number, size)


@pytest.mark.parametrize("many", range(1, 9))
def test_raw_bytes_come_back(many: int) -> None:
    number = 0x1122334455667788 & (1 << 8 * many) - 1
    out, at = np.full(16, 0xAA, np.uint8), np.zeros(1, np.int64)
    assert raw_at(out, number, many) == many
    assert (get_raw(out, at, many), at[0]) == (number, many)
