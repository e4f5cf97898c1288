"""What a lane sends out, and how far it got: the same in the log, the store and the lane."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

DECISIONS, DEAD_LETTERS, OBSERVATIONS, LABELS, MODEL_EVENTS, TREATMENTS, OUTCOMES = range(7)
"""Flows: within each, and within each topic, records have the same order however the input is cut."""

FLOW_TOPICS: Final = (
    "risk-decisions",
    "dead-letters",
    "learning",
    "learning",
    "model-events",
    "learning",
    "learning",
)
"""The topic of each flow, without the prefix."""

NOTHING_SENT: Final = (0,) * len(FLOW_TOPICS)
_FIRST_FLOWS: Final = TREATMENTS + 1


class Message(msgspec.Struct, frozen=True, array_like=True):
    """One record for an output topic."""

    flow: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


class Cut(msgspec.Struct, frozen=True):
    """Where a batch ended. The journal keeps these, so that a replay cuts at the same places."""

    batch: int
    """Number of the batch, from 1, one by one."""
    offsets: tuple[int, ...]
    """Of each input topic the offset after the last record taken."""
    counts: tuple[int, ...] = NOTHING_SENT
    """Records of each flow given out so far, this batch included."""
    model: str | None = None
    """Which model scored: its id and version, as Scorer's snapshot names them."""
    rulebook: str = ""
    watermark: int | None = None
    """The lane's time after the batch, in microseconds (contract 2.3); None before its first record."""
    outputs: str = ""
    """Digest of all that the batch gave out, in order."""
    chain: str = ""
    """Digest of this cut and all before it: by it a state from another past than the log's is known."""
    verdict: str | None = None
    """The verdict by which the lane has fallen back, None as long as it has not."""
    panel: tuple[str, ...] | None = None
    """Models that looked on: what they expected is told with observations. None: no model was registered."""

    def __post_init__(self) -> None:
        """A cut of a time with fewer flows has given out nothing of the others."""
        if len(self.counts) < len(NOTHING_SENT):
            padded = (*self.counts, *NOTHING_SENT[len(self.counts) :])
            msgspec.structs.force_setattr(self, "counts", padded)


def chained(cut: Cut, before: Cut | None) -> Cut:
    """The cut with its digest, given the one before it.

    A flow that came later than the first ones is in it from its first record on: cuts of the time before have
    the digests of then.
    """
    flows = len(cut.counts)
    while flows > _FIRST_FLOWS and not cut.counts[flows - 1]:
        flows -= 1
    counts = cut.counts[:flows]
    told = f"{'' if before is None else before.chain} {cut.batch} {cut.offsets} {counts} {cut.outputs}"
    return msgspec.structs.replace(cut, chain=hashlib.blake2b(told.encode(), digest_size=8).hexdigest())


def digest_of(messages: Sequence[Message]) -> str:
    """Digest of messages: flow, key, value and headers of each, in their order; empty for none."""
    if not messages:
        return ""
    return hashlib.blake2b(_messages_encoder.encode(messages), digest_size=16).hexdigest()


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """What one batch sends out."""

    cut: Cut
    messages: list[Message]


_messages_encoder: Final = msgspec.msgpack.Encoder()
_entry_encoder: Final = msgspec.msgpack.Encoder()
_entry_decoder: Final = msgspec.msgpack.Decoder(Entry)
_cut_decoder: Final = msgspec.json.Decoder(Cut)


def pack_entry(entry: Entry) -> bytes:
    return _entry_encoder.encode(entry)


def unpack_entry(packed: bytes) -> Entry:
    return _entry_decoder.decode(packed)


def cut_to_json(cut: Cut) -> bytes:
    return msgspec.json.encode(cut)


def cut_from_json(raw: bytes) -> Cut:
    return _cut_decoder.decode(raw)


def counted(counts: Sequence[int], messages: Sequence[Message]) -> tuple[int, ...]:
    """The counts of the flows after these messages."""
    after = list(counts)
    for message in messages:
        after[message.flow] += 1
    return tuple(after)


def not_yet_sent(entry: Entry, sent: tuple[int, ...]) -> Entry:
    """The entry without the messages that `sent` (records of each flow) covers already."""
    if all(map(int.__le__, entry.cut.counts, sent)):
        return Entry(entry.cut, [])
    reached = list(entry.cut.counts)
    for message in entry.messages:
        reached[message.flow] -= 1
    if all(map(int.__ge__, reached, sent)):
        return entry
    kept = []
    for message in entry.messages:
        reached[message.flow] += 1
        if reached[message.flow] > sent[message.flow]:
            kept.append(message)
    return Entry(entry.cut, kept)
