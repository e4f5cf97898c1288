from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.inbound.spans import Spans
from features.roster import EMPTY, MISSING, Roster

if TYPE_CHECKING:
    from collections.abc import Iterable


def found(roster: Roster, ids: Iterable[bytes]) -> list[int]:
    slots: list[int] = roster.find(Spans.of(list(ids))).tolist()
    return slots


def put(roster: Roster, slot: int, name: bytes) -> None:
    roster.put(np.array([slot]), Spans.of([name]))


def test_a_known_an_unknown_and_an_empty_id() -> None:
    roster = Roster()
    assert found(roster, [b"a", b""]) == [MISSING, EMPTY]
    put(roster, 0, b"a")
    put(roster, 7, b"b" * 64)
    assert found(roster, [b"b" * 64, b"a", b"aa", b"", b"b" * 63]) == [7, 0, MISSING, EMPTY, MISSING]


def test_many_ids() -> None:
    roster = Roster()
    ids = [b"ch-%d" % number for number in range(20_000)]
    roster.put(np.arange(100), Spans.of(list(ids[:100])))
    roster.put(np.arange(20_000)[:99:-1], Spans.of(list(ids[:99:-1])))
    assert found(roster, ids) == list(range(20_000))
    assert found(roster, [b"ch-20000"]) == [MISSING]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(1, 64)), min_size=1, max_size=400),
)
def test_slots_that_change_hands(changes: list[tuple[int, int]]) -> None:
    roster = Roster()
    held: dict[int, bytes] = {}
    for number, (slot, size) in enumerate(changes):
        if slot in held:
            roster.drop(np.array([slot]))
            del held[slot]
        else:
            held[slot] = (b"%d." % number).ljust(size, b"x")
            put(roster, slot, held[slot])
    assert found(roster, held.values()) == list(held)
    gone = [b"%d." % number for number in range(len(changes)) if b"%d." % number not in held.values()]
    assert set(found(roster, gone)) <= {MISSING}
