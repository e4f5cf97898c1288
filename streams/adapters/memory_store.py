"""The store in memory: the embedded default, and the twin that Redis' adapter is tested against."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from streams.ports.failures import FencedError, LostError
from streams.ports.lines import ids_in
from streams.ports.store import Claimed, Commit, Kept, Lease

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from streams.ports.outbox import Cut, Entry

ROWS_AT_ONCE = 1_000


@dataclass(slots=True)
class _Lane:
    epoch: int = 0
    token: str = ""
    cut: Cut | None = None
    state: bytes | None = None
    rows: dict[str, bytes] = field(default_factory=dict)
    outbox: list[Entry] = field(default_factory=list)
    due: dict[int, bytearray] = field(default_factory=dict)
    indexed: bool = False


class MemoryStore:
    """Lanes and single values as dictionaries."""

    def __init__(self) -> None:
        self.lanes: dict[int, _Lane] = {}
        self._shelf: dict[str, Kept] = {}

    async def claim(self, lane: int) -> Claimed:
        held = self.lanes.setdefault(lane, _Lane())
        before = held.token
        held.epoch += 1
        held.token = uuid.uuid4().hex
        lease = Lease(lane, held.epoch, held.token)
        return Claimed(
            lease,
            held.cut,
            held.state,
            held.outbox[:],
            rows=len(held.rows),
            indexed=held.indexed,
            before=before,
        )

    async def rows(self, lane: int) -> AsyncIterator[list[tuple[str, bytes]]]:
        rows = list(self.lanes.setdefault(lane, _Lane()).rows.items())
        for start in range(0, len(rows), ROWS_AT_ONCE):
            yield rows[start : start + ROWS_AT_ONCE]

    async def read(self, lease: Lease, cardholders: Sequence[str]) -> list[bytes | None]:
        rows = self._held(lease).rows
        return [rows.get(cardholder) for cardholder in cardholders]

    async def due(self, lease: Lease, days: Sequence[int]) -> list[list[str]]:
        under = self._held(lease).due
        return [ids_in(under.get(day, b"")) for day in days]

    async def commit(self, lease: Lease, commit: Commit, sent: int) -> None:
        held = self._held(lease)
        last = 0 if held.cut is None else held.cut.batch
        if commit.cut.batch == last:
            return
        if commit.follows != last:
            raise LostError(f"lane {lease.lane}: batch {commit.cut.batch} does not follow {last}")
        held.cut = commit.cut
        held.state = commit.state
        held.rows.update(commit.rows)
        for day in commit.passed:
            held.due.pop(day, None)
        for day, cardholders in commit.due.items():
            held.due.setdefault(day, bytearray()).extend(cardholders)
        held.indexed = (held.indexed or commit.indexed) and not commit.reindex
        _trim(held, sent)
        if commit.entry is not None:
            held.outbox.append(commit.entry)

    async def holds(self, lease: Lease, batch: int) -> None:
        held = self._held(lease)
        if (0 if held.cut is None else held.cut.batch) < batch:
            raise LostError(f"lane {lease.lane}: batch {batch} is not there any more")

    async def trim(self, lease: Lease, sent: int) -> None:
        _trim(self._held(lease), sent)

    def _held(self, lease: Lease) -> _Lane:
        held = self.lanes.setdefault(lease.lane, _Lane())
        if held.epoch > lease.epoch or (held.epoch == lease.epoch and held.token != lease.token):
            raise FencedError(f"lane {lease.lane} has a newer owner")
        if held.epoch < lease.epoch:
            raise LostError(f"lane {lease.lane}: the claim is not there any more")
        return held

    async def get(self, name: str) -> tuple[int, bytes] | None:
        kept = self._shelf.get(name)
        return None if kept is None else (kept.covers, kept.value)

    async def put(self, name: str, covers: int, value: bytes) -> bool:
        return await self.put_pieces(name, covers, value, (), "") is not None

    async def get_pieces(self, name: str) -> Kept | None:
        return self._shelf.get(name)

    async def put_pieces(
        self,
        name: str,
        covers: int,
        value: bytes,
        pieces: Iterable[tuple[str, bytes | None]],
        follows: str,
    ) -> str | None:
        known = self._shelf.get(name)
        if known is not None and known.covers > covers:
            return None
        if follows and (known is None or known.mark != follows):
            raise LostError(f"{name}: another is there than the one that was known")
        held = dict(known.pieces) if known is not None and follows else {}
        for piece, body in pieces:
            if body is None:
                held.pop(piece, None)
            else:
                held[piece] = body
        mark = uuid.uuid4().hex
        self._shelf[name] = Kept(covers, value, held, mark)
        return mark

    async def close(self) -> None:
        """Nothing is open."""


def _trim(held: _Lane, sent: int) -> None:
    held.outbox = [entry for entry in held.outbox if entry.cut.batch > sent]
