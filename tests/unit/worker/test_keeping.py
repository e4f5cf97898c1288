from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import pytest

from features.catalogue import MODEL_NAMES
from models.classroom import Classroom
from models.faculty import Faculty
from models.lessons import Label, Observation
from models.snapshot import SnapshotRefusedError
from streams.adapters.memory_store import MemoryStore
from streams.worker.keeping import Keeping

BEFORE = Path(__file__).parents[2] / "data" / "classroom-v1"
"""As they were kept when they were kept whole."""
NAMES = MODEL_NAMES[:4]


def before(name: str) -> bytes:
    return gzip.decompress((BEFORE / f"{name}.json.gz").read_bytes())


def observation(n: int) -> Observation:
    return Observation(f"c{n}", "s9", 10**15 + n, (1.0, 2.0, None, float(n)), None, 9)


def test_a_classroom_that_was_kept_whole_is_opened_and_kept_in_pieces() -> None:
    async def moves() -> Classroom:
        store = MemoryStore()
        await store.put("classroom", 7, before("classroom"))
        keeping = Keeping(store, "classroom")
        found = await keeping.open()
        assert found is not None
        classroom = Classroom.from_kept(found.value, found.pieces, NAMES)
        keeping.goes_on(found)
        assert classroom.to_json() == before("classroom")
        classroom.observe(observation(1))
        assert await keeping.keep(8, classroom)
        classroom.observe(observation(2))
        assert await keeping.keep(9, classroom)
        found = await Keeping(store, "classroom").open()
        assert found is not None
        assert len(found.value) < 20_000
        again = Classroom.from_kept(found.value, found.pieces, NAMES)
        assert again.to_json() == classroom.to_json()
        return again

    opened = asyncio.run(moves())
    assert opened.lessons == 188
    assert opened.joiner.holds(observation(2).key)
    assert opened.mature(Label("c2", "s9", "bad", 10**16, "window_closed")) is not None


def test_a_faculty_that_was_kept_whole_is_opened_and_kept_in_pieces() -> None:
    async def moves() -> None:
        store = MemoryStore()
        await store.put("faculty", 7, before("faculty"))
        keeping = Keeping(store, "faculty")
        found = await keeping.open()
        assert found is not None
        faculty = Faculty.from_kept(found.value, found.pieces)
        assert faculty.to_json() == before("faculty")
        for n in range(3):
            features = tuple(map(float, range(len(MODEL_NAMES))))
            faculty.observe(Observation(f"c{n}", "s9", 10**15 + 10**14, features, 0.2, 9))
            assert await keeping.keep(8 + n, faculty)
        found = await keeping.open()
        assert found is not None
        assert Faculty.from_kept(found.value, found.pieces).to_json() == faculty.to_json()

    asyncio.run(moves())


def test_a_keep_tells_what_changed() -> None:
    async def keeps() -> list[dict[str, bytes]]:
        store, classroom = MemoryStore(), Classroom(NAMES)
        keeping, states = Keeping(store, "classroom"), []
        for n in range(3_000):
            classroom.observe(observation(n))
            if n % 1_000 == 999:
                assert await keeping.keep(n, classroom)
                found = await store.get_pieces("classroom")
                assert found is not None
                states.append(dict(found.pieces))
        return states

    _, second, third = asyncio.run(keeps())
    stayed = {name for name, body in third.items() if second.get(name) == body}
    assert {f"waiting:{piece}" for piece in range(2_000 // 256)} <= stayed
    assert {f"recent:{block}" for block in range(2_000 // 250)} <= stayed


def test_a_classroom_kept_in_part_is_refused() -> None:
    classroom = Classroom(NAMES)
    for n in range(300):
        classroom.observe(observation(n))
    pieces = {
        f"{part}:{name}": body
        for part, kept in classroom.parts().items()
        for name, body in kept.tell(whole=True)
        if body is not None
    }
    with pytest.raises(SnapshotRefusedError, match="waiting: 44 are kept, not 300"):
        Classroom.from_kept(classroom.value(), {k: v for k, v in pieces.items() if k != "waiting:0"}, NAMES)
    with pytest.raises(SnapshotRefusedError, match="waiting: not in pieces"):
        Classroom.from_kept(classroom.value(), pieces | {"waiting:0": b"?"}, NAMES)
    with pytest.raises(SnapshotRefusedError, match="recent: not in pieces"):
        Classroom.from_kept(classroom.value(), pieces | {"recent:0": b"?"}, NAMES)
