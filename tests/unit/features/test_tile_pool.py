"""A pool of tiles that grows keeps what is in it."""

from __future__ import annotations

from features.tiles import TOP, TilePool


def test_growing_keeps_tiles_and_adds_blank_ones() -> None:
    pool = TilePool()
    pool.reserve()
    many = len(pool.entries)
    pool.heads[TOP] = many
    pool.entries["sum"] = range(many)
    pool.reserve(100)
    assert len(pool.entries) >= many + 100
    assert pool.entries["sum"][:many].tolist() == list(range(many))
    assert not pool.entries["sum"][many:].any()
    assert not pool.entries["key"][many:].any()
