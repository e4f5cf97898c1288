"""Which cardholders of a lane are in memory: those that a batch needs come, those long unused leave.

A miss is read from the store before the engine takes the batch, all of a batch in one call. Nobody leaves
whose row waits to be committed, or of whom records wait. When a date is entered, all whom it changes are
brought in, in order of id; where they are more than the bound, piece by piece, and what the date did to a
piece waits in packed form for the commit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from features.row import NEVER_DUE
from streams.lane.batch import Outputs
from streams.lane.dues import Dues
from streams.lane.inbox import Inbox
from streams.lane.leaving import leaving
from streams.lane.persistence import fill, restore_lane, rows_of
from streams.ports.failures import UnreachableError
from streams.ports.rows import NO_ROWS, Rows

if TYPE_CHECKING:
    from streams.lane.engine import LaneEngine
    from streams.lane.room import Room
    from streams.ports.store import Claimed, Lease, Store

PIECE: Final = 8_192
"""Cardholders brought in for a date at once, at the most."""
SPARE: Final = 8
"""One in so many leaves beyond what must, so that the next batches need not ask who may go."""


@dataclass(slots=True)
class Changes:
    """What a batch did to the rows of a lane, for its commit."""

    rows: Rows = NO_ROWS
    due: dict[int, bytes] = field(default_factory=dict)
    passed: list[int] = field(default_factory=list)


class RowCache:
    """The rows of one lane, between its engine and the store; no more than have room if it can be helped."""

    def __init__(self, engine: LaneEngine, store: Store, room: Room, patiently: Callable[..., Any]) -> None:
        self._engine = engine
        self._store = store
        self._room = room
        self._patiently = patiently
        self._lease: Lease
        self.whole = False
        """Whether all rows that the store has are in memory."""
        self._exact = False
        """Whether the dates under which cardholders stand in the store are known without asking it."""
        self._changes = Changes()
        """Of the batch under way: what has left memory already."""
        self._dues = Dues(engine.ledger)
        self._shed: dict[str, bytes] = {}
        """Rows of the batch under way that have left memory already."""
        self._flying: deque[tuple[dict[str, bytes], NDArray[np.int64]]] = deque()
        """The same, and the slots with changed rows, of batches whose commit is not confirmed yet."""
        self._pages: Any = None
        self._cold = False
        """Whether bringing in all rows ahead of time was given up."""
        self.read = 0
        """Rows read from the store."""
        self.evicted = 0
        """Rows that have left memory."""

    @property
    def _most(self) -> int:
        return self._room.most_for(self._engine.lane)

    async def open(self, claimed: Claimed) -> None:
        """Bring the lane itself to where its last owner left it; rows come when they are needed."""
        self._lease = claimed.lease
        restore_lane(self._engine, claimed.state)
        self.whole = self._exact = claimed.rows == 0
        if claimed.rows and not claimed.indexed:
            await self._patiently(self._load_all)

    def reopen(self, claimed: Claimed, patiently: Callable[..., Any]) -> None:
        """Go on under a new lease: nobody had the lane meanwhile. What waits will be read again."""
        self._lease = claimed.lease
        self._patiently = patiently
        self._pages = None
        engine = self._engine
        engine.inbox = Inbox()
        unread = np.array(engine.ledger.fresh, np.int64)
        engine.ledger.fresh.clear()
        engine.forget(unread)

    async def _load_all(self) -> None:
        """A store that does not know who is due: all rows are needed once."""
        ledger = self._engine.ledger
        async for page in self._store.rows(self._lease.lane):
            self._fill((name, row) for name, row in page if name not in ledger.slots)
        ledger.fresh.clear()
        ledger.indexed[:] = NEVER_DUE
        self._dues.doubt()
        self.whole = self._exact = True

    # --- coming --------------------------------------------------------------------------------------------

    async def admit(self) -> None:
        """Bring in those of whom records wait."""
        ledger = self._engine.ledger
        if not ledger.fresh:
            return
        if not self.whole:
            ids = ledger.ids
            await self._bring([ids[slot] for slot in ledger.fresh])
        ledger.fresh.clear()

    async def _bring(self, names: list[str]) -> None:
        """Fill the rows of cardholders with what was kept of them; blank ones of whom nothing was."""
        packed = self._waiting(names)
        asked = [name for name, row in zip(names, packed, strict=True) if row is None]
        if asked and not self.whole:
            found = await self._patiently(lambda: self._store.read(self._lease, asked))
            self.read += len(asked)
            if len(asked) == len(names):
                packed = found
            else:
                answers = iter(found)
                packed = [next(answers) if row is None else row for row in packed]
        self._fill((name, row) for name, row in zip(names, packed, strict=True) if row is not None)
        ledger = self._engine.ledger
        for name in names if self._shed else ():
            if self._shed.pop(name, None) is not None:
                ledger.dirty[ledger.slots[name]] = True

    def _waiting(self, names: list[str]) -> list[bytes | None]:
        """The rows of those who have left memory and are not in the store yet; None of the others."""
        packed: list[bytes | None] = [None] * len(names)
        for shed in (self._shed, *(shed for shed, _ in reversed(self._flying))):
            if shed:
                packed = [
                    shed.get(name) if row is None else row for name, row in zip(names, packed, strict=True)
                ]
        return packed

    def _fill(self, rows: Iterable[tuple[str, bytes]]) -> None:
        known = list(rows)
        if not known:
            return
        ledger = self._engine.ledger
        slots = ledger.place([name for name, _ in known])
        fill(self._engine, slots, [row for _, row in known])
        ledger.indexed[slots] = ledger.due[slots]

    @property
    def warms(self) -> bool:
        """Whether there may be more that is not in memory, and has room."""
        return not (self.whole or self._cold)

    async def warm(self) -> bool:
        """Bring in a page of what is not in memory, while all has room; whether there may be more."""
        if not self.warms or self._engine.ledger.fresh:
            return False
        if self._pages is None:
            self._pages = aiter(self._store.rows(self._lease.lane))
        try:
            page = await anext(self._pages, None)
        except UnreachableError:  # rows come as they are needed
            page, self._cold = [], True
        if page is None:
            self.whole = True
            return False
        ledger = self._engine.ledger
        fresh = [(name, row) for name, row in page if name not in ledger.slots]
        if self._cold or len(ledger) + len(fresh) > self._most:
            self._pages, self._cold = None, True
            return False
        self._fill(fresh)
        self._room.note(self._lease.lane, len(ledger))
        return True

    # --- a batch -------------------------------------------------------------------------------------------

    async def run(self, settle: Callable[[], Awaitable[None]]) -> Outputs:
        """Process the batch that the engine has begun. `settle` waits for the commit of the one before."""
        engine = self._engine
        before = engine.day_before
        outputs = Outputs()
        while not self._exact and engine.next_day is not None:
            if dates := engine.dates_ahead:
                await settle()
                outputs.add(await self._pass(dates))
            outputs.add(engine.run(engine.next_day))
        outputs.add(engine.run())
        if before is not None and engine.day_before is not None and engine.day_before > before:
            self._changes.passed += range(before + 1, engine.day_before + 1)
            ledger = engine.ledger
            come = np.flatnonzero(ledger.indexed <= engine.day_before)
            ledger.indexed[come] = NEVER_DUE
            ledger.dirty[come] = True
        return outputs

    async def _pass(self, dates: range) -> Outputs:
        """Enter dates, with those whom they change but who are not in memory."""
        engine = self._engine
        found = await self._patiently(lambda: self._store.due(self._lease, dates))
        under = {day: set(names) for day, names in zip(dates, found, strict=True)}
        if engine.wakes_on in under and not self.whole:
            under[engine.wakes_on] |= await self._patiently(self._everybody)
        outputs = Outputs()
        for day in dates:
            outputs.add(await self._pass_date(day, under[day].union(self._dues.under(day))))
            engine.enter_date(day)
        return outputs

    async def _everybody(self) -> set[str]:
        return {name async for page in self._store.rows(self._lease.lane) for name, _ in page}

    async def _pass_date(self, day: int, names: set[str]) -> Outputs:
        """Enter one date; `names` stand under it."""
        engine, ledger = self._engine, self._engine.ledger
        here = [ledger.slots[name] for name in names if name in ledger.slots]
        ledger.indexed[here] = NEVER_DUE
        ledger.dirty[here] = True
        away = sorted(name for name in names if name not in ledger.slots)
        if len(ledger) + len(away) <= self._most:
            await self._bring_for_a_date(away)
            return engine.pass_date(day)
        outputs = Outputs()
        due = {ledger.ids[slot] for slot in np.flatnonzero(ledger.due <= day).tolist()}
        everyone = sorted(due.union(away))
        most = max(self._most, len(ledger))  # the batch may hold more than the bound
        room = max(1, min(PIECE, most // SPARE))
        for start in range(0, len(everyone), room):
            piece = everyone[start : start + room]
            guests = [name for name in piece if name not in ledger.slots]
            await self._bring_for_a_date(guests)
            outputs.add(engine.pass_date(day, np.array([ledger.slots[name] for name in piece], np.int64)))
            self._shed_rows(guests)
        return outputs

    async def _bring_for_a_date(self, names: list[str]) -> None:
        """The date under which these stood has come: the commit says under which they stand next."""
        if names:
            await self._bring(names)
            ledger = self._engine.ledger
            slots = ledger.place(names)
            ledger.fresh.clear()
            ledger.indexed[slots] = NEVER_DUE
            ledger.dirty[slots] = True

    def _shed_rows(self, names: list[str]) -> None:
        """Let go of rows that the batch under way has changed: they wait in packed form."""
        slots = np.sort(self._engine.ledger.place(names))
        self._dues.note(slots)
        self._shed.update(rows_of(self._engine, slots))
        self._forget(slots)

    def changes(self) -> Changes:
        """What the batch under way changed; the next one begins."""
        ledger = self._engine.ledger
        slots = np.flatnonzero(ledger.dirty)
        changes, self._changes = self._changes, Changes()
        changes.due = self._dues.take(slots)
        shed = Rows.of(self._shed.items()) if self._shed else NO_ROWS
        changes.rows = shed.and_then(rows_of(self._engine, slots))
        ledger.dirty[slots] = False
        self._flying.append((self._shed, slots))
        self._shed = {}
        return changes

    # --- leaving -------------------------------------------------------------------------------------------

    def confirmed(self) -> None:
        """The store has the oldest of what `changes` gave and was not confirmed."""
        self._flying.popleft()

    def evict(self) -> None:
        """Let some go when there are more than have room."""
        ledger = self._engine.ledger
        most = self._most
        over = len(ledger) - most
        if over > 0:
            going = leaving(self._engine, [changed for _, changed in self._flying], over + most // SPARE)
            if len(going):
                self._forget(going)
        self._room.note(self._engine.lane, len(ledger))

    def _forget(self, slots: NDArray[np.int64]) -> None:
        self._engine.forget(slots)
        self.evicted += len(slots)
        self.whole = self._exact = False
        self._cold = True
