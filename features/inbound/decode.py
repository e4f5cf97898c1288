"""Record bytes to structs (contract 1.2-1.4, 2.4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from features.inbound.batch import read_batch
from features.inbound.rejected import Rejected
from features.inbound.strict import LARGEST_RECORD, read
from features.inbound.structs import Record

__all__ = ["LARGEST_RECORD", "Decoded", "Record", "Rejected", "decode", "decode_many"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """What became of a run of values, in their order."""

    items: list[Record | Rejected]
    extra_fields: int
    """Fields ignored in the records that were accepted (contract 1.3)."""


def decode(value: bytes | None) -> Record:
    """One record; raises Rejected: too_large, invalid_json, schema or pan_in_clear."""
    return read(value)[0]


def decode_many(values: Sequence[bytes | None]) -> Decoded:
    """Many records; a refused one stands as its Rejected."""
    batch = read_batch(values)
    items: list[Record | Rejected] = list(batch.columns.records)
    for position, refusal in batch.rejected:
        items.insert(position, refusal)
    return Decoded(items, batch.extra_fields)
