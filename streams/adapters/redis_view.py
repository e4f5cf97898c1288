"""A look into Redis for tools: reads what workers keep, and never claims a lane."""

from __future__ import annotations

from typing import Any, Final

from redis.exceptions import ResponseError

from streams.adapters.redis_clients import POLICY, SAFE_POLICY, eviction, redis_reached, sync_client

ANSWER_SECONDS: Final = 5.0


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
