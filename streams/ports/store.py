"""The store: what lanes remember, committed batch by batch and fenced; Redis, or dictionaries in memory.

Every method may raise UnreachableError.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

    from streams.ports.outbox import Cut, Entry
    from streams.ports.rows import Rows


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to commit for a lane; a later claim takes it away."""

    lane: int
    epoch: int
    token: str
    """Tells apart leases of one epoch: a store that lost its tail may give an epoch twice."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A lane as its last commit left it."""

    lease: Lease
    cut: Cut | None
    """The last batch committed."""
    state: bytes | None
    outbox: list[Entry]
    """Entries not yet trimmed, oldest first."""
    rows: int = 0
    """How many rows are kept."""
    indexed: bool = False
    """Whether each row that is ever due stands under a date (Commit.due)."""
    before: str = ""
    """Token of the lease before this one."""
    torn: bool = False
    """Whether the store had a commit in part, and so has forgotten all of the lane."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One batch's changes."""

    cut: Cut
    follows: int
    """Number of the batch committed before, 0 if none was."""
    state: bytes
    rows: Rows
    entry: Entry | None
    """None when everything in it was sent before (a replay)."""
    due: Mapping[int, bytes] = field(default_factory=dict)
    """Cardholders that from now on stand under a date (a day number), as streams.ports.lines writes them. One
    that is due on a date must stand under it or an earlier one; nothing takes a cardholder away from under a
    date but the passing of it."""
    passed: Sequence[int] = ()
    """Dates that have passed: who stands under them is forgotten."""
    indexed: bool = False
    """Whether with this commit each row of the lane that is ever due stands under a date."""
    reindex: bool = False
    """Whether from now on they need not: the rows come from elsewhere (a checkpoint)."""


class Store(Protocol):
    """The store as the lanes see it."""

    async def claim(self, lane: int) -> Claimed:
        """Become the owner of a lane: commits of earlier owners are refused from now on."""
        ...

    def rows(self, lane: int) -> AsyncIterator[list[tuple[str, bytes]]]:
        """All rows of a lane, each cardholder once. For the owner; what it commits meanwhile may lack."""
        ...

    async def read(self, lease: Lease, cardholders: Sequence[str]) -> list[bytes | None]:
        """Their rows, None where there is none. Raises FencedError and LostError as `commit` does."""
        ...

    async def due(self, lease: Lease, days: Sequence[int]) -> list[list[str]]:
        """Who stands under each of these dates (Commit.due), perhaps repeatedly. Raises as `read` does."""
        ...

    async def commit(self, lease: Lease, commit: Commit, sent: int) -> None:
        """Take over one batch, all or nothing, and trim outbox entries of batches up to `sent`.

        Repeating a commit changes nothing. Raises FencedError when the lane has a newer owner, LostError when
        the last batch committed is not the one that it follows.
        """
        ...

    async def holds(self, lease: Lease, batch: int) -> None:
        """Raise FencedError if the lane has a newer owner, LostError if it has this batch not (any more)."""
        ...

    async def trim(self, lease: Lease, sent: int) -> None:
        """Drop outbox entries of batches up to `sent`. Raises FencedError and LostError as `commit` does."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A value in pieces as it was kept last."""

    covers: int
    value: bytes
    pieces: Mapping[str, bytes]
    mark: str
    """Names this state of it."""


class Shelf(Protocol):
    """Keeps values with the offset they cover, beside the lanes."""

    async def get(self, name: str) -> tuple[int, bytes] | None:
        """A value without its pieces."""
        ...

    async def get_pieces(self, name: str) -> Kept | None:
        """A value with its pieces, all of one time; None if there is none, or only a part of it."""
        ...

    async def put_pieces(
        self,
        name: str,
        covers: int,
        value: bytes,
        pieces: Iterable[tuple[str, bytes | None]],
        follows: str,
    ) -> str | None:
        """Keep a value with pieces by name (None: it goes), all or nothing; the mark of what is kept then.

        `follows`: the mark of what is there, of which the other pieces stay; empty: none of it is to stay.
        `pieces` are read while earlier ones are on their way, once at the most. None if one is there that
        covers more. Raises LostError when what is there is not what it follows.
        """
        ...

    async def put(self, name: str, covers: int, value: bytes) -> bool:
        """Keep a value unless one is there that covers more; whether it was kept."""
        ...
