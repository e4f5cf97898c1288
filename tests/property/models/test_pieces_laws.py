"""What is kept in pieces comes back as it was, whenever it was kept, and whatever was lost on the way."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.band import BLOCK, RecentRows
from models.classroom import Classroom
from models.lessons import Label, Observation, Outcome, Treatment
from models.pieces import Pieces
from streams.adapters.memory_store import MemoryStore
from streams.ports.failures import UnreachableError
from streams.worker.keeping import Keeping

NAMES = ("risk", "noise")
_HOLDERS = st.sampled_from([f"c{n}" for n in range(6)])
_STATEMENTS = st.sampled_from([f"s{n}" for n in range(4)])
_TIMES = st.integers(0, 300).map(lambda day: day * 86_400_000_000)
_DELIVERIES = st.one_of(
    st.builds(
        Observation,
        _HOLDERS,
        _STATEMENTS,
        _TIMES,
        st.tuples(st.none() | st.floats(-9, 9), st.floats(0, 9)),
        st.none() | st.floats(0, 1),
        st.integers(1, 9),
    ),
    st.builds(
        Label, _HOLDERS, _STATEMENTS, st.sampled_from(("bad", "good", "set_aside")), _TIMES, st.just("x")
    ),
    st.builds(Treatment, _HOLDERS, _TIMES, st.sampled_from(("halved", "spared"))),
    st.builds(Outcome, _HOLDERS, _TIMES, st.sampled_from(("charged_off", "cured", "fraud_confirmed"))),
)
_EVENTS = st.sampled_from(("keep", "restart", "fails", "fails_late", "older"))


class Moody(MemoryStore):
    """A shelf that fails when told to, before or after it has kept; or comes back with an older state."""

    def __init__(self) -> None:
        super().__init__()
        self.mood = "keep"
        self._older: dict[str, Any] = {}

    async def put_pieces(self, *args: Any) -> str | None:
        mood, self.mood = self.mood, "keep"
        if mood == "fails":
            raise UnreachableError("no connection")
        before = dict(self._shelf)
        mark = await super().put_pieces(*args)
        if mood == "fails_late":
            raise UnreachableError("no answer")
        if mood == "older":
            self._shelf = before
        return mark


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(("put", "pop", "oldest", "keep", "restart")), st.integers(0, 30)),
        max_size=150,
    )
)
def test_pieces_are_an_ordered_mapping(steps: list[tuple[str, int]]) -> None:
    held: Pieces[str] = Pieces(str, 4)
    plain: OrderedDict[str, bytes] = OrderedDict()
    shelf: dict[str, bytes] = {}
    kept: list[tuple[str, bytes]] = []
    for turn, (what, number) in enumerate(steps):
        key = str(number)
        if what == "put":
            held.put(key, str(turn).encode())
            plain[key] = str(turn).encode()
        elif what == "pop":
            assert held.pop(key) == plain.pop(key, None)
        elif what == "oldest" and plain:
            assert held.pop(held.oldest()) == plain.popitem(last=False)[1]
        elif what == "keep":
            for name, body in held.tell(whole=False):
                if body is None:
                    shelf.pop(name, None)
                else:
                    shelf[name] = body
            held.confirm()
            kept = list(plain.items())
        else:
            held = Pieces[str](str, 4).resume(shelf)
            plain = OrderedDict(kept)
        assert list(zip(held, held.values(), strict=True)) == list(plain.items())
    assert list(zip(held, held.values(), strict=True)) == list(plain.items())
    whole = {name: body for name, body in held.tell(whole=True) if body is not None}
    again = Pieces[str](str, 4).resume(whole)
    assert list(zip(again, again.values(), strict=True)) == list(plain.items())
    assert len(whole) <= len(plain) + 1  # the newest may be empty


@settings(deadline=None)
@given(st.lists(_DELIVERIES | _EVENTS, max_size=120), st.integers(2, 8))
def test_a_classroom_goes_on_from_what_was_kept(course: list[Any], limit: int) -> None:
    asyncio.run(_goes_on(course, limit))


async def _goes_on(course: list[Any], limit: int) -> None:
    """A course with keeps and restarts in it; what a restart forgets is delivered again, as by the log."""

    def fresh() -> Classroom:
        classroom = Classroom(NAMES, waiting_limit=limit, band_rows=7, metric_window=5)
        joiner = classroom.joiner
        for pieces in (joiner.waiting, joiner.early, joiner.settled, joiner.gradebook.marks):
            pieces._size = 4
        return classroom

    straight, store = fresh(), Moody()
    for delivery in course:
        if not isinstance(delivery, str):
            straight.attend([delivery])
    classroom, keeping = fresh(), Keeping(store, "classroom")
    place = 0
    restarts = [n for n, one in enumerate(course) if one == "restart"]
    while place < len(course):
        one = course[place]
        place += 1
        if one == "restart" and place - 1 in restarts:
            restarts.remove(place - 1)  # it is passed again
            keeping = Keeping(store, "classroom")
            kept = await keeping.open()
            classroom, place = fresh(), 0
            if kept is not None:
                classroom, place = Classroom.from_kept(kept.value, kept.pieces, NAMES), kept.covers
                keeping.goes_on(kept)
        elif isinstance(one, str):
            store.mood = one
            try:
                assert await keeping.keep(place, classroom)
            except UnreachableError:
                assert one.startswith("fails")
        else:
            classroom.attend([one])
    assert classroom.to_json() == straight.to_json()
    assert await Keeping(store, "other").keep(1, classroom)
    found = await store.get_pieces("other")
    assert found is not None
    assert Classroom.from_kept(found.value, found.pieces, NAMES).to_json() == straight.to_json()


@settings(deadline=None)
@given(st.integers(1, 3 * BLOCK), st.lists(st.integers(0, 2 * BLOCK), max_size=6))
def test_rows_come_back_as_they_lay(size: int, courses: list[int]) -> None:
    rows, shelf, n = RecentRows(size, 2), dict[str, bytes](), 0
    for course in courses:
        for _ in range(course):
            rows.add(np.array([n, np.nan]))
            n += 1
        told = dict(rows.tell(whole=False))
        assert len(told) <= course // BLOCK + 4  # both ends, and where the ring closes
        shelf |= {name: body for name, body in told.items() if body is not None}
        rows.confirm()
        again = RecentRows(size, 2).resume(shelf)
        np.testing.assert_array_equal(again.rows(), rows.rows())
        assert len(again) == len(rows) == min(n, size)
