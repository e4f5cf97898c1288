"""Has a checkpoint made of each lane now, whether workers run or not.

A lane that stands still is copied from the store. One that moves has an owner, which alone knows what it
commits while rows are read: that one is asked, and takes it within seconds.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from streams.checkpoint.still import copy
from streams.checkpoint.wish import wish

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streams.checkpoint.depot import Depot, Kept
    from streams.checkpoint.still import Standing, View
    from streams.ports.log import Log
    from streams.ports.store import Shelf

LOOK_SECONDS: Final = 0.5
EMPTY: Final = "nothing was taken yet"
THERE: Final = "was there already"
COPIED: Final = "copied from the store"
TAKEN: Final = "taken by the lane's owner"


class Written(NamedTuple):
    """What came of a lane."""

    lane: int
    kept: Kept | None
    how: str
    """How it came about, or why it did not."""

    @property
    def missing(self) -> bool:
        """Whether a lane that has something to lose has no checkpoint of it."""
        return self.kept is None and self.how != EMPTY


class Writing:
    """One request for all of some lanes."""

    def __init__(self, depot: Depot, view: View, shelf: Shelf, log: Log, *, keep: int) -> None:
        """`keep`: how many of each lane."""
        self._keep = keep
        self._depot = depot
        self._view = view
        self._shelf = shelf
        self._log = log

    async def write(
        self, lanes: Sequence[int], seconds: float, progress: Callable[[str, int, int], None]
    ) -> list[Written]:
        """In the order of the lanes; gives up after so many seconds.

        Raises OSError for what the storage refuses, UnreachableError.
        """
        done = 0

        async def one(lane: int) -> Written:
            nonlocal done
            found = await self._one(lane, time.monotonic() + seconds)
            done += 1
            progress("write", done, len(lanes))
            return found

        return list(await asyncio.gather(*map(one, lanes)))

    async def _one(self, lane: int, deadline: float) -> Written:
        standing = await self._standing(lane)
        if standing is None:
            return Written(lane, None, EMPTY)
        first = standing.cut
        before = await asyncio.to_thread(self._depot.kept, lane)
        there = next(
            (kept for kept in before if (kept.batch, kept.chain) == (first.batch, first.chain)), None
        )
        if there is not None:
            return Written(lane, there, THERE)
        await wish(self._shelf, lane, first.batch)
        known = {kept.path for kept in before}
        last: Standing | None = None
        while True:
            if standing is not None and standing == last and await self._has_gone_out(lane, standing):
                copied = await asyncio.to_thread(copy, self._depot, self._view, lane, standing)
                if copied is not None:
                    await asyncio.to_thread(self._depot.prune, lane, self._keep)
                    return Written(lane, copied, COPIED)
            for kept in await asyncio.to_thread(self._depot.kept, lane):
                if kept.batch >= first.batch and kept.path not in known:
                    return Written(lane, kept, TAKEN)
            if time.monotonic() > deadline:
                return Written(lane, None, _why(first.batch, standing == last))
            await asyncio.sleep(LOOK_SECONDS)
            last, standing = standing, await self._standing(lane)

    async def _standing(self, lane: int) -> Standing | None:
        return await asyncio.to_thread(self._view.standing, lane)

    async def _has_gone_out(self, lane: int, standing: Standing) -> bool:
        """What is committed and not sent would be lost with the store; the journal must know the batch."""
        cuts = await self._log.cuts(lane, standing.cut.batch - 1)
        return bool(cuts) and (cuts[0].batch, cuts[0].chain) == (standing.cut.batch, standing.cut.chain)


def _why(batch: int, still: bool) -> str:  # noqa: FBT001  # the one thing it depends on
    if still:
        return f"batch {batch} has not gone out whole, and no owner of the lane answers: start a worker"
    return "the lane's owner took none in time: does it have POSTLOAN_CHECKPOINTS?"
