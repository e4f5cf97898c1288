"""Record bytes to structs (contract 1.2-1.4, 2.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from features.inbound.batch import read_batch
from features.inbound.rejected import Rejected
from features.inbound.strict import LARGEST_RECORD, read
from features.inbound.structs import Record

_PLAIN: Final = msgspec.json.Decoder(Record)


class _Named(msgspec.Struct):
    """All that is wanted of a record's name."""

    event_id: str


_NAMED: Final = msgspec.json.Decoder(_Named)

__all__ = ["LARGEST_RECORD", "Decoded", "Record", "Rejected", "decode", "decode_many", "event_id_of"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """What became of a run of values, in their order."""

    items: list[Record | Rejected]
    extra_fields: int
    """Fields ignored in the records that were accepted (contract 1.3)."""


def decode(value: bytes | None) -> Record:
    """One record; raises Rejected: too_large, invalid_json, schema or pan_in_clear."""
    return read(value)[0]


def event_id_of(value: bytes) -> str:
    """The event_id of a record that was accepted: much faster than `decode`, and checks nothing."""
    try:
        return _NAMED.decode(value).event_id
    except msgspec.ValidationError:  # of a repeated key the last counts, whatever stood there first
        return decode(value).event_id


def decode_many(values: Sequence[bytes | None]) -> Decoded:
    """Many records; a refused one stands as its Rejected."""
    batch = read_batch(values)
    items: list[Record | Rejected] = [
        batch.others[row] if row in batch.others else _PLAIN.decode(values[row] or b"") for row in batch.index
    ]
    for position, refusal in batch.rejected:
        items.insert(position, refusal)
    return Decoded(items, batch.extra_fields)
