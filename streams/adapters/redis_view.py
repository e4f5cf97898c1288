"""A look into Redis for tools: reads what workers keep, and never claims a lane."""

from __future__ import annotations

from typing import Any, Final

import redis
from redis.exceptions import RedisError

from streams.ports.failures import UnreachableError

ANSWER_SECONDS: Final = 5.0


class RedisView:
    """Connects on first use; close it."""

    def __init__(self, url: str, namespace: str) -> None:
        self._redis: Any = redis.Redis.from_url(
            url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS
        )
        self._namespace = namespace

    def cardholder(self, lane: int, cardholder: str) -> tuple[bytes | None, bytes | None]:
        """The lane's own state, and the cardholder's packed row: as of one batch."""
        tag = f"{{{self._namespace}:{lane}}}"
        try:
            with self._redis.pipeline(transaction=True) as both:
                both.hget(f"{tag}:meta", "state")
                both.hget(f"{tag}:rows", cardholder)
                state, row = both.execute()
        except (RedisError, OSError) as error:
            raise UnreachableError(f"Redis: {error}") from error
        return state, row

    def info(self) -> dict[str, Any]:
        """What the server says of itself."""
        try:
            found: dict[str, Any] = self._redis.info()
        except (RedisError, OSError) as error:
            raise UnreachableError(f"Redis: {error}") from error
        return found

    def setting(self, name: str) -> str | None:
        """A setting of the server; None where it may not be asked (managed services forbid CONFIG)."""
        try:
            found = self._redis.config_get(name)
        except RedisError:
            return None
        except OSError as error:
            raise UnreachableError(f"Redis: {error}") from error
        value = found.get(name)
        return None if value is None else str(value)

    def close(self) -> None:
        self._redis.close()
