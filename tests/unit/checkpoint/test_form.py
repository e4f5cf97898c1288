"""A checkpoint is read as it was written, or refused."""

from __future__ import annotations

import io
import random

import msgspec
import pytest

from streams.checkpoint.form import CheckpointError, Trailer, Writer, read
from streams.ports.outbox import Cut

CUT = Cut(7, (1, 2, 3, 4, 5, 6, 7), (1, 0, 0, 0), "m.1", "r1", 5, "ab", "0123456789abcdef")
TRAILER = Trailer(3, CUT, b"state")


def written(*pages: list[tuple[str, bytes]], trailer: Trailer = TRAILER) -> bytes:
    file = io.BytesIO()
    writer = Writer(file)
    for page in pages:
        writer.page(page)
    writer.finish(trailer)
    return file.getvalue()


def test_the_last_page_counts() -> None:
    found = read(io.BytesIO(written([("a", b"1"), ("b", b"2" * 999)], [], [("a", b"3"), ("é", b"")])))
    assert found.trailer == TRAILER
    assert found.rows == {"a": b"3", "b": b"2" * 999, "é": b""}
    assert read(io.BytesIO(written())).rows == {}


def test_damage_anywhere_is_seen() -> None:
    rng = random.Random(5)
    whole = written([(f"c{number}", rng.randbytes(40)) for number in range(20)], [("c1", b"new")])
    for place in range(len(whole)):
        hurt = bytearray(whole)
        hurt[place] ^= 1 << rng.randrange(8)
        with pytest.raises(CheckpointError):
            read(io.BytesIO(hurt))
    for length in range(len(whole)):
        with pytest.raises(CheckpointError):
            read(io.BytesIO(whole[:length]))
    with pytest.raises(CheckpointError):
        read(io.BytesIO(whole + b"\x00"))


@pytest.mark.parametrize("version", [0, 99])
def test_rows_of_another_release_are_refused(version: int) -> None:
    trailer = msgspec.structs.replace(TRAILER, row_version=version)
    with pytest.raises(CheckpointError, match=f"rows of version {version}"):
        read(io.BytesIO(written(trailer=trailer)))
