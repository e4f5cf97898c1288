"""Takes a lane's checkpoints while the lane goes on.

The rows are read from the store by a scan, which sees some of them before and some after the commits of
meanwhile. So the rows of these commits are noted, and written last: where the scan ends, and no commit is
under way, what was read and what was noted are together the lane as of the last batch. At the end the store
says whether the lease still holds: with a newer owner the scan may have seen what that one committed. It gets
its name once all up to its batch has gone out, or what is unsent would be lost with the store.

One is taken when it is due, and when an operator wishes for one (streams.checkpoint.wish).
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final, Protocol

from streams.checkpoint.form import Trailer, Writer
from streams.checkpoint.wish import wished
from streams.lane.cancelling import cancelled
from streams.ports.failures import UnreachableError

if TYPE_CHECKING:
    from streams.checkpoint.depot import Depot, Kept, Part
    from streams.lane.tuning import Tell
    from streams.ports.outbox import Cut
    from streams.ports.store import Commit, Lease, Shelf, Store

SENT_SECONDS: Final = 0.1
WISH_SECONDS: Final = 1.0
"""How often an owner looks whether somebody wishes for a checkpoint."""


class Sent(Protocol):
    """Knows how far the lane's records have gone out."""

    @property
    def sent_batch(self) -> int: ...

    def hurry(self) -> None:
        """Let the journal have the batches too that send nothing."""
        ...


class Found(Protocol):
    """A claim: the lane as its last owner left it."""

    @property
    def lease(self) -> Lease: ...
    @property
    def cut(self) -> Cut | None: ...
    @property
    def state(self) -> bytes | None: ...


class Rhythm:
    """When checkpoints are due, and how many are kept. One lane of a worker at a time takes one."""

    def __init__(
        self, depot: Depot, *, seconds: float, records: int, keep: int, shelf: Shelf | None = None
    ) -> None:
        """`shelf`: where wishes are kept; None: there are none."""
        self.depot = depot
        self.shelf = shelf
        self.seconds = seconds
        self.records = records
        self.keep = keep
        self.turn = asyncio.Lock()


class Keeper:
    """One for each claim of a lane; it is told of each commit before and after."""

    def __init__(self, rhythm: Rhythm, store: Store, claimed: Found, sending: Sent, tell: Tell) -> None:
        self._rhythm = rhythm
        self._sending = sending
        self._store = store
        self._lease = claimed.lease
        self._tell = tell
        self._last: Commit | None = None
        self._cut, self._state = claimed.cut, claimed.state
        """Of the last batch that the store has."""
        self._taken = 0
        """Batch of the newest checkpoint that this lane has, as far as is known."""
        self._records = 0
        """Records taken since the last checkpoint, by their offsets."""
        self._since = time.monotonic()
        self._noted: dict[str, bytes] | None = None
        """Rows committed since the scan began; None while there is none."""
        self._still = asyncio.Event()
        self._still.set()
        self._task: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen for wishes."""
        if self._rhythm.shelf is not None:
            self._listening = asyncio.create_task(self._listen(self._rhythm.shelf))

    async def _listen(self, shelf: Shelf) -> None:
        while True:
            await asyncio.sleep(WISH_SECONDS)
            try:
                wanted = await wished(shelf, self._lease.lane)
                if wanted > self._taken and not await self._is_there(wanted) and self._noted is None:
                    self._begin()
            except (UnreachableError, OSError):  # the lane meets the same and says so; the wish stays
                continue

    async def _is_there(self, batch: int) -> bool:
        """Whether there is a checkpoint of this batch or a later one: an earlier owner's, say."""
        kept = await asyncio.to_thread(self._rhythm.depot.kept, self._lease.lane)
        self._taken = kept[0].batch if kept else 0
        return self._taken >= batch

    def committing(self) -> None:
        """A commit begins: until it is over nobody knows which rows the store has."""
        self._still.clear()

    def committed(self, commit: Commit) -> None:
        """It is over."""
        before, self._last = self._last, commit
        self._cut, self._state = commit.cut, commit.state
        self._records += sum(commit.cut.offsets) - sum(
            commit.cut.offsets if before is None else before.cut.offsets
        )
        if self._noted is not None:
            self._noted.update(commit.rows)
        self._still.set()
        if self._due() and self._noted is None:
            self._begin()

    def _begin(self) -> None:
        if self._cut is not None:
            self._noted = {}
            self._task = asyncio.create_task(self._take())

    def _due(self) -> bool:
        return self._records >= self._rhythm.records or time.monotonic() - self._since >= self._rhythm.seconds

    async def close(self) -> None:
        """Give up what is under way."""
        await cancelled(self._listening)
        await cancelled(self._task)

    async def _take(self) -> None:
        lane = self._lease.lane
        try:
            kept, rows, seconds = await self._written()
            self._taken = kept.batch
            await asyncio.to_thread(self._rhythm.depot.prune, lane, self._rhythm.keep)
            self._tell(
                "checkpoint_taken",
                lane=lane,
                batch=kept.batch,
                rows=rows,
                size=kept.size,
                seconds=round(seconds, 3),
            )
        except Exception as error:  # noqa: BLE001  # storages fail in many ways; the lane goes on, and says so
            self._tell("checkpoint_failed", lane=lane, why=f"{type(error).__name__}: {error}")
        finally:
            self._noted = None
            self._records, self._since = 0, time.monotonic()

    async def _written(self) -> tuple[Kept, int, float]:
        """The checkpoint, how many rows were read, and how many seconds that took."""
        depot, lane = self._rhythm.depot, self._lease.lane
        part = await asyncio.to_thread(depot.begin, lane)
        try:
            async with self._rhythm.turn:
                begun = time.monotonic()
                rows, cut = await self._fill(part)
                seconds = time.monotonic() - begun
            while self._sending.sent_batch < cut.batch:  # the state behind it must have gone out
                self._sending.hurry()
                await asyncio.sleep(SENT_SECONDS)
            return await asyncio.to_thread(depot.keep, part, lane, cut), rows, seconds
        except BaseException:
            await asyncio.shield(asyncio.to_thread(depot.drop, part))
            raise

    async def _fill(self, part: Part) -> tuple[int, Cut]:
        """Write the file; how many rows were read, and the batch behind it."""
        writer = await asyncio.to_thread(Writer, part.file)
        rows = 0
        async for page in self._store.rows(self._lease.lane):
            await asyncio.to_thread(writer.page, page)
            rows += len(page)
        while not self._still.is_set():
            await self._still.wait()
        noted, cut, state = self._noted, self._cut, self._state
        assert noted is not None, "it is set as long as this runs"
        assert cut is not None, "else none is begun"
        assert state is not None, "a cut is never without"
        self._noted = {}  # what is committed from here on is not in it
        await self._store.holds(self._lease, cut.batch)
        await asyncio.to_thread(writer.page, list(noted.items()))
        await asyncio.to_thread(writer.finish, Trailer(self._lease.lane, cut, state))
        return rows, cut
