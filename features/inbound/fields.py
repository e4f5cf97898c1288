"""The fields of a plain record, read by the rules of its kind, compiled.

As with tokens.py, scan.py must be touched after a change here.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.compiling import spliced
from features.inbound import schema
from features.inbound.hashing import hash_range
from features.inbound.layout import LARGEST, UNKNOWN
from features.inbound.marks import Mark, is_seen, mark_of
from features.inbound.readers import (
    digits,
    find,
    hash_string,
    holds_strings,
    is_clean_id,
    read_date,
    read_flags,
    read_time,
)
from features.inbound.tables import EVENT_NAME, HOLDER_NAME
from features.inbound.tokens import ARRAY, DOUBT, ESCAPED, INTEGER, NULL, OBJECT, STRING

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

_ID, _TIME, _DATE, _COUNT, _AMOUNT = schema.ID, schema.TIME, schema.DATE, schema.COUNT, schema.AMOUNT
_CHOICE, _FLAGS, _TEXT, _MCC, _TAGS = schema.CHOICE, schema.FLAGS, schema.TEXT, schema.MCC, schema.TAGS


class _Field(NamedTuple):
    name: int
    rule: int
    column: int
    required: int
    first: int
    choices: int


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
def _hashed(text: Bytes, start: int, end: int, token: int) -> int:
    hashed = hash_range(text, start, end) if token == STRING else hash_string(text, start, end)
    column: int = np.int64(hashed)  # type: ignore[assignment] # as in byte_at
    return column


@spliced
def _read_string(text: Bytes, field: _Field, mark: Mark, words: Words, date: Ints) -> tuple[bool, int]:
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
def _read_field(text: Bytes, field: _Field, mark: Mark, words: Words, date: Ints) -> tuple[bool, int]:
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
def read_fields(
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
        mark = mark_of(marks, field.name)
        seen = is_seen(marks, field.name, row)
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
