"""A TCP proxy before one server: slow, narrow, silent or cutting connections, as a bad network is."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from deploy.process import HOST, free_port

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any, Self

CHUNK = 64 * 1024
LOOK_SECONDS = 0.05
"""How soon a silent link notices that it may speak again."""
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER so that a close sends a reset instead of what waits."""


class Link:
    """What stands between clients and one server. Its faults may be set from any thread."""

    def __init__(self) -> None:
        self.port = free_port()
        self.target = 0
        """The server's port."""
        self.latency = 0.0
        """Seconds that every piece waits."""
        self.bandwidth: float | None = None
        """Bytes a second in each direction of each connection; None: no bound."""
        self.silent = False
        """Whether all bytes wait (a black hole: connections stay open, and nothing comes)."""
        self.connections = 0
        """Connections made so far."""
        self._writers: set[asyncio.StreamWriter] = set()

    def heal(self) -> None:
        """Let all bytes pass at once again."""
        self.latency, self.bandwidth, self.silent = 0.0, None, False

    async def serve(self) -> None:
        server = await asyncio.start_server(self._connected, HOST, self.port)
        async with server:
            await server.serve_forever()

    def cut(self) -> None:
        """Reset all connections that are open. In the proxy's thread: Proxy.reset calls it."""
        for writer in list(self._writers):
            sock = writer.get_extra_info("socket")
            if sock is not None:
                with suppress(OSError):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            far_reader, far_writer = await asyncio.open_connection(HOST, self.target)
        except OSError:  # nobody listens there now: so it is here
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        try:
            pumps = [
                asyncio.create_task(self._pump(reader, far_writer)),
                asyncio.create_task(self._pump(far_reader, writer)),
            ]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
        finally:
            self._writers -= {writer, far_writer}
            for end in (writer, far_writer):
                end.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(CHUNK):
                if self.latency:
                    await asyncio.sleep(self.latency)
                if self.bandwidth is not None:
                    await asyncio.sleep(len(piece) / self.bandwidth)
                while self.silent:  # noqa: ASYNC110  # set from another thread: no asyncio.Event
                    await asyncio.sleep(LOOK_SECONDS)
                writer.write(piece)
                await writer.drain()


class Proxy:
    """Runs links in a thread of its own, so that they work while the driver waits for something."""

    def __init__(self, *links: Link) -> None:
        self._links = links
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        for link in self._links:
            self._submit(link.serve())
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join(10)

    def reset(self, link: Link) -> None:
        """Reset all connections of a link."""
        self._loop.call_soon_threadsafe(link.cut)

    def _submit(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    def _end(self) -> None:
        tasks = [task for task in asyncio.all_tasks(self._loop) if not task.done()]
        for task in tasks:
            task.cancel()
        gathered = asyncio.gather(*tasks, return_exceptions=True)
        gathered.add_done_callback(lambda _: self._loop.stop())
