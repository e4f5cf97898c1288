"""However answers are cut on their way, each arrives whole and in its turn."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.adapters.kafka_client import READ_BYTES, Frames
from streams.adapters.kafka_wire import INT

SIZES = st.one_of(
    st.integers(0, 40), st.integers(READ_BYTES - 8, READ_BYTES + 8), st.sampled_from([3 * READ_BYTES])
)
CUTS = st.lists(st.one_of(st.integers(1, 9), st.integers(1, 2 * READ_BYTES)), min_size=1, max_size=40)


def received(stream: bytes, cuts: list[int]) -> list[bytes]:
    """What comes of bytes that a transport reads in such pieces, again and again."""
    found: list[bytes] = []
    frames = Frames(
        asyncio.StreamReaderProtocol(asyncio.StreamReader()), lambda frame: found.append(bytes(frame))
    )
    turn = 0
    while stream:
        room = frames.get_buffer(-1)
        count = min(len(room), len(stream), cuts[turn % len(cuts)])
        assert count, "a transport that has no room reads nothing for ever"
        room[:count] = stream[:count]
        frames.buffer_updated(count)
        stream = stream[count:]
        turn += 1
    return found


@given(sizes=st.lists(SIZES, max_size=6), cuts=CUTS)
def test_frames_arrive_whole(sizes: list[int], cuts: list[int]) -> None:
    async def play() -> None:
        sent = [bytes([number]) * size for number, size in enumerate(sizes)]
        stream = b"".join(INT.pack(len(frame)) + frame for frame in sent)
        assert received(stream, [*cuts, READ_BYTES]) == sent

    asyncio.run(play())


@pytest.mark.parametrize("size", [READ_BYTES - 4, READ_BYTES - 3, READ_BYTES, READ_BYTES + 1])
def test_a_frame_about_as_long_as_the_room_arrives(size: int) -> None:
    async def play() -> None:
        sent = [b"before", b"x" * size, b"behind"]
        stream = b"".join(INT.pack(len(frame)) + frame for frame in sent)
        assert received(stream, [READ_BYTES]) == sent

    asyncio.run(play())
