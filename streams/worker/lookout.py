"""Looks every few seconds whether the servers answer, and where the lanes' topics end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from mode import Service

from streams.adapters.kafka_failures import reached
from streams.lane.condition import PAUSED
from streams.ports.failures import UnreachableError, UnusableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.lane.condition import Condition
    from streams.lane.tuning import Tell
    from streams.ports.store import Shelf
    from streams.worker.crew import Crew

LOOK_SECONDS: Final = 3.0
ANSWER_SECONDS: Final = 5.0
KAFKA: Final = "Kafka"
REDIS: Final = "Redis"


class Lookout(Service):
    """A lane that has nothing to read or commit would not notice that a server is gone."""

    def __init__(self, crew: Crew, shelf: Shelf, tell: Tell, **more: Any) -> None:
        super().__init__(**more)
        self._crew = crew
        self._shelf = shelf
        self._tell = tell
        self.servers: dict[str, str] = {KAFKA: "", REDIS: ""}
        """Why one does not answer; empty: it does."""
        self.ends: dict[int, tuple[int, ...]] = {}

    @property
    def conditions(self) -> Mapping[int, Condition]:
        return self._crew.conditions

    @property
    def joined(self) -> bool:
        return self._crew.joined

    @Service.task
    async def _look(self) -> None:
        while not self.should_stop:
            await asyncio.gather(
                self._ask(KAFKA, self._ask_kafka),
                self._ask(REDIS, lambda: self._shelf.get("lookout")),
            )
            await self.sleep(LOOK_SECONDS)

    async def _ask_kafka(self) -> None:
        with reached():
            async with asyncio.timeout(ANSWER_SECONDS):
                self.ends = await self._crew.ends()

    async def _ask(self, server: str, ask: Callable[[], Awaitable[object]]) -> None:
        why = ""
        try:
            await ask()
        except (UnreachableError, UnusableError) as error:
            why = str(error)
        if bool(why) != bool(self.servers[server]):
            self._tell(
                "server_silent" if why else "server_answers", server=server, **({"why": why} if why else {})
            )
        self.servers[server] = why
        for condition in self._crew.conditions.values():
            if why and condition.assigned:
                condition.hinder(f"lookout {server}", PAUSED, why)
            else:
                condition.clear(f"lookout {server}")
