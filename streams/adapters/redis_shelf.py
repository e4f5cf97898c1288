"""The shelf in Redis: a hash for each value, with its pieces beside it.

A few changes are one script call. Many (a value kept for the first time, or anew) are sent ahead in parts, to
a hash of their own, which the script then takes over: renamed if none of what is there stays, else moved.
"""

from __future__ import annotations

import secrets
import uuid
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from streams.adapters.redis_clients import redis_reached
from streams.ports.failures import LostError
from streams.ports.store import Kept

if TYPE_CHECKING:
    from collections.abc import Iterable

PIECE: Final = "piece:"
"""Before the names of pieces: the rest are fields of the same hash."""
SENT_AT_ONCE: Final = 1 << 20
"""Bytes of pieces in one command; with more than these they are sent ahead."""
READ_AT_ONCE: Final = 32
COMING_SECONDS: Final = 3600
_HEAD: Final = ("covers", "value", "mark", "begun", "ended")


def script_text(name: str) -> str:
    return files("streams.adapters").joinpath(f"lua/{name}.lua").read_text(encoding="utf-8")


class RedisShelf:
    """Values under one namespace."""

    def __init__(self, redis: Any, namespace: str) -> None:
        """redis: a client; who gives it closes it."""
        self._redis = redis
        self._namespace = namespace
        self._shelve = self._script("shelve")

    def _script(self, name: str) -> Any:
        return self._redis.register_script(
            script_text(name)
        )  # calls by digest; loads it when Redis has forgotten it

    def _place(self, name: str) -> str:
        return f"{self._namespace}:shelf:{name}"

    async def get(self, name: str) -> tuple[int, bytes] | None:
        """As Shelf.get."""
        with redis_reached():
            covers, value = await self._redis.hmget(self._place(name), "covers", "value")
        return None if covers is None else (int(covers), value)

    async def put(self, name: str, covers: int, value: bytes) -> bool:
        """As Shelf.put."""
        return await self.put_pieces(name, covers, value, (), "") is not None

    async def get_pieces(self, name: str) -> Kept | None:
        """As Shelf.get_pieces. Read in groups, so that Redis serves others in between, until none changed."""
        place = self._place(name)
        with redis_reached():
            while True:
                covers, value, mark, begun, ended = await self._redis.hmget(place, *_HEAD)
                if covers is None or begun != ended:  # ended: there is a part of it (shelve.lua)
                    return None
                names = [one for one in await self._redis.hkeys(place) if one.startswith(PIECE.encode())]
                pieces: dict[str, bytes] = {}
                for start in range(0, len(names), READ_AT_ONCE):
                    group = names[start : start + READ_AT_ONCE]
                    bodies = await self._redis.hmget(place, *group)
                    pieces |= {
                        one.decode().removeprefix(PIECE): body
                        for one, body in zip(group, bodies, strict=True)
                        if body is not None
                    }
                if await self._redis.hget(place, "mark") == mark:
                    return Kept(int(covers), value, pieces, "" if mark is None else mark.decode())

    async def put_pieces(
        self,
        name: str,
        covers: int,
        value: bytes,
        pieces: Iterable[tuple[str, bytes | None]],
        follows: str,
    ) -> str | None:
        """As Shelf.put_pieces."""
        place, mark = self._place(name), uuid.uuid4().hex
        ahead = f"{{{place}}}:{mark}"  # where the value is: a key without braces is a tag as a whole
        coming = held = 0
        gone: list[str] = []
        part: list[str | bytes] = []
        with redis_reached():
            for piece, body in pieces:
                if body is None:
                    gone.append(PIECE + piece)
                    continue
                part += (PIECE + piece, body)
                held += len(body)
                if held >= SENT_AT_ONCE:
                    if not coming and await self._is_covered(place, covers):
                        return None
                    await self._redis.hset(ahead, items=part)
                    await self._redis.expire(ahead, COMING_SECONDS)  # if its owner dies now
                    coming += len(part) // 2
                    part, held = [], 0
            head = [covers, value, mark, follows, secrets.randbits(40), coming, len(gone)]
            answer = await self._shelve([place, ahead], [*head, *gone, *part])
        if answer == b"lost":
            raise LostError(f"{name}: another is there than the one that was known")
        return mark if answer == b"kept" else None

    async def _is_covered(self, place: str, covers: int) -> bool:
        known, begun, ended = await self._redis.hmget(place, "covers", "begun", "ended")
        return known is not None and begun == ended and int(known) > covers
