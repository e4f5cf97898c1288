"""Rows as Redis is sent them: `$length`, id, `$length`, row; put together in one compiled pass.

Else a client makes bytes of each argument by itself, from an object for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numba import njit

from features.addresses import address_of, copy, write_byte

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.ports.rows import Rows

_DOLLAR, _RETURN, _LINE, _ZERO = (np.uint64(ord(sign)) for sign in "$\r\n0")
_AROUND: Final = 24
"""Bytes that `$`, a length and two line ends take at the most."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Arguments of a command as they go over the wire."""

    count: int
    text: memoryview


def framed(rows: Rows) -> Frames:
    """Id and row of each, one after the other."""
    names, packed = rows.names, rows.packed
    text = _frame(names.text, names.starts, names.ends, packed.text, packed.starts, packed.ends)
    return Frames(2 * len(rows), text.data)


@njit(cache=True)
def _frame(
    names: NDArray[np.uint8],
    name_starts: NDArray[np.int64],
    name_ends: NDArray[np.int64],
    rows: NDArray[np.uint8],
    row_starts: NDArray[np.int64],
    row_ends: NDArray[np.int64],
) -> NDArray[np.uint8]:
    size = 2 * _AROUND * len(name_starts)
    for n in range(len(name_starts)):
        size += name_ends[n] - name_starts[n] + row_ends[n] - row_starts[n]
    text = np.empty(size, np.uint8)
    first = address_of(text)
    at = first
    for n in range(len(name_starts)):
        at = _put(at, address_of(names) + name_starts[n], name_ends[n] - name_starts[n])
        at = _put(at, address_of(rows) + row_starts[n], row_ends[n] - row_starts[n])
    return text[: at - first]


@njit(cache=True)
def _put(at: Any, source: Any, size: Any) -> Any:
    """Write one argument; where it ends."""
    write_byte(at, _DOLLAR)
    digits: Any = 1
    over: Any = 10
    while size >= over:
        digits += 1
        over *= 10
    rest = size
    for place in range(at + digits, at, -1):
        write_byte(place, _ZERO + np.uint64(rest % 10))
        rest //= 10
    at = _end_line(at + digits + 1)
    copy(at, source, size)
    return _end_line(at + size)


@njit(cache=True, forceinline=True)
def _end_line(at: Any) -> Any:
    write_byte(at, _RETURN)
    write_byte(at + 1, _LINE)
    return at + 2
