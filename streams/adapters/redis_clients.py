"""Clients of a Redis, or of a Redis Cluster: there the keys of a lane are on one node, by their hash tag."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import hiredis
import redis.asyncio as redis
from redis import Redis
from redis.asyncio.cluster import RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster as SyncRedisCluster
from redis.exceptions import RedisClusterException, RedisError

from streams.adapters.redis_frames import Frames
from streams.ports.failures import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

POLICY: Final = "maxmemory-policy"
_WRITING: Final = ("writelines", "drain")
SAFE_POLICY: Final = "noeviction"
EVICTS: Final = "it may throw away state when memory is short"


class FastConnection(redis.Connection):
    """Packs commands in C: one with thousands of arguments would keep the loop busy for long.

    The last argument may be Frames: they are sent as they are.
    """

    def pack_command(self, *args: Any) -> list[Any]:
        name, *more = args
        frames = more.pop() if isinstance(args[-1], Frames) else None
        words = [*(name.split() if isinstance(name, str) else (name,)), *more]
        packed = hiredis.pack_command(tuple(words))
        if frames is None:
            return [packed]
        counted = packed.index(b"\n") + 1
        return [b"*%d\r\n" % (len(words) + frames.count) + packed[counted:], frames.text]


def takes_frames(client: Any) -> bool:
    """Whether a command of this client may end with Frames."""
    pool = getattr(client, "connection_pool", None)
    return pool is not None and issubclass(pool.connection_class, FastConnection)


def async_client(url: str, patience: float, *, cluster: bool) -> Any:
    """Connects on first use. `patience`: seconds until an answer counts as missing."""
    options: dict[str, Any] = {
        "socket_timeout": patience,
        "socket_connect_timeout": patience,
        "socket_keepalive": True,
        "retry": Retry(NoBackoff(), 0),  # the lanes retry, and say so
    }
    if cluster:
        return RedisCluster.from_url(url, **options)
    pool = redis.ConnectionPool.from_url(
        url,
        connection_class=FastConnection,  # for redis://; other schemes have their own
        **options,
    )
    return redis.Redis.from_pool(pool)


def sync_client(url: str, patience: float, *, cluster: bool) -> Any:
    """For tools. That of a cluster connects at once: may raise what `redis_reached` takes."""
    kind: Any = SyncRedisCluster if cluster else Redis
    return kind.from_url(url, socket_timeout=patience, socket_connect_timeout=patience)


@contextmanager
def redis_reached() -> Iterator[None]:
    """Raise what clients raise as UnreachableError."""
    try:
        yield
    except (RedisError, RedisClusterException, OSError) as error:
        raise UnreachableError(f"Redis: {type(error).__name__}: {error}") from error
    except AttributeError as error:
        # A cluster's client that lost a node closes what other calls are about to write to: None by then.
        if error.obj is not None or error.name not in _WRITING:
            raise
        raise UnreachableError("Redis: the connection was closed while a command was sent") from error


def eviction(held: str) -> str:
    """What is wrong with a policy, and what mends it."""
    return f"Redis {POLICY} is {held}: {EVICTS}; redis-cli CONFIG SET {POLICY} {SAFE_POLICY}"
