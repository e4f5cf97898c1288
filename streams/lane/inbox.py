"""Records read but not yet taken: one queue a topic, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.inbound.columns import Columns
from features.inbound.layout import TOPICS, UNKNOWN, WIDTH
from features.inbound.rejected import Rejected
from features.inbound.spans import Spans
from features.inbound.spans import joined as joined_spans
from features.ledger import NONE, Ledger
from features.order import BAD


@dataclass(slots=True)
class Chunk:
    """Some records of one topic in offset order, good and refused; raw bytes are kept, objects are not."""

    kind: NDArray[np.uint8]
    occurred: NDArray[np.int64]
    stamp: NDArray[np.int64]
    event: NDArray[np.uint64]
    slot: NDArray[np.int64]
    fields: NDArray[np.int64]
    offset: NDArray[np.int64]
    values: Spans
    keys: Spans | None
    refused: dict[int, Rejected]
    """Reason by offset."""

    def __len__(self) -> int:
        return len(self.kind)


def chunk(
    ledger: Ledger,
    columns: Columns,
    index: Sequence[int],
    rejected: Sequence[tuple[int, Rejected]],
    offsets: NDArray[np.int64],
    values: Spans,
    keys: Spans | None = None,
    stamps_ms: NDArray[np.int64] | None = None,
) -> Chunk:
    """Put the good ones (they stand at `index`) and the refused ones of a run of records together."""
    count = len(values)
    slots = ledger.intern(columns.holders)
    stamp = np.full(count, NONE, np.int64) if stamps_ms is None else stamps_ms * 1000
    if not rejected:
        kind, occurred, event, fields, slot = (
            columns.kind,
            columns.occurred,
            columns.event,
            columns.fields,
            slots,
        )
    else:
        kind = np.full(count, BAD, np.uint8)
        occurred = np.full(count, NONE, np.int64)
        event = np.zeros(count, np.uint64)
        fields = np.full((count, WIDTH), UNKNOWN, np.int64)
        slot = np.full(count, -1, np.int64)
        good = np.asarray(index, np.int64)
        kind[good], occurred[good], event[good] = columns.kind, columns.occurred, columns.event
        fields[good], slot[good] = columns.fields, slots
    refused = {int(offsets[position]): reason for position, reason in rejected}
    return Chunk(kind, occurred, stamp, event, slot, fields, offsets, values, keys, refused)


def joined(first: Chunk, second: Chunk) -> Chunk:
    """Two chunks of one topic, one behind the other."""
    return Chunk(
        kind=np.concatenate((first.kind, second.kind)),
        occurred=np.concatenate((first.occurred, second.occurred)),
        stamp=np.concatenate((first.stamp, second.stamp)),
        event=np.concatenate((first.event, second.event)),
        slot=np.concatenate((first.slot, second.slot)),
        fields=np.concatenate((first.fields, second.fields)),
        offset=np.concatenate((first.offset, second.offset)),
        values=joined_spans((first.values, second.values)),
        keys=None if first.keys is None or second.keys is None else joined_spans((first.keys, second.keys)),
        refused=first.refused | second.refused,
    )


class Inbox:
    """The queues of a lane."""

    def __init__(self) -> None:
        self.chunks: list[Chunk | None] = [None] * len(TOPICS)

    def put(self, topic: int, more: Chunk) -> None:
        """Append records to a topic's queue."""
        if len(more):
            waiting = self.chunks[topic]
            self.chunks[topic] = more if waiting is None else joined(waiting, more)

    def waiting(self, topic: int) -> int:
        """How many records of a topic wait."""
        waiting = self.chunks[topic]
        return 0 if waiting is None else len(waiting)

    def drop(self, topic: int, count: int) -> None:
        """Forget the first `count` records of a topic: they were taken."""
        waiting = self.chunks[topic]
        if waiting is None or count == 0:
            return
        if count == len(waiting):
            self.chunks[topic] = None
            return
        first = int(waiting.offset[count])  # the batch under way still reads the reasons of those it took
        self.chunks[topic] = Chunk(
            kind=waiting.kind[count:],
            occurred=waiting.occurred[count:],
            stamp=waiting.stamp[count:],
            event=waiting.event[count:],
            slot=waiting.slot[count:],
            fields=waiting.fields[count:],
            offset=waiting.offset[count:],
            values=waiting.values.part(count, len(waiting)),
            keys=None if waiting.keys is None else waiting.keys.part(count, len(waiting)),
            refused={offset: reason for offset, reason in waiting.refused.items() if offset >= first},
        )
