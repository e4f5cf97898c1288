"""The worker's event loop: uvloop where it is to be had, with one manner of asyncio's kept.

Whoever writes to a connection that has just been lost gets a ConnectionError here. uvloop by itself raises
RuntimeError, which neither aiokafka nor redis-py takes for a lost connection: their tasks end, and a consumer
whose tasks have ended never gives a record again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio


class Transport:
    """A transport of uvloop's; all but writing is its own."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, piece: bytes) -> None:
        try:
            self._transport.write(piece)
        except RuntimeError as error:
            raise ConnectionResetError(str(error)) from error

    def writelines(self, pieces: Iterable[bytes]) -> None:
        try:
            self._transport.writelines(pieces)
        except RuntimeError as error:
            raise ConnectionResetError(str(error)) from error


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Makes the loop; None: asyncio's own."""
    try:
        import uvloop  # not to be had everywhere
    except ImportError:
        return None

    class Loop(uvloop.Loop):
        """Connections as clients make them."""

        async def create_connection(self, *args: Any, **more: Any) -> Any:
            transport, protocol = await super().create_connection(*args, **more)
            return Transport(transport), protocol

    return Loop
