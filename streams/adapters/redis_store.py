"""The store in Redis. All keys of a lane have one hash tag: meta, rows, outbox, dates, and rows on their way.

Under each date (`due:` and its number) stand ids of cardholders, a line each: a text that is only appended to
takes a third of the room of a sorted set, and one command a date and batch.

A batch with few rows is one transaction (redis_watch.py), or one script call where that cannot be. A batch
with many (midnight, when time passes for a whole lane) stages its rows in pieces, takes them over in one step
with the rest by renaming, and then moves them piece by piece; whoever claims the lane finishes that first. So
Redis is never blocked for long, and a reader sees a batch wholly or not at all.
"""

from __future__ import annotations

import uuid
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from redis.exceptions import ResponseError

from streams.adapters.redis_clients import (
    POLICY,
    SAFE_POLICY,
    async_client,
    eviction,
    redis_reached,
    takes_frames,
)
from streams.adapters.redis_frames import framed
from streams.adapters.redis_shelf import RedisShelf, script_text
from streams.adapters.redis_watch import WatchedLane
from streams.ports.failures import FencedError, LostError, UnusableError
from streams.ports.lines import ids_in
from streams.ports.outbox import cut_from_json, cut_to_json, pack_entry, unpack_entry
from streams.ports.store import Claimed, Commit, Lease

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from streams.ports.rows import Rows

ROWS_IN_SCRIPT: Final = 65_536
"""More rows than this are staged."""
ROWS_FOLLOW: Final = -1
"""Instead of a number of staged elements: rows go beside the script, in its transaction."""
STAGED_AT_ONCE: Final = 1_000
STAGE_SECONDS: Final = 3600
SCAN_COUNT: Final = 1_000
READ_AT_ONCE: Final = 20_000
"""More rows than this are read in pieces: Redis serves others in between."""
ANSWER_SECONDS: Final = 10.0


class RedisStore(RedisShelf):
    """Lanes and single values under one namespace. Connects on first use; call `close` at the end."""

    def __init__(
        self,
        url: str,
        namespace: str,
        *,
        cluster: bool = False,
        rows_in_script: int = ROWS_IN_SCRIPT,
        patience: float = ANSWER_SECONDS,
    ) -> None:
        """`patience`: seconds until an answer counts as missing."""
        super().__init__(async_client(url, patience, cluster=cluster), namespace)
        self._cluster = cluster
        self._rows_in_script = rows_in_script
        self._takes_frames = takes_frames(self._redis)
        self._claim = self._script("claim")
        self._commit = self._script("commit")
        self._apply = self._script("apply")
        self._reset = self._script("reset")
        self._read = self._script("read")
        self._due = self._script("due")
        self._watched: dict[int, WatchedLane] = {}

    def _key(self, lane: int, part: str) -> str:
        return f"{{{self._namespace}:{lane}}}:{part}"

    async def claim(self, lane: int) -> Claimed:
        token = uuid.uuid4().hex
        with redis_reached():
            await self._refuse_eviction(lane)
            keys = [self._key(lane, part) for part in ("meta", "outbox", "rows", "redo")]
            epoch, cut, state, outbox, rows, indexed, before, torn = await self._claim(keys, [token])
            lease = Lease(lane, epoch, token)
            if torn:
                await self._forget(lease, keys)
                return Claimed(lease, None, None, [], torn=True)
            if await self._finish(lane):
                rows = await self._redis.hlen(self._key(lane, "rows"))
        return Claimed(
            lease,
            None if cut is None else cut_from_json(cut),
            state,
            [unpack_entry(entry) for entry in outbox],
            rows=rows,
            indexed=indexed == b"1",
            before="" if before is None else before.decode(),
        )

    async def _forget(self, lease: Lease, keys: list[str]) -> None:
        """Remove a lane whose last commit was done in part; who dies amid this leaves it torn."""
        on = {} if not self._cluster else {"target_nodes": self._redis.get_node_from_key(keys[0])}
        pattern = self._key(lease.lane, "due:*").replace("[", "\\[")
        async for key in self._redis.scan_iter(match=pattern, count=SCAN_COUNT, **on):
            await self._redis.unlink(key)
        _check(await self._reset(keys, [lease.epoch, lease.token]), lease)

    async def _refuse_eviction(self, lane: int) -> None:
        """Ask the node that has the lane; managed services forbid to ask."""
        on: dict[str, Any] = {}
        if self._cluster:
            await self._redis.initialize()
            on["target_nodes"] = self._redis.get_node_from_key(self._key(lane, "meta"))
        try:
            held = (await self._redis.config_get(POLICY, **on)).get(POLICY, SAFE_POLICY)
        except ResponseError:
            return
        if held != SAFE_POLICY:
            raise UnusableError(eviction(held))

    async def rows(self, lane: int) -> AsyncIterator[list[tuple[str, bytes]]]:
        seen: set[bytes] = set()  # a scan may show a field twice
        cursor = 0
        while True:
            with redis_reached():
                cursor, page = await self._redis.hscan(self._key(lane, "rows"), cursor, count=SCAN_COUNT)
            fresh = [(field.decode(), row) for field, row in page.items() if field not in seen]
            seen.update(page)
            if fresh:
                yield fresh
            if cursor == 0:
                return

    async def read(self, lease: Lease, cardholders: Sequence[str]) -> list[bytes | None]:
        rows: list[bytes | None] = []
        keys = [self._key(lease.lane, part) for part in ("meta", "rows", "redo")]
        with redis_reached():
            for start in range(0, len(cardholders), READ_AT_ONCE):
                asked = [lease.epoch, lease.token, *cardholders[start : start + READ_AT_ONCE]]
                answer, *found = await self._read(keys, asked)
                while answer == b"redo":
                    await self._finish(lease.lane)
                    answer, *found = await self._read(keys, asked)
                _check(answer, lease)
                rows += found
        return rows

    async def due(self, lease: Lease, days: Sequence[int]) -> list[list[str]]:
        keys = [self._key(lease.lane, part) for part in ("meta", *map("due:{}".format, days))]
        with redis_reached():
            answer, *texts = await self._due(keys, [lease.epoch, lease.token])
        _check(answer, lease)
        return [[] if text is None else ids_in(text) for text in texts]

    async def commit(self, lease: Lease, commit: Commit, sent: int) -> None:
        many = len(commit.rows) > self._rows_in_script
        days = [*(day for day, cardholders in commit.due.items() if cardholders), *commit.passed]
        keys = self._commit_keys(lease) + [self._key(lease.lane, f"due:{day}") for day in days]
        with redis_reached():
            if many:
                answer = await self._commit_staged(lease, commit, keys, sent)
            elif await self._commit_watched(lease, commit, keys, sent):
                return
            else:
                head = _head(lease, commit, sent, 0)
                while (answer := await self._commit(keys, [*head, *self._arguments(commit.rows)])) == b"redo":
                    await self._finish(lease.lane)
            _check(answer, lease)
            if many:
                await self._finish(lease.lane)

    async def _commit_staged(self, lease: Lease, commit: Commit, keys: list[str], sent: int) -> bytes:
        head = _head(lease, commit, sent, 2 * len(commit.rows))
        while True:
            await self._stage(lease, commit.rows)
            answer: bytes = await self._commit(keys, head)
            if answer == b"redo":
                await self._finish(lease.lane)
            elif answer != b"unstaged":
                return answer

    async def _commit_watched(self, lease: Lease, commit: Commit, keys: list[str], sent: int) -> bool:
        """Whether it could be committed so; if not, it may be asked for again."""
        if not self._takes_frames or not len(commit.rows):
            return False
        watched = self._watched.get(lease.lane)
        if watched is None:
            lane_keys = [self._key(lease.lane, part) for part in ("meta", "rows", "redo")]
            connection = self._redis.connection_pool.make_connection()
            watched = self._watched[lease.lane] = WatchedLane(
                connection, script_text("commit"), script_text("look"), lane_keys
            )
        head = _head(lease, commit, sent, ROWS_FOLLOW)
        return await watched.commit(lease, commit.cut.batch, commit.follows, keys, head, commit.rows)

    async def holds(self, lease: Lease, batch: int) -> None:
        with redis_reached():
            held = await self._redis.hmget(self._key(lease.lane, "meta"), "epoch", "token", "batch")
        epoch, last = int(held[0] or 0), int(held[2] or 0)
        if epoch > lease.epoch or (epoch == lease.epoch and held[1] != lease.token.encode()):
            _check(b"fenced", lease)
        if epoch < lease.epoch or last < batch:
            _check(b"lost", lease)

    async def trim(self, lease: Lease, sent: int) -> None:
        with redis_reached():
            answer = await self._commit(
                self._commit_keys(lease), [lease.epoch, lease.token, sent, 0, 0, b"", b"", b"", 0, 0, 0]
            )
        _check(answer, lease)

    def _commit_keys(self, lease: Lease) -> list[str]:
        parts = ("meta", "rows", "outbox", "redo", f"stage:{lease.token}")
        return [self._key(lease.lane, part) for part in parts]

    def _arguments(self, rows: Rows) -> Iterator[Any]:
        """The last arguments of a command: id, row, id, row, ..."""
        if self._takes_frames and len(rows):
            return iter((framed(rows),))
        return chain.from_iterable(rows)

    async def _stage(self, lease: Lease, rows: Rows) -> None:
        stage = self._key(lease.lane, f"stage:{lease.token}")
        await self._redis.delete(stage)
        for start in range(0, len(rows), STAGED_AT_ONCE):
            await self._redis.rpush(stage, *self._arguments(rows.part(start, start + STAGED_AT_ONCE)))
        await self._redis.expire(stage, STAGE_SECONDS)  # if its owner dies now, nobody else knows of it

    async def _finish(self, lane: int) -> bool:
        """Move what a committed batch has staged; whether anything was left of it at first."""
        some = False
        while await self._apply([self._key(lane, "rows"), self._key(lane, "redo")], []):
            some = True
        return some

    async def close(self) -> None:
        for watched in self._watched.values():
            await watched.close()
        await self._redis.aclose()


def _head(lease: Lease, commit: Commit, sent: int, rows: int) -> list[Any]:
    """The first arguments of the script. rows: elements staged, or ROWS_FOLLOW."""
    under = [cardholders for cardholders in commit.due.values() if cardholders]
    return [
        *(lease.epoch, lease.token, sent, commit.cut.batch, commit.follows),
        *(cut_to_json(commit.cut), commit.state),
        b"" if commit.entry is None else pack_entry(commit.entry),
        *(rows, -1 if commit.reindex else int(commit.indexed), len(under)),
        *under,
    ]


def _check(answer: bytes, lease: Lease) -> None:
    if answer == b"fenced":
        raise FencedError(f"lane {lease.lane} has a newer owner than epoch {lease.epoch}")
    if answer == b"lost":
        raise LostError(f"lane {lease.lane}: Redis lost what it had confirmed to epoch {lease.epoch}")
