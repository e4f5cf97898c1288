"""One compiled pass over many values at once: which records are plain, and the columns of those.

A plain record is one that the strict reader accepts and that asks nothing unusual: every doubt (escapes in
ids, repeated keys, exponents, surrogates, deep nesting, anything wrong) is left to the strict reader. So this
pass decides nothing of its own; a property test holds that both agree to the bit.
"""

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.compiling import borrowing, spliced
from features.inbound import schema
from features.inbound.eights import MANY, has_many, other_at
from features.inbound.hashing import hash_range
from features.inbound.layout import LARGEST, UNKNOWN, WIDTH
from features.inbound.readers import (
    digits,
    find,
    hash_string,
    holds_strings,
    is_clean_id,
    is_word,
    pack,
    read_date,
    read_flags,
    read_time,
)
from features.inbound.strict import LARGEST_RECORD
from features.inbound.tables import BUCKETS, EVENT_NAME, FIRST_NAME, HOLDER_NAME, KIND_NAME
from features.inbound.tokens import (
    ARRAY,
    DOUBT,
    ESCAPED,
    INTEGER,
    NULL,
    OBJECT,
    STRING,
    skip_name,
    skip_space,
    skip_value,
)

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

MOST_EXTRAS: Final = 16
"""Ignored fields of a plain record."""

_ID, _TIME, _DATE, _COUNT, _AMOUNT = schema.ID, schema.TIME, schema.DATE, schema.COUNT, schema.AMOUNT
_CHOICE, _FLAGS, _TEXT, _MCC, _TAGS = schema.CHOICE, schema.FLAGS, schema.TEXT, schema.MCC, schema.TAGS
_SEEN, _TOKEN, _START, _END, _NUMBER = range(5)  # columns of the marks


class _Field(NamedTuple):
    name: int
    rule: int
    column: int
    required: int
    first: int
    choices: int


class _Mark(NamedTuple):
    token: int
    start: int
    end: int
    number: int


@spliced
def _name_of(text: Bytes, start: int, end: int, words: Words, buckets: Ints) -> int:
    """The number of a field's name, -1 when no kind has it."""
    word = pack(text, start, end)
    bucket = np.int64((word[0] ^ word[1] ^ word[2] ^ word[3]) % np.uint64(BUCKETS))
    while buckets[bucket] >= 0:
        name: int = buckets[bucket]
        if is_word(word, words, name):
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
    for other in range(count):
        if extras[other, 1] - extras[other, 0] == end - start:
            equal = True
            for offset in range(end - start):
                equal &= text[start + offset] == text[extras[other, 0] + offset]
            if equal:
                return False
    return True


@spliced
def _begins_with(text: Bytes, at: int, end: int, literals: Bytes, name: int, size: int) -> bool:
    """Whether a name, its quotes and a colon stand here, written as most write them."""
    if at + size >= end or not has_many(text, at):
        return False
    return not other_at(text, at, literals, MANY * name) & (1 << size) - 1


@spliced
def _split(
    text: Bytes,
    at: int,
    end: int,
    row: int,
    words: Words,
    buckets: Ints,
    literals: Bytes,
    sizes: Ints,
    followers: Ints,
    marks: Ints,
    extras: Ints,
) -> int:
    """Mark where each field's value is; how many fields there are, or DOUBT.

    Records of a topic are written alike: the name that followed another one in the last record is looked for
    first. `followers` keeps it, -1 for none; that of 0, which is no name's number, is the first of a record.
    """
    known = count = before = 0
    at = skip_space(text, at, end)
    if at >= end or text[at] != 123:
        return DOUBT
    while True:
        name = followers[before]
        if name >= 0 and _begins_with(text, at + 1, end, literals, name, sizes[name]):
            at = skip_space(text, at + 1 + sizes[name], end)
            fresh = marks[name, _SEEN] != row
        else:
            start = skip_space(text, at + 1, end) + 1
            token, close, at = skip_name(text, start - 1, end)
            if token != STRING:
                return DOUBT
            name = _name_of(text, start, close, words, buckets)
            fresh = _is_new(text, start, close, extras, count) if name < 0 else marks[name, _SEEN] != row
            if name >= 0:
                followers[before] = name
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


@spliced
def _field_of(fields: Ints, kind: int, place: int) -> _Field:
    # Numbers, not a view: a view of an array counts references.
    return _Field(
        fields[kind, place, 0],
        fields[kind, place, 1],
        fields[kind, place, 2],
        fields[kind, place, 3],
        fields[kind, place, 4],
        fields[kind, place, 5],
    )


@spliced
def _mark_of(marks: Ints, name: int) -> _Mark:
    return _Mark(marks[name, _TOKEN], marks[name, _START], marks[name, _END], marks[name, _NUMBER])


@spliced
def _hashed(text: Bytes, start: int, end: int, token: int) -> int:
    hashed = hash_range(text, start, end) if token == STRING else hash_string(text, start, end)
    column: int = np.int64(hashed)  # type: ignore[assignment] # as in byte_at
    return column


@spliced
def _read_string(text: Bytes, field: _Field, mark: _Mark, words: Words, date: Ints) -> tuple[bool, int]:
    """Whether a string is good for its field, and its column."""
    start, end, rule = mark.start + 1, mark.end - 1, field.rule
    if rule == _TEXT:
        return True, _hashed(text, start, end, mark.token) if field.column >= 0 else 0
    if mark.token != STRING:
        return False, 0
    if rule == _ID:
        return is_clean_id(text, start, end), _hashed(text, start, end, STRING) if field.column >= 0 else 0
    if rule == _CHOICE:
        choice = find(text, start, end, words, field.first, field.choices)
        return choice >= 0, choice
    if rule == _MCC:
        number = digits(text, start, 4) if end - start == 4 else UNKNOWN
        return True, number
    time = read_date(text, start, end) if rule == _DATE else read_time(text, start, end, date)
    return time != UNKNOWN, time


@spliced
def _read_field(text: Bytes, field: _Field, mark: _Mark, words: Words, date: Ints) -> tuple[bool, int]:
    """Whether a value that is there is good for its field, and its column."""
    rule, token = field.rule, mark.token
    if rule in (_COUNT, _AMOUNT):
        return token == INTEGER and (0 if rule == _COUNT else 1) <= mark.number <= LARGEST, mark.number
    if rule == _FLAGS:
        flags = DOUBT
        if token == ARRAY:
            flags = read_flags(text, mark.start, mark.end, words, field.first, field.choices)
        return flags >= 0, flags
    if rule == _TAGS:
        return token == OBJECT and holds_strings(text, mark.start, mark.end), 0
    if token not in (STRING, ESCAPED):
        return False, 0
    return _read_string(text, field, mark, words, date)


@spliced
def _read_fields(
    text: Bytes,
    row: int,
    kind: int,
    words: Words,
    fields: Ints,
    marks: Ints,
    date: Ints,
    columns: Ints,
    holder_starts: Ints,
    holder_ends: Ints,
) -> tuple[int, int, np.uint64]:
    """How many fields of its kind a record has (or DOUBT), its time and its event; fills its columns."""
    known = place = time = 0
    event = np.uint64(0)
    while fields[kind, place, 0] >= 0:
        field = _field_of(fields, kind, place)
        mark = _mark_of(marks, field.name)
        seen = marks[field.name, _SEEN] == row
        known += seen
        place += 1
        if not seen or mark.token == NULL:
            if field.required:
                return DOUBT, time, event
            continue
        good, number = _read_field(text, field, mark, words, date)
        if not good:
            return DOUBT, time, event
        if field.column >= 0:
            columns[row, field.column] = number
        elif field.rule == _TIME:
            time = number
        elif field.name == EVENT_NAME:
            event = hash_range(text, mark.start + 1, mark.end - 1)
        elif field.name == HOLDER_NAME:
            holder_starts[row] = mark.start + 1
            holder_ends[row] = mark.end - 1
    return known, time, event


@njit(cache=True, nogil=True)
def scan(
    text: Bytes,
    starts: Ints,
    ends: Ints,
    words: Words,
    buckets: Ints,
    literals: Bytes,
    sizes: Ints,
    fields: Ints,
    kinds: Bytes,
    occurred: Ints,
    events: Words,
    columns: Ints,
    holder_starts: Ints,
    holder_ends: Ints,
) -> Ints:
    """Fill the rows of plain records; for each value how many of its fields are ignored, or DOUBT.

    `words`, `buckets`, `literals`, `sizes` and `fields` are those of tables.py; the other arrays are filled:
    with UNKNOWN and empty places where a plain record tells nothing, with anything where one is not plain.
    """
    ignored = np.full(len(starts), DOUBT, np.int64)
    marks = np.full((len(words), 5), -1, np.int64)
    extras = np.empty((MOST_EXTRAS, 2), np.int64)
    followers = np.full(len(sizes), -1, np.int64)
    date = np.full(3, UNKNOWN, np.int64)
    for row in range(len(starts)):
        for column in range(WIDTH):
            columns[row, column] = UNKNOWN
        holder_starts[row] = holder_ends[row] = 0
        if ends[row] - starts[row] > LARGEST_RECORD:
            continue
        members = _split(
            text,
            starts[row],
            ends[row],
            row,
            words,
            buckets,
            literals,
            sizes,
            followers,
            marks,
            extras,
        )
        if members == DOUBT or marks[KIND_NAME, _SEEN] != row or marks[KIND_NAME, _TOKEN] != STRING:
            continue
        mark = _mark_of(marks, KIND_NAME)
        kind = find(text, mark.start + 1, mark.end - 1, words, 0, FIRST_NAME)
        if kind < 0:
            continue
        known, time, event = _read_fields(
            text, row, kind, words, fields, marks, date, columns, holder_starts, holder_ends
        )
        if known == DOUBT:
            continue
        kinds[row] = kind
        occurred[row] = time
        events[row] = event
        ignored[row] = members - known - 1
    return ignored
