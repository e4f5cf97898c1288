"""A look into Redis for tools: reads what workers keep, and never claims a lane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from redis.exceptions import ResponseError

from streams.adapters.redis_clients import POLICY, SAFE_POLICY, eviction, redis_reached, sync_client
from streams.checkpoint.still import Standing
from streams.ports.outbox import cut_from_json

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER_SECONDS: Final = 5.0
SCAN_COUNT: Final = 1_000


class RedisView:
    """Connects on first use; close it. Every method may raise UnreachableError."""

    def __init__(self, url: str, namespace: str, *, cluster: bool = False) -> None:
        """That of a cluster connects at once, and may raise UnreachableError."""
        self._cluster = cluster
        with redis_reached():
            self._redis: Any = sync_client(url, ANSWER_SECONDS, cluster=cluster)
        self._namespace = namespace

    def cardholder(self, lane: int, cardholder: str) -> tuple[bytes | None, bytes | None]:
        """The lane's own state, and the cardholder's packed row: as of one batch."""
        tag = f"{{{self._namespace}:{lane}}}"
        with redis_reached(), self._redis.pipeline(transaction=True) as both:
            both.hget(f"{tag}:meta", "state")
            both.hget(f"{tag}:rows", cardholder)
            state, row = both.execute()
        return state, row

    def standing(self, lane: int) -> Standing | None:
        """How a lane stands, as of one moment; None when nothing of it was committed."""
        tag = f"{{{self._namespace}:{lane}}}"
        with redis_reached(), self._redis.pipeline(transaction=True) as both:
            both.hmget(f"{tag}:meta", "epoch", "token", "cut", "state")
            both.exists(f"{tag}:redo")
            (epoch, token, cut, state), moving = both.execute()
        if cut is None:
            return None
        return Standing(int(epoch), token, cut_from_json(cut), state, bool(moving))

    def rows(self, lane: int) -> Iterator[list[tuple[str, bytes]]]:
        """All rows of a lane, page by page; of a cardholder that comes twice the later one counts."""
        cursor = 0
        while True:
            with redis_reached():
                cursor, page = self._redis.hscan(
                    f"{{{self._namespace}:{lane}}}:rows", cursor, count=SCAN_COUNT
                )
            if page:
                yield [(field.decode(), row) for field, row in page.items()]
            if cursor == 0:
                return

    def _nodes(self) -> list[Any]:
        """A client of each server that takes writes."""
        if not self._cluster:
            return [self._redis]
        return [self._redis.get_redis_connection(node) for node in self._redis.get_primaries()]

    def versions(self) -> list[str]:
        """Of each server."""
        with redis_reached():
            return [str(node.info("server")["redis_version"]) for node in self._nodes()]

    def settings(self, name: str) -> list[str]:
        """A setting on each server; of those that may be asked (managed services forbid CONFIG)."""
        found = []
        with redis_reached():
            for node in self._nodes():
                try:
                    value = node.config_get(name).get(name)
                except ResponseError:
                    continue
                if value is not None:
                    found.append(str(value))
        return found

    def refuses(self) -> str | None:
        """Why workers must not run on this Redis; None when they may."""
        held = [policy for policy in self.settings(POLICY) if policy != SAFE_POLICY]
        return eviction(held[0]) if held else None

    def close(self) -> None:
        self._redis.close()
