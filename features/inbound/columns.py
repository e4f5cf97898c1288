"""Records as columns (contract 1.4; the layout is in layout.py)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.inbound import schema
from features.inbound.hashing import hash_texts
from features.inbound.layout import UNKNOWN, WIDTH
from features.inbound.schema import SCHEMA, Field
from features.inbound.spans import Spans
from features.inbound.structs import CODES, Record
from features.inbound.times import parse_date, parse_time


@dataclass(frozen=True, slots=True)
class Columns:
    """A run of records, each column as long as the run."""

    kind: NDArray[np.uint8]
    occurred: NDArray[np.int64]
    """Microseconds since 1970-01-01T00:00:00Z."""
    event: NDArray[np.uint64]
    """Hash of event_id, never 0."""
    fields: NDArray[np.int64]
    """One row of layout.WIDTH columns for each record."""
    holders: Spans
    """The cardholder ids; empty for control."""

    def __len__(self) -> int:
        return len(self.kind)

    def take(self, rows: Sequence[int] | NDArray[np.integer[Any]]) -> "Columns":
        """Some of the rows."""
        index = np.array(rows, np.int64)
        return Columns(
            kind=self.kind[index],
            occurred=self.occurred[index],
            event=self.event[index],
            fields=self.fields[index],
            holders=self.holders.take(index),
        )


def to_columns(records: Sequence[Record]) -> Columns:
    """The columns of records that passed `decode`."""
    kind = np.fromiter((CODES[type(record)] for record in records), np.uint8, len(records))
    occurred = [parse_time(record.occurred_at) for record in records]
    fields = np.full((len(records), WIDTH), UNKNOWN, np.int64)
    for code in np.unique(kind):
        rows = np.flatnonzero(kind == code)
        group = [records[row] for row in rows.tolist()]
        for field in SCHEMA[code]:
            if field.column >= 0:
                fields[rows, field.column] = _column(field, [getattr(record, field.name) for record in group])
    return Columns(
        kind=kind,
        occurred=np.array([UNKNOWN if time is None else time for time in occurred], np.int64),
        event=hash_texts(record.event_id for record in records),
        fields=fields,
        holders=Spans.of([getattr(record, "cardholder_id", "").encode() for record in records]),
    )


def _column(field: Field, values: list[Any]) -> NDArray[np.int64]:
    """One field of records of one kind as numbers."""
    if field.rule in {schema.ID, schema.TEXT}:
        hashes = hash_texts("" if value is None else value for value in values).view(np.int64)
        absent = np.fromiter((value is None for value in values), np.bool_, len(values))
        return np.where(absent, UNKNOWN, hashes)
    numbers = (UNKNOWN if value is None else _number(field, value) for value in values)
    return np.fromiter(numbers, np.int64, len(values))


def _number(field: Field, value: Any) -> int:
    if field.rule in {schema.COUNT, schema.AMOUNT}:
        return int(value)
    if field.rule == schema.CHOICE:
        return field.choices.index(value)
    if field.rule == schema.FLAGS:
        return sum(1 << field.choices.index(name) for name in set(value))
    if field.rule == schema.MCC:
        return int(value) if len(value) == 4 and value.isascii() and value.isdigit() else UNKNOWN
    days = parse_date(value)
    return UNKNOWN if days is None else days
