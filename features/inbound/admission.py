"""Checks that need the place a record came from: its topic, key and Kafka timestamp (contract 2.4, 2.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.inbound.batch import read_batch
from features.inbound.columns import Columns
from features.inbound.decode import decode
from features.inbound.layout import CONTROL_TOPIC, KINDS, TICK, TOPIC_OF_KIND, TOPICS
from features.inbound.rejected import Rejected
from features.inbound.spans import Spans, differ
from features.inbound.structs import CODES, BreakerReset, Record, Tick
from features.inbound.times import DAY

_TOPIC_OF_KIND: Final = np.array(TOPIC_OF_KIND)
_NONE_DIFFER: Final = np.zeros(0, np.bool_)
_NO_STAMPS: Final = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Run:
    """A run of records of one topic: the good ones as columns, the refused ones with their reason."""

    columns: Columns
    index: Sequence[int]
    """Where each good record stood in the input."""
    rejected: list[tuple[int, Rejected]]
    """Input index and reason of each refused one, in input order."""
    extra_fields: int
    """Fields ignored in the records that could be decoded (contract 1.3)."""


def check_topic(record: Record, topic_index: int) -> None:
    """A kind on another topic than its own is refused as schema (contract 2.4)."""
    kind = CODES[type(record)]
    if TOPIC_OF_KIND[kind] != topic_index:
        raise _misplaced(kind, getattr(record, "cardholder_id", None))


def check_key(record: Record, key: bytes | None) -> None:
    """The Kafka key must be the cardholder; control's key is ignored (contract 2.4)."""
    if isinstance(record, Tick | BreakerReset):
        return
    if key != record.cardholder_id.encode():
        found = "null" if key is None else "another than cardholder_id"
        raise Rejected(
            "key_mismatch",
            f"the Kafka key is {found}",
            kind=CODES[type(record)],
            cardholder_id=record.cardholder_id,
        )


def check_stamp(occurred_us: int, kafka_timestamp_ms: int) -> None:
    """Refuse what is dated more than 24 h after its own Kafka timestamp (contract 2.5).

    A negative timestamp is Kafka's way to say that there is none.
    """
    if kafka_timestamp_ms >= 0 and occurred_us - kafka_timestamp_ms * 1000 > DAY:
        raise Rejected("too_early", "occurred_at is more than 24 h after the Kafka timestamp")


def read_run(
    topic: int,
    values: Spans | Sequence[bytes | None],
    keys: Spans | Sequence[bytes | None] | None,
    stamps: NDArray[np.int64] | Sequence[int] | None,
) -> Run:
    """Decode and check records of one topic, in the order of contract 2.4.

    Without keys or stamps (file mode) these are not checked. Ticks are measured against the watermark only,
    so not against their Kafka timestamp (contract 2.5).
    """
    values = values if isinstance(values, Spans) else Spans.of(values)
    keys = keys if keys is None or isinstance(keys, Spans) else Spans.of(keys)
    stamps = None if stamps is None else np.asarray(stamps, np.int64)
    batch = read_batch(values)
    columns, index = batch.columns, batch.index
    rejected = [(position, _placed(refusal, topic)) for position, refusal in batch.rejected]
    if len(index) < len(values):
        good = np.array(index, np.int64)
        keys = None if keys is None else keys.take(good)
        stamps = None if stamps is None else stamps[good]
    refused: dict[int, Rejected] = {}
    for row in _suspects(topic, columns, keys, stamps).tolist():
        record = decode(values[index[row]])
        try:
            check_topic(record, topic)
            if keys is not None:
                check_key(record, keys[row])
            if stamps is not None and columns.kind[row] != TICK:
                check_stamp(int(columns.occurred[row]), int(stamps[row]))
        except Rejected as refusal:
            refused[row] = refusal
    if refused:
        rejected += [(index[row], refusal) for row, refusal in refused.items()]
        rejected.sort(key=itemgetter(0))
        left = [row for row in range(len(index)) if row not in refused]
        columns, index = columns.take(left), [index[row] for row in left]
    return Run(columns, index, rejected, batch.extra_fields)


def _suspects(
    topic: int, columns: Columns, keys: Spans | None, stamps: NDArray[np.int64] | None
) -> NDArray[np.int64]:
    """Rows that some check may refuse: usually none."""
    different = _NONE_DIFFER if keys is None or topic == CONTROL_TOPIC else differ(keys, columns.holders)
    suspects: NDArray[np.int64] = _suspected(
        topic, columns.kind, columns.occurred, _NO_STAMPS if stamps is None else stamps, different
    )
    return suspects


@njit(cache=True, nogil=True)
def _suspected(
    topic: int,
    kind: NDArray[np.uint8],
    occurred: NDArray[np.int64],
    stamps: NDArray[np.int64],
    different: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """`stamps` and `different` are empty where nothing is checked by them."""
    found = np.empty(len(kind), np.int64)
    count = 0
    for row in range(len(kind)):
        suspect = _TOPIC_OF_KIND[kind[row]] != topic
        if len(different):
            suspect |= different[row]
        if len(stamps):
            # Whole milliseconds, so that no Kafka timestamp overflows: x > 1000 s is (x - 1) // 1000 >= s.
            suspect |= (occurred[row] - (DAY + 1)) // 1000 >= stamps[row]
        if suspect:
            found[count] = row
            count += 1
    return found[:count]


def _placed(refusal: Rejected, topic: int) -> Rejected:
    """A record on a foreign topic fails as schema, before its ids are looked at (contract 2.4)."""
    if refusal.code == "pan_in_clear" and refusal.kind is not None and TOPIC_OF_KIND[refusal.kind] != topic:
        return _misplaced(refusal.kind, refusal.cardholder_id)
    return refusal


def _misplaced(kind: int, cardholder_id: str | None) -> Rejected:
    own = TOPICS[TOPIC_OF_KIND[kind]]
    return Rejected(
        "schema", f"kind: {KINDS[kind]} belongs on topic {own}", kind=kind, cardholder_id=cardholder_id
    )
