"""Eight or thirty-two bytes of a text at once, compiled: a record is skipped and compared in such steps.

A step may read past the end of a record, never past that of the text. As with tokens.py, scan.py must be
touched after a change here.
"""

from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from features.bits import lowest_bit
from features.compiling import spliced

MANY: Final = 32
_BYTES: Final = ir.VectorType(ir.IntType(8), MANY)
_ZEROS: Final = np.uint64(0x3030303030303030)
_HIGH: Final = np.uint64(0xF0F0F0F0F0F0F0F0)
_SIX: Final = np.uint64(0x0606060606060606)
_NIBBLES: Final = np.uint64(0x0F0F0F0F0F0F0F0F)
_PAIRS: Final = np.uint64(0x00FF00FF00FF00FF)
_FOURS: Final = np.uint64(0x0000FFFF0000FFFF)
_EIGHT: Final = np.uint64(0x00000000FFFFFFFF)


def _eight_at(typing: Any, text: Any, at: Any) -> Any:  # noqa: ARG001  # as Numba calls it
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        word = ir.IntType(64)
        place = cgutils.pointer_add(builder, array.data, arguments[1], word.as_pointer())
        return builder.load(place, align=1, typ=word)

    return types.uint64(text, types.int64), generate


eight_at: Final[Any] = intrinsic(_eight_at)
"""text[at : at + 8] as a little-endian uint64; all eight must be in the text."""


def _bytes_at(context: Any, builder: Any, kind: Any, text: Any, at: Any) -> Any:
    array = context.make_array(kind)(context, builder, text)
    place = cgutils.pointer_add(builder, array.data, at, _BYTES.as_pointer())
    return builder.load(place, align=1, typ=_BYTES)


def _all(byte: int) -> Any:
    return ir.Constant(_BYTES, [byte] * MANY)


def _marks(builder: Any, found: Any) -> Any:
    return builder.zext(builder.bitcast(found, ir.IntType(MANY)), ir.IntType(64))


def _below(builder: Any, letters: Any, first: str, count: int) -> Any:
    """Which bytes are one of `count` from a first one on."""
    return builder.icmp_unsigned("<", builder.sub(letters, _all(ord(first))), _all(count))


def _odd_at(typing: Any, text: Any, at: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        letters = _bytes_at(context, builder, signature.args[0], *arguments)
        quotes = builder.icmp_signed("==", letters, _all(ord('"')))
        backslashes = builder.icmp_signed("==", letters, _all(ord("\\")))
        others = builder.icmp_signed("<", letters, _all(ord(" ")))  # as signed bytes: what is not ASCII too
        return _marks(builder, builder.or_(builder.or_(quotes, backslashes), others))

    return types.int64(text, types.int64), generate


def _other_at(typing: Any, text: Any, at: Any, second: Any, place: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        one = _bytes_at(context, builder, signature.args[0], arguments[0], arguments[1])
        other = _bytes_at(context, builder, signature.args[2], arguments[2], arguments[3])
        return _marks(builder, builder.icmp_signed("!=", one, other))

    return types.int64(text, types.int64, second, types.int64), generate


def _foreign_at(typing: Any, text: Any, at: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        letters = _bytes_at(context, builder, signature.args[0], *arguments)
        letter = _below(builder, builder.or_(letters, _all(0x20)), "a", 26)
        sign = builder.or_(
            _below(builder, letters, "-", 2), builder.icmp_signed("==", letters, _all(ord("_")))
        )
        known = builder.or_(builder.or_(letter, sign), _below(builder, letters, "0", 11))  # digits and :
        return _marks(builder, builder.not_(known))

    return types.int64(text, types.int64), generate


def _digits_at(typing: Any, text: Any, at: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        letters = _bytes_at(context, builder, signature.args[0], *arguments)
        return _marks(builder, _below(builder, letters, "0", 10))

    return types.int64(text, types.int64), generate


odd_at: Final[Any] = intrinsic(_odd_at)
"""Of text[at : at + 32] a bit each, the first lowest: a quote, a backslash, a control, or not ASCII."""
other_at: Final[Any] = intrinsic(_other_at)
"""A bit for each of text[at : at + 32] that is another than in second[place : place + 32]."""
foreign_at: Final[Any] = intrinsic(_foreign_at)
"""A bit for each of text[at : at + 32] that may not be in an id (contract 1.3)."""
digits_at: Final[Any] = intrinsic(_digits_at)
"""A bit for each of text[at : at + 32] that is a digit."""


@spliced
def has_many(text: NDArray[np.uint8], at: int) -> bool:
    """Whether 32 bytes can be read from a place."""
    return at + MANY <= len(text)


@spliced
def same_at(text: NDArray[np.uint8], at: int, second: NDArray[np.uint8], place: int, size: int) -> bool:
    """Whether text[at : at + size] and second[place : place + size] are the same."""
    if size <= MANY and has_many(text, at) and has_many(second, place):
        return not other_at(text, at, second, place) & (1 << size) - 1
    equal = True
    for offset in range(size):
        equal &= text[at + offset] == second[place + offset]
    return equal


@spliced
def digits_of(word: np.uint64) -> int:
    """How many of eight bytes, from the first on, are digits."""
    other = (word & _HIGH ^ _ZEROS) | (word + _SIX & _HIGH ^ _ZEROS)
    count: int = lowest_bit(other) >> 3
    return count


@spliced
def number_of(word: np.uint64, count: int) -> int:
    """The number that the first `count` (1 to 8) of eight bytes make, which are digits."""
    word = (word & _NIBBLES) << np.uint64(64 - 8 * count)
    word = word * np.uint64(10) + (word >> np.uint64(8)) & _PAIRS
    word = word * np.uint64(100) + (word >> np.uint64(16)) & _FOURS
    word = word * np.uint64(10_000) + (word >> np.uint64(32)) & _EIGHT
    return np.int64(word)  # type: ignore[return-value] # NumPy's integers are no int to mypy


@spliced
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
