"""Many values at once, as columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.inbound.columns import Columns, to_columns
from features.inbound.layout import WIDTH
from features.inbound.rejected import Rejected
from features.inbound.scan import scan
from features.inbound.spans import Spans, joined
from features.inbound.strict import read
from features.inbound.structs import Record
from features.inbound.tables import FIELDS, LITERAL_SIZES, LITERALS, NAME_BUCKETS, WORDS


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of a run of values."""

    columns: Columns
    """The accepted ones."""
    index: Sequence[int]
    """Where each accepted one stood in the input."""
    rejected: list[tuple[int, Rejected]]
    """Input index and reason of each refused one, in input order."""
    extra_fields: int
    """Fields ignored in the accepted ones (contract 1.3)."""
    others: dict[int, Record]
    """The accepted ones that are not plain, by their place in the input."""


def read_batch(values: Spans | Sequence[bytes | None]) -> Batch:
    """Read all values: the plain ones together, the others one by one."""
    spans = values if isinstance(values, Spans) else Spans.of(values)
    columns, ignored = _scanned(spans)
    if not len(ignored) or ignored.min() >= 0:
        return Batch(columns, range(len(spans)), [], int(ignored.sum()), {})
    rejected: list[tuple[int, Rejected]] = []
    others: dict[int, Record] = {}
    for row in np.flatnonzero(ignored < 0).tolist():
        try:
            others[row], ignored[row] = read(spans[row])
        except Rejected as refusal:
            rejected.append((row, refusal))
    if others:
        columns = _filled(columns, others)
    good = np.flatnonzero(ignored >= 0)
    return Batch(columns.take(good), good.tolist(), rejected, int(ignored[good].sum()), others)


def _scanned(values: Spans) -> tuple[Columns, NDArray[np.int64]]:
    """The columns of plain records, and for each how many of its fields are ignored."""
    count = len(values)
    kind, occurred = np.empty(count, np.uint8), np.empty(count, np.int64)
    event, fields = np.empty(count, np.uint64), np.empty((count, WIDTH), np.int64)
    starts, ends = np.empty(count, np.int64), np.empty(count, np.int64)
    ignored = scan(
        values.text,
        values.starts,
        values.ends,
        WORDS,
        NAME_BUCKETS,
        LITERALS,
        LITERAL_SIZES,
        FIELDS,
        kind,
        occurred,
        event,
        fields,
        starts,
        ends,
    )
    return Columns(kind, occurred, event, fields, Spans(values.text, starts, ends)), ignored


def _filled(columns: Columns, others: dict[int, Record]) -> Columns:
    """The columns with the rows of records that the strict reader read."""
    rows, strict = np.array(list(others), np.int64), to_columns(list(others.values()))
    columns.kind[rows] = strict.kind
    columns.occurred[rows] = strict.occurred
    columns.event[rows] = strict.event
    columns.fields[rows] = strict.fields
    both = joined((columns.holders, strict.holders))
    place = np.arange(len(columns), dtype=np.int64)
    place[rows] = len(columns) + np.arange(len(rows))
    return Columns(columns.kind, columns.occurred, columns.event, columns.fields, both.take(place))
