"""How a lane waits: for a server that does not answer, and for its own end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from streams.lane.tuning import Backoff, Tell, Tuning
from streams.ports.failures import UnreachableError

if TYPE_CHECKING:
    from streams.lane.condition import Condition

T = TypeVar("T")


class Patience:
    """Of one claim of a lane."""

    def __init__(self, tuning: Tuning, tell: Tell, condition: Condition) -> None:
        self._tell = tell
        self._condition = condition
        self._backoff = Backoff(tuning, f"lane {condition.lane}")
        self._over = asyncio.Event()

    def end(self) -> None:
        """Wait no longer for anything."""
        self._over.set()

    @property
    def over(self) -> bool:
        return self._over.is_set()

    async def patiently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Repeat what can be repeated until the other side answers; raises what it raised when over."""
        failed: str | None = None
        try:
            while True:
                try:
                    answer = await attempt()
                except UnreachableError as error:
                    if self.over:
                        raise
                    self._tell("lane_waits", lane=self._condition.lane, why=str(error))
                    pause = self._backoff.pause()
                    failed = self._condition.wait(str(error), pause)
                    await self.pause(pause)
                else:
                    self._backoff.reset()
                    return answer
        finally:
            if failed is not None:
                self._condition.clear(failed)

    async def pause(self, seconds: float) -> bool:
        """Wait so long, or until it is over; whether it is."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)
        return self.over
