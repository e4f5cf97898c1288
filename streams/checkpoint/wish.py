"""An operator's wish for a checkpoint of a lane, kept in the store until the lane's owner sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streams.ports.store import Shelf


def _name(lane: int) -> str:
    return f"checkpoint-{lane}"


async def wish(shelf: Shelf, lane: int, batch: int) -> None:
    """Ask for a checkpoint of this batch or a later one."""
    await shelf.put(_name(lane), batch, b"")


async def wished(shelf: Shelf, lane: int) -> int:
    """The latest batch of which somebody asked for a checkpoint; 0: nobody did."""
    found = await shelf.get(_name(lane))
    return 0 if found is None else found[0]
