"""Eight bytes of a text at once, compiled: most of a record is skipped and compared in such steps.

As with tokens.py, scan.py must be touched after a change here.
"""

from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

_EACH: Final = np.uint64(0x0101010101010101)
_TOP: Final = np.uint64(0x8080808080808080)
_QUOTES: Final = np.uint64(0x2222222222222222)
_BACKSLASHES: Final = np.uint64(0x5C5C5C5C5C5C5C5C)
_SPACES: Final = np.uint64(0x2020202020202020)


def _eight_at(typing: Any, text: Any, at: Any) -> Any:  # noqa: ARG001  # as Numba calls it
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        word = ir.IntType(64)
        place = cgutils.pointer_add(builder, array.data, arguments[1], word.as_pointer())
        return builder.load(place, align=1, typ=word)

    return types.uint64(text, types.int64), generate


def _first_byte(typing: Any, marks: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        bit = builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))
        return builder.lshr(bit, ir.Constant(ir.IntType(64), 3))

    return types.int64(types.uint64), generate


eight_at: Final[Any] = intrinsic(_eight_at)
"""text[at : at + 8] as a little-endian uint64; all eight must be in the text."""
first_byte: Final[Any] = intrinsic(_first_byte)
"""The place, 0 to 7, of the lowest byte of a uint64 that has a bit set."""


@njit(cache=True, nogil=True, forceinline=True)
def find_odd(word: np.uint64) -> np.uint64:
    """Marks that are 0 where a string simply goes on for eight bytes.

    Else the lowest of them is in the first byte that is a quote, a backslash, a control or not ASCII. (A
    borrow marks bytes behind one that is marked rightly, never before.)
    """
    quotes = word ^ _QUOTES
    backslashes = word ^ _BACKSLASHES
    zero = (quotes - _EACH) & ~quotes | (backslashes - _EACH) & ~backslashes
    return (zero | (word - _SPACES) & ~word | word) & _TOP


@njit(cache=True, nogil=True, forceinline=True)
def eight_of(text: NDArray[np.uint8], start: int, end: int) -> np.uint64:
    """The first eight bytes of text[start:end], zeros behind its end."""
    size = end - start
    if size <= 0:
        return np.uint64(0)
    if start + 8 <= len(text):
        word: np.uint64 = eight_at(text, start)
        if size < 8:
            word &= (np.uint64(1) << np.uint64(8 * size)) - np.uint64(1)
        return word
    number = np.uint64(0)
    for offset in range(min(8, size)):
        number |= np.uint64(text[start + offset]) << np.uint64(8 * offset)
    return number
