"""What of a lane must outlive the process, as bytes: cardholders one by one, and the lane itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from features.packing import pack_rows, unpack_rows
from rules.case import Case, Episode, Fuse
from streams.lane.engine import LaneEngine
from streams.ports.rows import Rows

_case_encoder = msgspec.msgpack.Encoder()
_case_decoder = msgspec.msgpack.Decoder(Case)
_EPISODE = Case.__struct_fields__.index("episode")
_RULES = Episode.__struct_fields__.index("rules")


class LaneState(msgspec.Struct):
    """The lane itself: its clock, its counts, its breaker."""

    clock: list[int]
    counts: list[int]
    duplicates: int
    ignored_results: int
    fuse: Fuse
    watched: list[str] = []
    """The features by which rules were judged in time."""
    wakes_on: int | None = None
    """A date on which all are due, whatever their rows say."""


def rows_of(engine: LaneEngine, slots: Sequence[int] | NDArray[np.int64]) -> Rows:
    """Packed row and case of the cardholders in some slots, which ascend."""
    wanted = np.asarray(slots, np.int64)
    ledger, cases = engine.ledger, engine.desk.cases
    with_case = engine.with_case(wanted)
    places = np.searchsorted(wanted, with_case)
    tails = {
        place: _case_encoder.encode(cases[slot])
        for place, slot in zip(places.tolist(), with_case.tolist(), strict=True)
    }
    return Rows(ledger.names(wanted), pack_rows(ledger, wanted, tails))


def lane_state(engine: LaneEngine) -> bytes:
    """What the lane itself remembers."""
    state = LaneState(
        engine.clock.tolist(),
        [0, 0, *engine.counts[2:].tolist()],  # the first two are of the last pass alone
        engine.duplicates,
        engine.desk.ignored_results,
        engine.desk.fuse,
        sorted(engine.watched),
        engine.wakes_on,
    )
    return msgspec.msgpack.encode(state)


def restore_lane(engine: LaneEngine, state: bytes | None) -> None:
    """Bring a fresh engine to where another one was, but for its rows."""
    if state is None:
        return
    lane = msgspec.msgpack.decode(state, type=LaneState)
    engine.clock[:] = lane.clock
    engine.counts[:] = lane.counts
    engine.duplicates = lane.duplicates
    engine.desk.ignored_results = lane.ignored_results
    engine.desk.fuse = lane.fuse
    engine.judged_until_now_by(frozenset(lane.watched), lane.wakes_on)


def fill(engine: LaneEngine, slots: NDArray[np.int64], packed: Sequence[bytes]) -> None:
    """Bring blank rows and their cases to what was kept of them."""
    taken = unpack_rows(engine.ledger, slots, packed)
    with_case = np.flatnonzero(taken < np.fromiter(map(len, packed), np.int64, len(packed)))
    cases = {int(slots[n]): _case(packed[n][0], packed[n][taken[n] :], engine) for n in with_case.tolist()}
    engine.enter(slots, cases)


def restore(engine: LaneEngine, state: bytes | None, rows: Iterable[tuple[str, bytes]]) -> None:
    """Bring a fresh engine to where another one was, with all its rows."""
    restore_lane(engine, state)
    known = list(rows)
    fill(engine, engine.ledger.place([name for name, _ in known]), [row for _, row in known])


def _case(version: int, packed: bytes, engine: LaneEngine) -> Case:
    """The case behind a row of some version: up to the first, rules were told by their place in the book."""
    if version > 1:
        return _case_decoder.decode(packed)
    written = msgspec.msgpack.decode(packed)
    episode = written[_EPISODE]
    if episode is not None:
        ids = [rule.id for rule in engine.desk.evaluator.rules]
        episode[_RULES] = {ids[n]: target for n, target in episode[_RULES].items() if n < len(ids)}
    return msgspec.convert(written, Case)
