"""Claiming a lane: other owners are fenced, and the engine is brought to where the last of them left it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from streams.checkpoint.recovery import recovered
from streams.lane.cache import RowCache
from streams.lane.intake import Intake
from streams.lane.pasts import check_pasts, check_starts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from typing import Any

    from streams.checkpoint.depot import Depot
    from streams.lane.engine import LaneEngine
    from streams.lane.left import Left
    from streams.lane.room import Room
    from streams.lane.sending import Sending
    from streams.lane.tuning import Tell, Tuning
    from streams.ports.log import LaneReader, Log
    from streams.ports.outbox import Cut, Entry
    from streams.ports.store import Claimed, Lease, Store


@dataclass(frozen=True, slots=True)
class Claim:
    """A lane that is ours, where its last owner left it."""

    lease: Lease
    cut: Cut | None
    """Its last batch that the store has."""
    state: bytes | None
    """The lane's own state after it."""
    sent: Cut | None
    """Its last batch that went out."""
    engine: LaneEngine
    cache: RowCache
    intake: Intake
    rows: int
    """How many cardholders the store has."""
    outbox: list[Entry]
    """What is committed, and perhaps not sent."""


class Claiming:
    """How one claim of a lane is made."""

    def __init__(
        self,
        lane: int,
        log: Log,
        store: Store,
        tuning: Tuning,
        tell: Tell,
        patiently: Callable[..., Any],
        room: Room,
        depot: Depot | None,
    ) -> None:
        """`room`: for rows in memory. `depot`: where checkpoints are, from which a lost state is taken."""
        self._lane = lane
        self._log = log
        self._store = store
        self._tuning = tuning
        self._tell = tell
        self._patiently = patiently
        self._room = room
        self._depot = depot

    async def claim(self, engine: LaneEngine, sending: Sending, left: Left | None) -> Claim:
        """Claim it for a fresh engine, or for the one that was `left`, if nobody had the lane meanwhile.

        Raises UnusableError when what store and log have does not fit together.
        """
        claimed: Claimed = await self._patiently(lambda: self._store.claim(self._lane))
        if claimed.torn:
            self._tell("lane_was_torn", lane=self._lane, why="the store had a commit in part; it is rebuilt")
        sent: Cut | None = await self._patiently(sending.open)
        claimed = await self._recovered(claimed, sent)
        cut = claimed.cut
        if left is not None and left.continues_in(claimed):
            engine, cache = left.engine, left.cache
            cache.reopen(claimed, self._patiently)
        else:
            cache = RowCache(engine, self._store, self._room, self._patiently)
            await cache.open(claimed)
        check_pasts(claimed, sent)
        intake = await self._intake(engine, cut, sent)
        return Claim(
            lease=claimed.lease,
            cut=cut,
            state=claimed.state,
            sent=sent,
            engine=engine,
            cache=cache,
            intake=intake,
            rows=claimed.rows,
            outbox=list(claimed.outbox),
        )

    async def _recovered(self, claimed: Claimed, sent: Cut | None) -> Claimed:
        depot = self._depot
        if depot is None:
            return claimed
        found: Claimed = await self._patiently(
            lambda: recovered(depot, self._log, self._store, claimed, sent, self._tell)
        )
        return found

    async def _intake(self, engine: LaneEngine, cut: Cut | None, sent: Cut | None) -> Intake:
        def reopen(places: Sequence[int]) -> Awaitable[LaneReader]:
            return self._log.reader(self._lane, places)

        starts = await self._patiently(lambda: self._log.starts(self._lane))
        check_starts(starts, cut, sent)
        offsets = list(starts if cut is None else cut.offsets)
        reader = await self._patiently(lambda: reopen(offsets))
        return Intake(reader, engine, self._tuning, offsets, reopen)
