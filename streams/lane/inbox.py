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

    def after(self, count: int) -> Chunk:
        """All but the first `count`, of which there must be more."""
        first = int(self.offset[count])
        return Chunk(
            kind=self.kind[count:],
            occurred=self.occurred[count:],
            stamp=self.stamp[count:],
            event=self.event[count:],
            slot=self.slot[count:],
            fields=self.fields[count:],
            offset=self.offset[count:],
            values=self.values.part(count, len(self)),
            keys=None if self.keys is None else self.keys.part(count, len(self)),
            refused={offset: reason for offset, reason in self.refused.items() if offset >= first},
        )


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


class Inbox:
    """The queues of a lane. What comes is kept in the pieces it came in: texts are never joined."""

    def __init__(self) -> None:
        self._pieces: list[list[Chunk]] = [[] for _ in TOPICS]
        self._waiting = [0] * len(TOPICS)

    def put(self, topic: int, more: Chunk) -> None:
        """Append records to a topic's queue."""
        if len(more):
            self._pieces[topic].append(more)
            self._waiting[topic] += len(more)

    def waiting(self, topic: int) -> int:
        """How many records of a topic wait."""
        return self._waiting[topic]

    def pieces(self, topic: int) -> list[Chunk]:
        """The whole queue of a topic."""
        return list(self._pieces[topic])

    def drop(self, topic: int, count: int) -> None:
        """Forget the first `count` records of a topic: they were taken."""
        self._waiting[topic] -= count
        pieces = self._pieces[topic]
        while count and len(pieces[0]) <= count:
            count -= len(pieces.pop(0))
        if count:
            pieces[0] = pieces[0].after(count)
