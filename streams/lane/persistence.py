"""What of a lane must outlive the process, as bytes: cardholders one by one, and the lane itself."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import numpy as np

from features.packing import pack_rows, unpack_row
from rules.case import Case, Fuse
from streams.lane.engine import LaneEngine

_case_encoder = msgspec.msgpack.Encoder()
_case_decoder = msgspec.msgpack.Decoder(Case)


class LaneState(msgspec.Struct):
    """The lane itself: its clock, its counts, its breaker."""

    clock: list[int]
    counts: list[int]
    duplicates: int
    ignored_results: int
    fuse: Fuse


def rows_of(engine: LaneEngine, slots: Iterable[int]) -> list[tuple[str, bytes]]:
    """(cardholder id, packed row and case) of some slots, in order of slot."""
    wanted = sorted(slots)
    ids, cases = engine.ledger.ids, engine.desk.cases
    packed = pack_rows(engine.ledger, np.array(wanted, np.int64))
    return [
        (ids[slot], row + _case_encoder.encode(cases[slot]) if slot in cases else row)
        for slot, row in zip(wanted, packed, strict=True)
    ]


def lane_state(engine: LaneEngine) -> bytes:
    """What the lane itself remembers."""
    state = LaneState(
        engine.clock.tolist(),
        engine.counts.tolist(),
        engine.duplicates,
        engine.desk.ignored_results,
        engine.desk.fuse,
    )
    return msgspec.msgpack.encode(state)


def restore(engine: LaneEngine, state: bytes | None, rows: Iterable[tuple[str, bytes]]) -> None:
    """Bring a fresh engine to where another one was."""
    if state is not None:
        lane = msgspec.msgpack.decode(state, type=LaneState)
        engine.clock[:] = lane.clock
        engine.counts[:] = lane.counts
        engine.duplicates = lane.duplicates
        engine.desk.ignored_results = lane.ignored_results
        engine.desk.fuse = lane.fuse
    for cardholder, packed in rows:
        taken = unpack_row(engine.ledger, cardholder, packed)
        if taken < len(packed):
            slot = engine.ledger.slots[cardholder]
            engine.desk.cases[slot] = _case_decoder.decode(packed[taken:])
    engine.mirror_all()
