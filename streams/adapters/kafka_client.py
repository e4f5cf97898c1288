# ruff: noqa: SLF001 - aiokafka lets nobody else read a connection's answers, and is pinned to one minor version
"""A client of Kafka's that hands an answer over when its last byte comes.

aiokafka reads answers in a task, whose news go to a timer's task, whose news go to who asked: three turns of
the loop, and each takes as long as what other lanes compute in it. Here it is one turn, and no byte is copied
in between. Connecting, greeting and closing are aiokafka's, and so are all requests that it makes itself.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final

from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.conn import CloseReason
from aiokafka.errors import KafkaConnectionError, NodeNotReadyError, RequestTimedOutError

from streams.adapters.kafka_wire import INT, Written

if TYPE_CHECKING:
    from collections.abc import Callable

READ_BYTES: Final = 64 * 1024
"""Read at once; an answer that is longer gets room of its own."""


class KafkaClient(AIOKafkaClient):
    """Requests of this project's own go by `ask`, those of aiokafka by its `send`."""

    async def ask(self, node: int, request: Written, group: Any = ConnectionGroup.DEFAULT) -> Any:
        """What a broker answers. Raises KafkaError, e.g. RequestTimedOutError."""
        connection = await self._get_conn(node, group=group)
        if connection is None:
            raise NodeNotReadyError(f"broker {node} cannot be reached")
        try:
            async with asyncio.timeout(connection._request_timeout):
                return await _asked(connection, request)
        except TimeoutError as error:
            connection.close(reason=CloseReason.CONNECTION_TIMEOUT)  # else its answer would be the next one's
            raise RequestTimedOutError from error

    async def _get_conn(self, node_id: Any, **more: Any) -> Any:
        """A connection whose answers go past its reader: before anybody has asked for one."""
        connection = await super()._get_conn(node_id, **more)
        if connection is not None and not isinstance(connection._protocol, Frames):
            transport = connection._writer.transport
            transport.pause_reading()  # uvloop chooses the way of reading when it begins to
            connection._protocol = Frames(connection._protocol, lambda frame: _take(connection, frame))
            transport.set_protocol(connection._protocol)
            transport.resume_reading()
        return connection


def _asked(connection: Any, request: Written) -> asyncio.Future[Any]:
    """Send a request; its answer to come."""
    if connection._writer is None:
        raise KafkaConnectionError(f"no connection to {connection.host}:{connection.port}")
    request.check(connection._versions)
    number = connection._next_correlation_id()
    try:
        connection._writer.write(request.frame(number, connection._client_id))
    except OSError as error:
        connection.close(reason=CloseReason.CONNECTION_BROKEN)
        raise KafkaConnectionError(f"{connection.host}:{connection.port}: {error}") from error
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    connection._requests.append((number, request, answer))
    return answer


def _take(connection: Any, frame: memoryview) -> None:
    """Hand an answer to who asked first of those who wait."""
    if not connection._requests:  # it was closed
        return
    number, request, answer = connection._requests[0]
    if not isinstance(request, Written) or INT.unpack_from(frame)[0] != number:
        connection._handle_frame(bytes(frame))
        return
    if not answer.done():
        answer.set_result(request.read(frame[INT.size :]))
    connection._last_action = time.monotonic()
    connection._requests.popleft()


class Frames(asyncio.BufferedProtocol):
    """Cuts what comes into frames, each behind its size; all else goes to its reader."""

    def __init__(self, reader: asyncio.StreamReaderProtocol, take: Callable[[memoryview], None]) -> None:
        """take: is given each frame, and keeps none of its bytes."""
        self._reader = reader
        self._take = take
        self._piece = memoryview(bytearray(READ_BYTES))
        self._read = 0
        """Bytes of it that hold something."""
        self._long: memoryview | None = None
        """A frame that the piece cannot hold, and then what has come of it."""
        self._come = 0

    def get_buffer(self, _: int) -> memoryview:
        return self._piece[self._read :] if self._long is None else self._long[self._come :]

    def buffer_updated(self, count: int) -> None:
        if self._long is None:
            self._read += count
            self._cut()
            return
        self._come += count
        if self._come == len(self._long):
            frame, self._long = self._long, None
            self._take(frame)

    def _cut(self) -> None:
        piece, at, size = self._piece, 0, 0
        while self._read - at >= INT.size:
            (size,) = INT.unpack_from(piece, at)
            if size > self._read - at - INT.size:
                break
            at += INT.size
            self._take(piece[at : at + size])
            at += size
        rest = piece[at : self._read]
        self._read = 0
        if len(rest) >= INT.size and INT.size + size > len(piece):
            self._long = memoryview(bytearray(size))
            self._come = len(rest) - INT.size
            self._long[: self._come] = rest[INT.size :]
        else:
            piece[: len(rest)] = rest
            self._read = len(rest)

    def connection_lost(self, error: Exception | None) -> None:
        self._reader.connection_lost(error)

    def eof_received(self) -> bool | None:
        return self._reader.eof_received()

    def pause_writing(self) -> None:
        self._reader.pause_writing()

    def resume_writing(self) -> None:
        self._reader.resume_writing()
