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
from features.inbound.scan import Out, scan
from features.inbound.strict import read
from features.inbound.structs import Record
from features.inbound.tables import TABLES

_RECORDS: Final = msgspec.json.Decoder(list[Record])


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
    columns, ignored = _scanned([value or b"" for value in values])
    plain = np.flatnonzero(ignored >= 0).tolist()
    decode = _RECORD.decode
    columns.records.extend([decode(values[row]) for row in plain])
    if len(plain) == len(values):
        columns.cardholder.extend(holders_of(columns.records))
        return Batch(columns, plain, [], int(ignored.sum()))
    return _completed(values, columns, ignored)


def _scanned(values: list[bytes]) -> tuple[Columns, NDArray[np.int64]]:
    """The columns of plain records, as long as `values`, and for each how many fields are ignored."""
    count = len(values)
    ends = np.cumsum(np.fromiter(map(len, values), np.int64, count), dtype=np.int64)
    starts = np.zeros(count, np.int64)
    starts[1:] = ends[:-1]
    kind, occurred = np.zeros(count, np.uint8), np.zeros(count, np.int64)
    event, fields = np.zeros(count, np.uint64), np.full((count, WIDTH), UNKNOWN, np.int64)
    text = np.frombuffer(b"".join(values), np.uint8)
    ignored = scan(text, starts, ends, WORDS, NAME_BUCKETS, FIELDS, kind, occurred, event, fields)
    return Columns([], kind, occurred, event, fields, []), ignored
