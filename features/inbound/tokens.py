"""JSON tokens by position, compiled. Whoever is in doubt here says so (-1), and the strict reader decides.

Numba's cache watches only the file of the function that is called from Python: after a change here, scan.py
must be touched too.
"""

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.bits import lowest_bit
from features.compiling import borrowing, spliced
from features.inbound.eights import MANY, digits_of, eight_at, has_many, number_of, odd_at

Bytes = NDArray[np.uint8]

DOUBT: Final = -1
STRING: Final = 0  # without escapes
ESCAPED: Final = 1  # a string with escapes
INTEGER: Final = 2
NULL: Final = 3
ARRAY: Final = 4
OBJECT: Final = 5
OTHER: Final = 6  # true, false, a number with a fraction

_DEEPEST: Final = 60  # one bit of the stack each
_LONGEST: Final = 40  # characters of a number; also far from where a double ends


@spliced
def byte_at(text: Bytes, at: int) -> int:
    """A byte as a number that can be calculated with: Numba makes a float of uint64 and int64."""
    byte: int = np.int64(text[at])  # type: ignore[assignment] # NumPy's integers are no int to mypy
    return byte


@spliced
def skip_space(text: Bytes, at: int, end: int) -> int:
    """The first position from `at` that is no white space."""
    while at < end and text[at] <= 32 and (text[at] == 32 or 9 <= text[at] <= 10 or text[at] == 13):
        at += 1
    return at


@borrowing
def _is_hex(byte: int) -> bool:
    return 48 <= byte <= 57 or 65 <= byte <= 70 or 97 <= byte <= 102


@borrowing
def _skip_escape(text: Bytes, at: int, end: int) -> int:
    r"""The position after the escape whose backslash is at `at`; surrogates are doubtful."""
    if at + 1 >= end:
        return DOUBT
    letter = text[at + 1]
    if letter in (34, 92, 47, 98, 102, 110, 114, 116):  # " \ / b f n r t
        return at + 2
    if letter != 117 or at + 6 > end:  # u
        return DOUBT
    for position in range(at + 2, at + 6):
        if not _is_hex(text[position]):
            return DOUBT
    surrogate = (text[at + 2] | 32) == 100 and text[at + 3] >= 56  # \uD800 and on
    return DOUBT if surrogate else at + 6


@borrowing
def _skip_wide(text: Bytes, at: int, end: int) -> int:
    """The position after a UTF-8 character of more than one byte (RFC 3629)."""
    lead = text[at]
    length = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
    if lead < 0xC2 or lead > 0xF4 or at + length > end:
        return DOUBT
    second = text[at + 1]
    least = 0xA0 if lead == 0xE0 else 0x90 if lead == 0xF0 else 0x80
    most = 0x9F if lead == 0xED else 0x8F if lead == 0xF4 else 0xBF
    if second < least or second > most:
        return DOUBT
    for position in range(at + 2, at + length):
        if text[position] < 0x80 or text[position] > 0xBF:
            return DOUBT
    return at + length


@spliced
def skip_string(text: Bytes, at: int, end: int) -> tuple[int, int]:
    """STRING or ESCAPED and the position of the closing quote; `at` is after the opening one."""
    token = STRING
    while 0 <= at < end:
        if has_many(text, at):
            odd = odd_at(text, at)
            if odd == 0:
                at += MANY
                continue
            at += lowest_bit(odd)
            if at >= end:
                break
        byte = text[at]
        if byte == 34:
            return token, at
        if byte < 32:
            return DOUBT, at
        if byte == 92:
            token = ESCAPED
            at = _skip_escape(text, at, end)
        elif byte < 128:
            at += 1
        else:
            at = _skip_wide(text, at, end)
    return DOUBT, at


@spliced
def skip_number(text: Bytes, at: int, end: int) -> tuple[int, int, int]:
    """INTEGER or OTHER, the position after the number, and the integer. Exponents are doubtful."""
    start = at
    negative = text[at] == 45
    if negative:
        at += 1
    first = at
    number = 0
    if at + 8 <= len(text):
        word = eight_at(text, at)
        count = min(digits_of(word), end - at)
        if count > 0:
            number = number_of(word, count)
            at += count
    while at < end and 48 <= text[at] <= 57:
        number = number * 10 + byte_at(text, at) - 48
        at += 1
        if at - first > 18:
            return DOUBT, at, 0
    if at == first or (text[first] == 48 and at - first > 1):
        return DOUBT, at, 0
    token = INTEGER
    if at < end and text[at] == 46:
        token = OTHER
        at += 1
        fraction = at
        while at < end and 48 <= text[at] <= 57:
            at += 1
        if at == fraction or at - start > _LONGEST:
            return DOUBT, at, 0
    if at < end and (text[at] | 32) == 101:  # e
        return DOUBT, at, 0
    return token, at, -number if negative else number


@borrowing
def _skip_word(text: Bytes, at: int, end: int) -> tuple[int, int]:
    """NULL or OTHER and the position after null, true or false."""
    if at + 4 > end:
        return DOUBT, at
    a, b, c, d = text[at], text[at + 1], text[at + 2], text[at + 3]
    if a == 110 and b == 117 and c == 108 and d == 108:
        return NULL, at + 4
    if a == 116 and b == 114 and c == 117 and d == 101:
        return OTHER, at + 4
    if a == 102 and b == 97 and c == 108 and d == 115 and at + 5 <= end and text[at + 4] == 101:
        return OTHER, at + 5
    return DOUBT, at


@spliced
def skip_scalar(text: Bytes, at: int, end: int) -> tuple[int, int, int]:
    """Token, the position after it, and the integer if it is one, for all but lists and objects."""
    if at >= end:
        return DOUBT, at, 0
    byte = text[at]
    if byte == 34:
        token, close = skip_string(text, at + 1, end)
        return token, close + 1, 0
    if byte == 45 or 48 <= byte <= 57:
        return skip_number(text, at, end)
    token, after = _skip_word(text, at, end)
    return token, after, 0


@spliced
def skip_name(text: Bytes, at: int, end: int) -> tuple[int, int, int]:
    """Token of a name, the position of its closing quote, and that of the value after the colon or DOUBT."""
    if at >= end or text[at] != 34:
        return DOUBT, at, DOUBT
    token, close = skip_string(text, at + 1, end)
    at = skip_space(text, close + 1, end)
    if token == DOUBT or at >= end or text[at] != 58:
        return DOUBT, close, DOUBT
    return token, close, skip_space(text, at + 1, end)


@borrowing
def skip_nested(text: Bytes, at: int, end: int) -> int:
    """The position after the list or object that begins at `at`, -1 when in doubt."""
    stack = 0  # a bit for each open level, 1 for an object
    depth = 0
    while 0 <= at < end:
        # A value begins here.
        if text[at] in (91, 123):
            is_object = text[at] == 123
            stack = stack << 1 | is_object
            depth += 1
            at = skip_space(text, at + 1, end)
            if depth > _DEEPEST or at >= end:
                return DOUBT
            if text[at] != 93 + 32 * is_object:  # not empty
                at = skip_name(text, at, end)[2] if is_object else at
                continue
        else:
            token, at, _ = skip_scalar(text, at, end)
            if token == DOUBT:
                return DOUBT
            at = skip_space(text, at, end)
        # A value has ended, or an empty level: close levels, then go on after a comma.
        while at < end and text[at] == 93 + 32 * (stack & 1):
            at += 1
            stack >>= 1
            depth -= 1
            if depth == 0:
                return at
            at = skip_space(text, at, end)
        if at >= end or text[at] != 44:
            return DOUBT
        at = skip_space(text, at + 1, end)
        at = skip_name(text, at, end)[2] if stack & 1 else at
    return DOUBT


@spliced
def skip_value(text: Bytes, at: int, end: int) -> tuple[int, int, int]:
    """Token, the position after it, and the integer if it is one."""
    if at < end and text[at] in (91, 123):
        token = ARRAY if text[at] == 91 else OBJECT
        after = skip_nested(text, at, end)
        return DOUBT if after < 0 else token, after, 0
    return skip_scalar(text, at, end)


@njit(cache=True, nogil=True)
def is_deeper(text: Bytes, limit: int) -> bool:
    """Whether lists and objects nest deeper than `limit` levels; of broken JSON any answer will do."""
    depth = 0
    quoted = escaped = False
    for byte in text:
        if quoted:
            quoted = escaped or byte != 34
            escaped = not escaped and byte == 92
        elif byte == 34:
            quoted = True
        elif byte in (91, 123):
            depth += 1
            if depth > limit:
                return True
        elif byte in (93, 125):
            depth -= 1
    return False
