"""Commits of a lane as transactions, over a connection of its own that watches the lane.

A script's arguments are copied into Lua and out of it, which takes Redis longer than keeping the rows. So
rows go beside the script, in the same transaction. What the script would refuse is looked at before, and
watched: if anybody changes it in between, the transaction does nothing. The look at what the next batch must
find goes with each transaction, so a batch still takes one round trip; it also tells whether the batch was
committed, and Redis is asked to answer nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import hiredis
from redis.exceptions import ConnectionError as LostConnectionError
from redis.exceptions import ResponseError

from streams.adapters.redis_frames import framed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.ports.rows import Rows
    from streams.ports.store import Lease


def _packed(*words: Any) -> bytes:
    packed: bytes = hiredis.pack_command(words)
    return packed


_SILENCE: Final = _packed("CLIENT", "REPLY", "OFF")
_ANSWER: Final = _packed("CLIENT", "REPLY", "ON")


class WatchedLane:
    """One for each lane of a store; commits come one after another."""

    def __init__(self, connection: Any, commit: str, look: str, keys: Sequence[str]) -> None:
        """connection: not connected yet. commit, look: texts of the scripts. keys: meta, rows, redo."""
        self._connection = connection
        self._commit = commit
        self._meta, self._rows, redo = keys
        watch = _packed("UNWATCH") + _packed("WATCH", self._meta, redo)  # one that was disturbed stays so
        self._look = watch + _ANSWER + _packed("EVAL", look, 2, self._meta, redo)
        self._end = _packed("HINCRBY", self._meta, "ended", 1) + _packed("EXEC") + self._look
        self._seen: tuple[int, bytes, int] | None = None
        """Epoch, token and batch as they are watched; None: nothing is, or rows wait to be moved."""

    async def commit(
        self, lease: Lease, batch: int, follows: int, keys: Sequence[str], head: Sequence[Any], rows: Rows
    ) -> bool:
        """Whether the batch was committed. If not, the script has to tell why; perhaps it was nevertheless.

        keys, head: of the script, which is told that rows follow. Raises what clients raise when no answer
        comes.
        """
        token = lease.token.encode()
        wanted = lease.epoch, token, follows
        try:
            if not self._connection.is_connected or self._seen != wanted:
                await self._send([_SILENCE + self._look])
            if self._seen != wanted:
                return False
            begin = _SILENCE + _packed("MULTI") + _packed("EVAL", self._commit, len(keys), *keys, *head)
            rows_set = self._connection.pack_command("HSET", self._rows, framed(rows))
            await self._send([begin, *rows_set, self._end])
        except (LostConnectionError, ResponseError):
            await self._connection.disconnect(nowait=True)  # answers may be left on it
            return False
        return self._seen == (lease.epoch, token, batch)

    async def _send(self, commands: list[Any]) -> None:
        """Send commands that end with a look, and note what that found."""
        self._seen = None
        connection = self._connection
        if not connection.is_connected:
            await connection.connect()
        try:
            # By the client's own way a task would write it, and wait for what its answer waits for anyway.
            connection._writer.writelines(commands)  # noqa: SLF001
        except OSError as error:
            raise LostConnectionError(str(error)) from error
        await self._connection.read_response()  # of CLIENT REPLY ON
        epoch, token, batch, waiting, begun, ended = await self._connection.read_response()
        if not waiting and begun == ended:
            self._seen = int(epoch or 0), token or b"", int(batch or 0)

    async def close(self) -> None:
        await self._connection.disconnect()
