"""Rows as Redis is sent them, beside what its own client makes of the same arguments."""

from __future__ import annotations

from typing import Any

import hiredis
import pytest

from streams.adapters.redis_clients import FastConnection, async_client, takes_frames
from streams.adapters.redis_frames import framed
from streams.ports.rows import Rows

SIZES = (0, 1, 7, 9, 10, 11, 99, 100, 101, 999, 1_000, 9_999, 10_000, 123_456)


def pairs() -> list[tuple[str, bytes]]:
    """Rows of lengths about each power of ten, of names of lengths from 1 to 64."""
    return [
        ("é" if size == 7 else "c" * (1 + size % 64), bytes(place % 256 for place in range(size)))
        for size in SIZES
    ]


@pytest.mark.parametrize("first", [0, 5, len(SIZES)])
def test_a_command_is_what_the_client_makes_of_its_arguments(first: int) -> None:
    known = pairs()
    rows = Rows.of(known).part(first, len(known))
    flat = [part for pair in known[first:] for part in pair]
    connection: Any = FastConnection
    sent = b"".join(connection.pack_command(None, "EVALSHA", "digest", 1, "key", framed(rows)))
    whole: Any = ("EVALSHA", "digest", 1, "key", *flat)
    assert sent == hiredis.pack_command(whole)


def test_what_comes_after_others_is_framed_with_them() -> None:
    known = pairs()
    rows = Rows.of(known[:3]).and_then(Rows.of(known[3:]))
    assert list(rows) == known
    assert bytes(framed(rows).text) == bytes(framed(Rows.of(known)).text)


def test_a_client_of_other_connections_takes_no_frames() -> None:
    assert takes_frames(async_client("redis://nowhere:1", 1.0, cluster=False))
    assert not takes_frames(async_client("rediss://nowhere:1", 1.0, cluster=False))
    assert not takes_frames(async_client("redis://nowhere:1", 1.0, cluster=True))
