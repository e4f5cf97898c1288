"""Where each field's value is in a record, marked in one compiled pass over its bytes.

As with tokens.py, scan.py must be touched after a change here.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.compiling import borrowing, spliced
from features.inbound.eights import same_at
from features.inbound.readers import is_word, pack
from features.inbound.tables import BUCKETS, LONGEST_WORD
from features.inbound.tokens import DOUBT, STRING, skip_name, skip_space, skip_value

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

MOST_EXTRAS: Final = 16
"""Ignored fields of a plain record."""
MARKS: Final = 5
"""Columns of the marks; there is a row for each name."""

_SEEN, _TOKEN, _START, _END, _NUMBER = range(MARKS)


class Names(NamedTuple):
    """What fields are recognised by."""

    words: Words
    """This and the next three are those of tables.py."""
    buckets: Ints
    literals: Bytes
    sizes: Ints
    followers: Ints
    """Of each name the one that stood behind it in the last record that had both, -1 for none.

    That of 0, which is no name's number, is the first of a record.
    """


class Mark(NamedTuple):
    """Where a value is, what it is, and if it is a number, which."""

    token: int
    start: int
    end: int
    number: int


@spliced
def is_seen(marks: Ints, name: int, row: int) -> bool:
    """Whether a record has a field."""
    return bool(marks[name, _SEEN] == row)


@spliced
def mark_of(marks: Ints, name: int) -> Mark:
    """The last mark of a field."""
    return Mark(marks[name, _TOKEN], marks[name, _START], marks[name, _END], marks[name, _NUMBER])


@spliced
def _name_of(text: Bytes, start: int, end: int, names: Names) -> int:
    """The number of a field's name, -1 when no kind has it."""
    word = pack(text, start, end)
    bucket = np.int64((word[0] ^ word[1] ^ word[2] ^ word[3]) % np.uint64(BUCKETS))
    while names.buckets[bucket] >= 0:
        name: int = names.buckets[bucket]
        if is_word(word, names.words, name):
            return name
        bucket = (bucket + 1) % BUCKETS
    return -1


@borrowing
def _is_new(text: Bytes, start: int, end: int, extras: Ints, count: int) -> bool:
    """Whether none of the extra names before is this one; takes it among them."""
    if count >= MOST_EXTRAS:
        return False
    extras[count, 0] = start
    extras[count, 1] = end
    size = end - start
    for other in range(count):
        if extras[other, 1] - extras[other, 0] == size and same_at(text, start, text, extras[other, 0], size):
            return False
    return True


@spliced
def _begins_with(text: Bytes, at: int, end: int, names: Names, name: int) -> bool:
    """Whether a name, its quotes and a colon stand here, written as most write them."""
    size = names.sizes[name]
    return at + size < end and same_at(text, at, names.literals, LONGEST_WORD * name, size)


@spliced
def split(text: Bytes, at: int, end: int, row: int, names: Names, marks: Ints, extras: Ints) -> int:
    """Mark where the value of each field of text[at:end] is; how many fields there are, or DOUBT.

    Records of a topic are written alike: the name that followed another one in the last record is looked for
    first. `extras` is room for the places of MOST_EXTRAS names that no kind has.
    """
    known = count = before = 0
    at = skip_space(text, at, end)
    if at >= end or text[at] != 123:
        return DOUBT
    while True:
        name = names.followers[before]
        if name >= 0 and _begins_with(text, at + 1, end, names, name):
            at = skip_space(text, at + 1 + names.sizes[name], end)
            fresh = not is_seen(marks, name, row)
        else:
            start = skip_space(text, at + 1, end) + 1
            token, close, at = skip_name(text, start - 1, end)
            if token != STRING:
                return DOUBT
            name = _name_of(text, start, close, names)
            fresh = _is_new(text, start, close, extras, count) if name < 0 else not is_seen(marks, name, row)
            if name >= 0:
                names.followers[before] = name
        token, after, number = skip_value(text, at, end)
        if token == DOUBT or not fresh:
            return DOUBT
        if name < 0:
            count += 1
        else:
            known += 1
            before = name
            marks[name, _SEEN] = row
            marks[name, _TOKEN] = token
            marks[name, _START] = at
            marks[name, _END] = after
            marks[name, _NUMBER] = number
        at = skip_space(text, after, end)
        if at >= end or text[at] not in (44, 125):
            return DOUBT
        if text[at] == 125:
            return known + count if skip_space(text, at + 1, end) == end else DOUBT
