"""Many values at once: structs and columns together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from features.inbound.columns import Columns, holders_of, to_columns
from features.inbound.layout import UNKNOWN, WIDTH
from features.inbound.rejected import Rejected
from features.inbound.scan import scan
from features.inbound.strict import read
from features.inbound.structs import Record
from features.inbound.tables import FIELDS, NAME_BUCKETS, WORDS

_RECORD: Final = msgspec.json.Decoder(Record)


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of a run of values."""

    columns: Columns
    """The accepted ones."""
    index: list[int]
    """Where each accepted one stood in the input."""
    rejected: list[tuple[int, Rejected]]
    """Input index and reason of each refused one, in input order."""
    extra_fields: int
    """Fields ignored in the accepted ones (contract 1.3)."""


def read_batch(values: Sequence[bytes | None]) -> Batch:
    """Read all values: the plain ones together, the others one by one."""
    known = [value or b"" for value in values]
    columns, ignored = _scanned(known)
    decode = _RECORD.decode
    if not len(ignored) or ignored.min() >= 0:
        columns.records.extend([decode(value) for value in known])
        columns.cardholder.extend(holders_of(columns.records))
        return Batch(columns, list(range(len(known))), [], int(ignored.sum()))
    rejected: list[tuple[int, Rejected]] = []
    others: dict[int, Record] = {}
    for row in np.flatnonzero(ignored < 0).tolist():
        try:
            others[row], ignored[row] = read(values[row])
        except Rejected as refusal:
            rejected.append((row, refusal))
    _fill(columns, others)
    good = np.flatnonzero(ignored >= 0)
    index = good.tolist()
    records = [others[row] if row in others else decode(known[row]) for row in index]
    columns = Columns(
        records=records,
        kind=columns.kind[good],
        occurred=columns.occurred[good],
        event=columns.event[good],
        fields=columns.fields[good],
        cardholder=holders_of(records),
    )
    return Batch(columns, index, rejected, int(ignored[good].sum()))


def _scanned(values: list[bytes]) -> tuple[Columns, NDArray[np.int64]]:
    """The columns of plain records, yet without structs, and for each how many of its fields are ignored."""
    count = len(values)
    ends = np.cumsum(np.fromiter(map(len, values), np.int64, count), dtype=np.int64)
    starts = np.zeros(count, np.int64)
    starts[1:] = ends[:-1]
    kind, occurred = np.zeros(count, np.uint8), np.zeros(count, np.int64)
    event, fields = np.zeros(count, np.uint64), np.full((count, WIDTH), UNKNOWN, np.int64)
    text = np.frombuffer(b"".join(values), np.uint8)
    ignored = scan(text, starts, ends, WORDS, NAME_BUCKETS, FIELDS, kind, occurred, event, fields)
    return Columns([], kind, occurred, event, fields, []), ignored


def _fill(columns: Columns, others: dict[int, Record]) -> None:
    """Write the rows of records that the strict reader read."""
    rows, strict = list(others), to_columns(list(others.values()))
    columns.kind[rows] = strict.kind
    columns.occurred[rows] = strict.occurred
    columns.event[rows] = strict.event
    columns.fields[rows] = strict.fields
