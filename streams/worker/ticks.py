"""Time for a live feed: the leader sends it, one tick to every lane (contract 2.8)."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from streams.lane.tuning import Tell
    from streams.ports.store import Shelf

Send = Callable[[bytes], Awaitable[None]]
"""Sends one control record to every lane."""

LIVE: Final = "live"
LAST: Final = "last-tick"
GAP_SECONDS: Final = 12 * 3600
"""After an outage, ticks are sent for the time between, so far apart: else lanes would stand still (2.8)."""


def tick(second: int) -> bytes:
    """A tick record for a second since 1970."""
    when = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return msgspec.json.encode({"kind": "tick", "event_id": f"tick-{second}", "occurred_at": when})


class Ticker:
    """Sends ticks once some lane of any worker has seen that the feed is live, and from then on."""

    def __init__(self, shelf: Shelf, send: Send, tell: Tell, clock: Callable[[], float] = time.time) -> None:
        self._shelf = shelf
        self._send = send
        self._tell = tell
        self._clock = clock
        self._told = False

    async def note_live(self) -> None:
        """Tell all workers that the feed is live."""
        if not self._told:
            await self._shelf.put(LIVE, 1, b"1")
            self._told = True

    async def beat(self) -> None:
        """Send a tick if the feed is live; called on the leader only."""
        if await self._shelf.get(LIVE) is None:
            return
        now = int(self._clock())
        last = await self._shelf.get(LAST)
        for second in missed(None if last is None else last[0], now):
            await self._send(tick(second))
        if last is None:
            self._tell("ticks_begin")
        elif now - last[0] > GAP_SECONDS:
            self._tell("ticks_made_up", seconds=now - last[0])
        await self._send(tick(now))
        await self._shelf.put(LAST, now, b"")


def missed(last: int | None, now: int) -> range:
    """The seconds for which ticks are made up."""
    return range(0) if last is None else range(last + GAP_SECONDS, now, GAP_SECONDS)
