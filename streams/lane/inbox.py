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


def joined(parts: Sequence[Chunk]) -> Chunk:
    """Chunks of one topic, one behind the other."""
    if len(parts) == 1:
        return parts[0]
    keys = [part.keys for part in parts if part.keys is not None]
    refused = {offset: reason for part in parts for offset, reason in part.refused.items()}
    return Chunk(
        kind=np.concatenate([part.kind for part in parts]),
        occurred=np.concatenate([part.occurred for part in parts]),
        stamp=np.concatenate([part.stamp for part in parts]),
        event=np.concatenate([part.event for part in parts]),
        slot=np.concatenate([part.slot for part in parts]),
        fields=np.concatenate([part.fields for part in parts]),
        offset=np.concatenate([part.offset for part in parts]),
        values=joined_spans([part.values for part in parts]),
        keys=joined_spans(keys) if len(keys) == len(parts) else None,
        refused=refused,
    )


class Inbox:
    """The queues of a lane. What comes is kept in the pieces it came in until a batch is to begin."""

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

    @property
    def chunks(self) -> list[Chunk | None]:
        """The whole queue of each topic; None where nothing waits."""
        for pieces in self._pieces:
            if len(pieces) > 1:
                pieces[:] = [joined(pieces)]
        return [pieces[0] if pieces else None for pieces in self._pieces]

    def drop(self, topic: int, count: int) -> None:
        """Forget the first `count` records of a topic: they were taken."""
        if count == 0:
            return
        waiting = joined(self._pieces[topic])
        self._waiting[topic] -= count
        self._pieces[topic].clear()
        if count == len(waiting):
            return
        first = int(waiting.offset[count])  # the batch under way still reads the reasons of those it took
        rest = Chunk(
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
        self._pieces[topic].append(rest)
