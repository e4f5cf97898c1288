from __future__ import annotations

import asyncio
from typing import Any

import pytest

from streams.worker.loop import loop_factory


def test_writing_to_a_lost_connection_is_a_connection_error() -> None:
    """As clients do it who have not heard yet that the other side has gone."""

    async def write_after_the_end() -> None:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            assert await reader.read() == b""
            writer.transport.abort()
            await asyncio.sleep(0.01)
            with pytest.raises(ConnectionResetError):
                writer.write(b"more")
            with pytest.raises(ConnectionResetError):
                writer.writelines([b"more"])
        finally:
            server.close()

    _run(write_after_the_end())


def test_connections_work_as_ever() -> None:
    async def echo() -> bytes:
        async def answer(reader: Any, writer: Any) -> None:
            writer.write(await reader.readline())
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.writelines([b"a", b"b\n"])
        await writer.drain()
        found = await reader.read()
        writer.close()
        await writer.wait_closed()
        server.close()
        return found

    assert _run(echo()) == b"ab\n"


def _run(work: Any) -> Any:
    factory = loop_factory()
    if factory is None:
        pytest.skip("uvloop is not installed")
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work)
