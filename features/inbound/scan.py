"""One compiled pass over many values at once: which records are plain, and the columns of those.

A plain record is one that the strict reader accepts and that asks nothing unusual: every doubt (escapes in
ids, repeated keys, exponents, surrogates, deep nesting, anything wrong) is left to the strict reader. So this
pass decides nothing of its own; a property test holds that both agree to the bit.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.inbound.fields import read_fields
from features.inbound.layout import UNKNOWN, WIDTH
from features.inbound.marks import MARKS, MOST_EXTRAS, Names, is_seen, mark_of, split
from features.inbound.readers import find
from features.inbound.strict import LARGEST_RECORD
from features.inbound.tables import FIRST_NAME, KIND_NAME
from features.inbound.tokens import DOUBT, STRING

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]


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
    marks = np.full((len(words), MARKS), -1, np.int64)
    extras = np.empty((MOST_EXTRAS, 2), np.int64)
    names = Names(words, buckets, literals, sizes, np.full(len(sizes), -1, np.int64))
    date = np.full(3, UNKNOWN, np.int64)
    for row in range(len(starts)):
        for column in range(WIDTH):
            columns[row, column] = UNKNOWN
        holder_starts[row] = holder_ends[row] = 0
        if ends[row] - starts[row] > LARGEST_RECORD:
            continue
        members = split(text, starts[row], ends[row], row, names, marks, extras)
        mark = mark_of(marks, KIND_NAME)
        if members == DOUBT or not is_seen(marks, KIND_NAME, row) or mark.token != STRING:
            continue
        kind = find(text, mark.start + 1, mark.end - 1, words, 0, FIRST_NAME)
        if kind < 0:
            continue
        known, time, event = read_fields(
            text, row, kind, words, fields, marks, date, columns, holder_starts, holder_ends
        )
        if known == DOUBT:
            continue
        kinds[row] = kind
        occurred[row] = time
        events[row] = event
        ignored[row] = members - known - 1
    return ignored
