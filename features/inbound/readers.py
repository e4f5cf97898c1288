"""Values of plain records by position, compiled; the strict reader has the same rules (contract 1.2, 1.3).

As with tokens.py, scan.py must be touched after a change here.
"""

from typing import TYPE_CHECKING, Final, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.compiling import borrowing, spliced
from features.inbound import times
from features.inbound.eights import MANY, digits_at, digits_of, eight_at, eight_of, foreign_at, has_many
from features.inbound.hashing import OFFSET, hash_end, hash_step
from features.inbound.layout import UNKNOWN
from features.inbound.tables import LONGEST_WORD
from features.inbound.tokens import DOUBT, byte_at, skip_space, skip_string

if TYPE_CHECKING:
    from collections.abc import Callable

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Word = tuple[np.uint64, np.uint64, np.uint64, np.uint64]

SHORTEST_PAN: Final = 13
_days_of: Final = cast("Callable[[int, int, int], int]", njit(times.days_of))
_SECOND: Final = times.SECOND
_FIRST_TIME: Final = times.FIRST_TIME
_LAST_TIME: Final = times.LAST_TIME
_COLON_PLACES: Final = np.uint64(0x0000FF0000FF0000)
_COLONS: Final = np.uint64(0x00003A00003A0000)
_TO_ZEROS: Final = np.uint64(0x00000A00000A0000)
"""Makes zeros of colons."""
_NIBBLES: Final = np.uint64(0x0F0F0F0F0F0F0F0F)
_UNITS: Final = np.array([10**6, 10**5, 10**4, 1000, 100, 10, 1])
"""Microseconds of one at the last place, by the digits of a fraction."""


@spliced
def pack(text: Bytes, start: int, end: int) -> Word:
    """A word as tables.py packs it; all zero when it is too long to be one of those."""
    if end - start > LONGEST_WORD:
        start = end
    return (
        eight_of(text, start, end),
        eight_of(text, start + 8, end),
        eight_of(text, start + 16, end),
        eight_of(text, start + 24, end),
    )


@spliced
def is_word(word: Word, words: Words, index: int) -> bool:
    """Whether a packed word is that of the table."""
    a, b, c, d = word
    first, second, third, last = words[index, 0], words[index, 1], words[index, 2], words[index, 3]
    return bool(a == first and b == second and c == third and d == last)


@spliced
def find(text: Bytes, start: int, end: int, words: Words, first: int, count: int) -> int:
    """Which of `count` words from `first` on text[start:end] is, -1 for none."""
    word = pack(text, start, end)
    for index in range(count):
        if is_word(word, words, first + index):
            return index
    return -1


@borrowing
def _is_pan(text: Bytes, start: int, end: int) -> bool:
    """Whether a maximal run of digits is a card number (contract 2.4)."""
    if not SHORTEST_PAN <= end - start <= 19 or not 50 <= text[start] <= 54:
        return False
    total = 0
    for offset in range(end - start):
        digit = byte_at(text, end - 1 - offset) - 48
        if offset & 1:
            digit = digit * 2 - 9 * (digit > 4)
        total += digit
    return total % 10 == 0


@spliced
def is_clean_id(text: Bytes, start: int, end: int) -> bool:
    """Whether text[start:end] is an id (contract 1.3) without a card number in it."""
    if not 1 <= end - start <= 64:
        return False
    if end - start <= MANY and has_many(text, start):
        mine = (1 << (end - start)) - 1
        if foreign_at(text, start) & mine:
            return False
        runs = digits_at(text, start) & mine
        for shift in (1, 2, 4, 5):  # a bit stays where 2, 4, 8, then 13 digits begin
            runs &= runs >> shift
        if runs == 0:
            return True
    run = start
    for at in range(start, end):
        byte = text[at]
        if 48 <= byte <= 57:
            continue
        letter = 97 <= (byte | 32) <= 122
        if not (letter or byte in (45, 46, 58, 95)):  # - . : _
            return False
        if at - run >= SHORTEST_PAN and _is_pan(text, run, at):
            return False
        run = at + 1
    return not _is_pan(text, run, end)


@spliced
def digits(text: Bytes, start: int, count: int) -> int:
    """The number that `count` digits make; UNKNOWN when one is none."""
    number = 0
    for at in range(start, start + count):
        digit = byte_at(text, at) - 48
        if digit < 0 or digit > 9:
            return UNKNOWN
        number = number * 10 + digit
    return number


@spliced
def read_date(text: Bytes, start: int, end: int) -> int:
    """Days since 1970-01-01, UNKNOWN when it is no date."""
    if end - start != 10 or text[start + 4] != 45 or text[start + 7] != 45:
        return UNKNOWN
    year, month, day = digits(text, start, 4), digits(text, start + 5, 2), digits(text, start + 8, 2)
    return _days_of(year, month, day)


@spliced
def _read_offset(text: Bytes, start: int, end: int) -> int:
    """Seconds of a UTC offset, UNKNOWN when it is none."""
    if end - start == 1 and (text[start] | 32) == 122:  # z
        return 0
    if end - start != 6 or text[start] not in (43, 45) or text[start + 3] != 58:
        return UNKNOWN
    hours, minutes = digits(text, start + 1, 2), digits(text, start + 4, 2)
    if not (0 <= hours <= 23 and 0 <= minutes <= 59):
        return UNKNOWN
    seconds = hours * 3600 + minutes * 60
    return -seconds if text[start] == 45 else seconds


@spliced
def _date_at(text: Bytes, start: int, date: Ints) -> int:
    """Days since 1970-01-01 of ten bytes; `date`: those of the last record as two numbers, and their days."""
    first, last = np.int64(eight_at(text, start)), np.int64(eight_at(text, start + 2))
    if first != date[0] or last != date[1]:
        date[0], date[1], date[2] = first, last, read_date(text, start, start + 10)
    days: int = date[2]
    return days


@spliced
def _second_at(text: Bytes, start: int) -> int:
    """The second of the day of HH:MM:SS, UNKNOWN when it is none."""
    word = eight_at(text, start)
    digits_only = word ^ _TO_ZEROS
    if word & _COLON_PLACES != _COLONS or digits_of(digits_only) != 8:
        return UNKNOWN
    tens = digits_only & _NIBBLES
    pairs = np.int64(tens * np.uint64(10) + (tens >> np.uint64(8)))
    hour, minute, second = pairs & 255, pairs >> 24 & 255, pairs >> 48 & 255
    if hour > 23 or minute > 59 or second > 59:
        return UNKNOWN
    return (hour * 60 + minute) * 60 + second  # type: ignore[return-value] # as in byte_at


@spliced
def read_time(text: Bytes, start: int, end: int, date: Ints) -> int:
    """Microseconds since 1970, UNKNOWN when it is no RFC 3339 time.

    `date` (int64[3], at first UNKNOWN) keeps the date of the record before.
    """
    if end - start < 20 or (text[start + 10] | 32) != 116:
        return UNKNOWN
    days, of_day = _date_at(text, start, date), _second_at(text, start + 11)
    if UNKNOWN in (days, of_day):
        return UNKNOWN
    at = start + 19
    micros = 0
    if text[at] == 46:
        at += 1
        first = at
        while at < end and 48 <= text[at] <= 57:
            if at - first < 6:
                micros = micros * 10 + byte_at(text, at) - 48
            at += 1
        if at == first:
            return UNKNOWN
        micros *= _UNITS[min(6, at - first)]
    offset = _read_offset(text, at, end)
    if offset == UNKNOWN:
        return UNKNOWN
    micros += (days * 86_400 + of_day - offset) * _SECOND
    return micros if _FIRST_TIME <= micros <= _LAST_TIME else UNKNOWN


@borrowing
def _hex(text: Bytes, start: int) -> int:
    number = 0
    for at in range(start, start + 4):
        byte = byte_at(text, at)
        number = number * 16 + (byte - 48 if byte <= 57 else (byte | 32) - 87)
    return number


@spliced
def hash_string(text: Bytes, start: int, end: int) -> np.uint64:
    """The hash of a valid string's text, escapes undone."""
    state = OFFSET
    at = start
    while at < end:
        if text[at] != 92:
            state = hash_step(state, byte_at(text, at))
            at += 1
            continue
        letter = byte_at(text, at + 1)
        unit = letter  # of " \ /
        if letter == 117:
            unit = _hex(text, at + 2)
            at += 4
        elif letter >= 98:
            unit = (
                8
                if letter == 98
                else 12
                if letter == 102
                else 10
                if letter == 110
                else 13
                if letter == 114
                else 9
            )
        at += 2
        if unit < 0x80:
            state = hash_step(state, unit)
        elif unit < 0x800:
            state = hash_step(hash_step(state, 0xC0 | unit >> 6), 0x80 | unit & 0x3F)
        else:
            state = hash_step(hash_step(state, 0xE0 | unit >> 12), 0x80 | unit >> 6 & 0x3F)
            state = hash_step(state, 0x80 | unit & 0x3F)
    return hash_end(state)


@borrowing
def read_flags(text: Bytes, start: int, end: int, words: Words, first: int, count: int) -> int:
    """The bits of a valid list's choices, -1 when one is none of them."""
    flags = 0
    at = skip_space(text, start + 1, end)
    while text[at] != 93:
        if text[at] != 34:
            return DOUBT
        _, close = skip_string(text, at + 1, end)
        choice = find(text, at + 1, close, words, first, count)
        if choice < 0:
            return DOUBT
        flags |= 1 << choice
        at = skip_space(text, close + 1, end)
        if text[at] == 44:
            at = skip_space(text, at + 1, end)
    return flags


@borrowing
def holds_strings(text: Bytes, start: int, end: int) -> bool:
    """Whether each value of a valid object is a string."""
    at = skip_space(text, start + 1, end)
    while text[at] != 125:
        _, close = skip_string(text, at + 1, end)
        at = skip_space(text, skip_space(text, close + 1, end) + 1, end)
        if text[at] != 34:
            return False
        _, close = skip_string(text, at + 1, end)
        at = skip_space(text, close + 1, end)
        if text[at] == 44:
            at = skip_space(text, at + 1, end)
    return True
