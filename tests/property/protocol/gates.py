"""The ports of one owner of a lane, held up before every call until somebody decides what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from streams.ports.failures import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Collection

    from streams.adapters.memory_log import MemoryLog
    from streams.adapters.memory_store import MemoryStore
    from streams.ports.log import Fetched

DONE, REFUSED, UNKNOWN = "done", "refused", "unknown"
"""It happened; it did not, and the caller knows no better than that nobody answered; it did, likewise."""


class CrashedError(Exception):
    """The process is gone."""


@dataclass(eq=False, slots=True)
class Call:
    """One that waits."""

    name: str
    verdict: asyncio.Future[str]


class Gate:
    """All calls of one process to the world."""

    def __init__(self) -> None:
        self.waiting: list[Call] = []
        self.open = False
        """Whether calls pass at once."""
        self.dead = False

    async def __call__(self, name: str, action: Callable[[], Awaitable[Any]]) -> Any:
        verdict = DONE
        if not (self.open or self.dead):
            call = Call(name, asyncio.get_running_loop().create_future())
            self.waiting.append(call)
            try:
                verdict = await call.verdict
            finally:
                if call in self.waiting:
                    self.waiting.remove(call)
        if self.dead:
            raise CrashedError
        if verdict == REFUSED:
            raise UnreachableError(f"{name} was refused")
        answer = await action()
        if verdict == UNKNOWN:
            raise UnreachableError(f"{name} was done, and nobody knows")
        return answer

    def decide(self, call: Call, verdict: str) -> None:
        self.waiting.remove(call)
        call.verdict.set_result(verdict)


class Gated:
    """Any port: each coroutine waits at the gate."""

    def __init__(self, gate: Gate, port: Any, name: str) -> None:
        self._gate = gate
        self._port = port
        self._name = name

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)

        async def gated(*args: Any, **more: Any) -> Any:
            return await self._gate(f"{self._name}.{name}", lambda: method(*args, **more))

        return gated


class GatedStore(Gated):
    def __init__(self, gate: Gate, store: MemoryStore) -> None:
        super().__init__(gate, store, "store")

    async def rows(self, lane: int) -> AsyncIterator[list[tuple[str, bytes]]]:
        async def collected() -> list[list[tuple[str, bytes]]]:
            return [page async for page in self._port.rows(lane)]

        for page in await self._gate("store.rows", collected):
            yield page


class GatedReader(Gated):
    def unread(self, topic: int) -> bool:
        found: bool = self._port.unread(topic)
        return found

    def reached(self, topic: int) -> int:
        found: int = self._port.reached(topic)
        return found

    def behind(self, topic: int) -> int:
        found: int = self._port.behind(topic)
        return found

    async def fetch(self, topics: Collection[int], wait: float) -> list[Fetched]:
        found: list[Fetched] = await self._gate("reader.fetch", lambda: self._port.fetch(topics, 0.0))
        return found

    async def close(self) -> None:
        """Nothing in the world changes by it."""


class GatedPublisher(Gated):
    async def close(self) -> None:
        """The same."""


class GatedLog(Gated):
    def __init__(self, gate: Gate, log: MemoryLog) -> None:
        super().__init__(gate, log, "log")

    async def reader(self, lane: int, offsets: list[int]) -> GatedReader:
        reader = await self._gate("log.reader", lambda: self._port.reader(lane, offsets))
        return GatedReader(self._gate, reader, "reader")

    def publisher(self, lane: int) -> GatedPublisher:
        return GatedPublisher(self._gate, self._port.publisher(lane), "publisher")
