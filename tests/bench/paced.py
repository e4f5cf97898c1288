"""Sends a feed at its pace: all is written down before, to the last byte, so sending costs next to nothing.

What falls due within a tick goes to the broker in one request at the end of it, as producers that linger do.
A request is made when it is due, whether those before it are answered or not: a slow broker or worker does
not slow down the feed.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections import defaultdict
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from aiokafka.errors import NoError, for_code
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.protocol.produce import ProduceRequest, ProduceResponse_v7

from tests.bench.load import BATCH_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.bench.load import Laid

TICK_SECONDS: Final = 0.01
ANSWER_MS: Final = 30_000
VERSION: Final = {ProduceRequest.API_KEY: (7, 7)}
ANSWER: Final = ProduceResponse_v7
SIZE: Final = struct.Struct(">i")
SENDING_BYTES: Final = 4 * 1024 * 1024
"""What falls due at once must fit between here and the broker."""

Appended = tuple[str, int, int, int, float]
"""Topic, partition, first offset, count, and when the broker appended them, in milliseconds."""


@dataclass(slots=True)
class Tick:
    """What is sent at one moment: record batches by topic and partition, and how many records each has."""

    at: float
    """Seconds since 1970: no record of it is due later, and none more than a tick before."""
    batches: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    counts: dict[tuple[str, int], int] = field(default_factory=dict)


@dataclass(slots=True)
class Sent:
    """What came of a feed."""

    appended: list[Appended] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    """Of each batch: milliseconds from when it was due until the broker appended it."""
    late: float = 0.0
    """How late a tick was sent at the most, in seconds."""


def ticks(written: Iterable[Laid], planned: Iterable[float]) -> Iterator[Tick]:
    """The feed in requests; `planned`: when each record is due, in seconds since 1970, never falling."""
    number: int | None = None
    builders: defaultdict[tuple[str, int], BatchBuilder] = defaultdict(lambda: BatchBuilder(BATCH_BYTES, 0))
    for (topic, partition, key, value), due in zip(written, planned, strict=True):
        its = -int(-due // TICK_SECONDS)
        if number is not None and its != number:
            yield _tick(number, builders)
            builders.clear()
        number = its
        if builders[topic, partition].append(timestamp=None, key=key, value=value) is None:
            raise ValueError(f"more than {BATCH_BYTES} bytes of {topic} are due within {TICK_SECONDS} s")
    if number is not None:
        yield _tick(number, builders)


def _tick(number: int, builders: dict[tuple[str, int], BatchBuilder]) -> Tick:
    tick = Tick(number * TICK_SECONDS)
    for (topic, partition), builder in builders.items():
        tick.batches.setdefault(topic, []).append((partition, bytes(builder._build())))
        tick.counts[topic, partition] = builder.record_count()
    return tick


async def send(bootstrap: str, feed: list[Tick]) -> Sent:
    """Send each tick at its time; the broker that is asked leads all partitions."""
    frames = [_frame(number, tick) for number, tick in enumerate(feed)]
    host, _, port = bootstrap.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SENDING_BYTES)
    try:
        answers = asyncio.create_task(_answers(reader, len(feed)))
        sent = Sent()
        for tick, frame in zip(feed, frames, strict=True):
            if (left := tick.at - time.time()) > 0:
                await asyncio.sleep(left)
            sent.late = max(sent.late, time.time() - tick.at)
            writer.write(frame)
        for tick, answer in zip(feed, await answers, strict=True):
            for placed in _appended(tick, ANSWER.decode(BytesIO(answer))):
                sent.appended.append(placed)
                sent.delays.append(placed[-1] - 1000 * tick.at)
        return sent
    finally:
        writer.close()


def _frame(number: int, tick: Tick) -> bytes:
    """A request as it goes over the wire."""
    request = ProduceRequest(None, 1, ANSWER_MS, list(tick.batches.items())).prepare(VERSION)
    written: bytes = request.build_request_header(number, "benchmark").encode() + request.encode()
    return SIZE.pack(len(written)) + written


async def _answers(reader: asyncio.StreamReader, count: int) -> list[bytes]:
    """What is behind the heads of so many answers: they come in the order of the requests."""
    answers = []
    for number in range(count):
        (size,) = SIZE.unpack(await reader.readexactly(SIZE.size))
        answer = await reader.readexactly(size)
        if SIZE.unpack_from(answer)[0] != number:
            raise ValueError("the broker answers another request than was sent")
        answers.append(answer[SIZE.size :])
    return answers


def _appended(tick: Tick, answer: Any) -> Iterator[Appended]:
    for topic, partitions in answer.topics:
        for partition, code, offset, stamp, *_ in partitions:
            if for_code(code) is not NoError:
                raise for_code(code)(topic)
            yield topic, partition, offset, tick.counts[topic, partition], float(stamp)
