"""A pool of tiles that grows keeps what is in it, also where somebody looks at it meanwhile."""

from __future__ import annotations

from features.tiles import TOP, TilePool


def _filled() -> TilePool:
    pool = TilePool()
    pool.reserve()
    pool.heads[TOP] = len(pool.entries)
    pool.entries["sum"] = range(len(pool.entries))
    return pool


def test_growing_keeps_tiles_and_adds_blank_ones() -> None:
    pool = _filled()
    many = len(pool.entries)
    pool.reserve(100)
    assert len(pool.entries) >= many + 100
    assert pool.entries["sum"][:many].tolist() == list(range(many))
    assert not pool.entries["sum"][many:].any()
    assert not pool.entries["key"][many:].any()


def test_growing_leaves_others_what_they_look_at() -> None:
    pool = _filled()
    many = len(pool.entries)
    seen = pool.entries["sum"]
    pool.reserve(100)
    pool.entries["sum"][0] = 77
    assert seen.tolist() == list(range(many))
    assert pool.entries["sum"][:many].tolist() == [77, *range(1, many)]
