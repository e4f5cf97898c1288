"""Commits as transactions that watch their lane: what comes in between, and what goes wrong amid one."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import redis

from streams.adapters.redis_store import RedisStore
from streams.ports.failures import FencedError, LostError, UnreachableError
from tests.contract.batches import all_rows, commit, cut

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.services.servers import RedisServer

pytestmark = pytest.mark.integration


async def begun(url: str, namespace: str, **options: Any) -> tuple[RedisStore, Any]:
    """A store that watches lane 0 after its first batch, and the lease."""
    store = RedisStore(url, namespace, **options)
    lease = (await store.claim(0)).lease
    await store.commit(lease, commit(1, {"a": b"1"}), 0)
    return store, lease


def test_who_was_succeeded_changes_nothing(
    redis_server: RedisServer, redis_namespace: str, run: Callable[..., Any]
) -> None:
    store, lease = run(begun(redis_server.url, redis_namespace))
    successor = RedisStore(redis_server.url, redis_namespace)
    claimed = run(successor.claim(0))
    assert claimed.cut == cut(1)
    with pytest.raises(FencedError):
        run(store.commit(lease, commit(2, {"a": b"2", "b": b"2"}), 1))
    assert run(all_rows(successor, 0)) == {"a": b"1"}
    run(successor.commit(claimed.lease, commit(2, {"b": b"other"}), 0))
    with pytest.raises(FencedError):
        run(store.commit(lease, commit(2, {"a": b"2"}), 1))
    assert run(all_rows(successor, 0)) == {"a": b"1", "b": b"other"}
    again = run(successor.claim(0))
    assert not again.torn
    assert again.cut == cut(2)
    run(successor.close())
    run(store.close())


def test_what_redis_lost_is_noticed(own_redis: RedisServer, run: Callable[..., Any]) -> None:
    store, lease = run(begun(own_redis.url, "x"))
    with redis.Redis.from_url(own_redis.url) as client:
        client.flushall()
        with pytest.raises(LostError):
            run(store.commit(lease, commit(2, {"a": b"2"}), 0))
        assert client.dbsize() == 0
    run(store.close())


def test_a_connection_that_was_cut_is_made_anew(own_redis: RedisServer, run: Callable[..., Any]) -> None:
    store, lease = run(begun(own_redis.url, "x"))
    with redis.Redis.from_url(own_redis.url) as client:
        for batch in (2, 3, 4):
            client.client_kill_filter(_type="normal", skipme=True)
            with suppress(UnreachableError):  # the others' connections are cut, too; a lane asks again
                run(store.commit(lease, commit(batch, {"a": b"%d" % batch}), 0))
            run(store.commit(lease, commit(batch, {"a": b"%d" % batch}), 0))
        client.script_flush()
        run(store.commit(lease, commit(5, {"b": b"5"}), 0))
    assert run(all_rows(store, 0)) == {"a": b"4", "b": b"5"}
    claimed = run(store.claim(0))
    assert not claimed.torn
    assert claimed.cut == cut(5)
    run(store.close())


def test_full_memory_refuses_a_batch_as_a_whole(own_redis: RedisServer, run: Callable[..., Any]) -> None:
    store, lease = run(begun(own_redis.url, "x"))
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("maxmemory", 1)
        with pytest.raises(UnreachableError, match="memory"):
            run(store.commit(lease, commit(2, {"a": b"2", "b": b"2"}), 1))
        client.config_set("maxmemory", 0)
        assert client.hget("{x:0}:meta", "begun") == client.hget("{x:0}:meta", "ended")
    assert run(all_rows(store, 0)) == {"a": b"1"}
    run(store.commit(lease, commit(2, {"a": b"2", "b": b"2"}), 1))
    assert run(all_rows(store, 0)) == {"a": b"2", "b": b"2"}
    run(store.close())


def test_rows_that_wait_to_be_moved_come_first(
    redis_server: RedisServer, redis_namespace: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, lease = run(begun(redis_server.url, redis_namespace, rows_in_script=2))

    async def dies(lane: int) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(store, "_finish", dies)
        with pytest.raises(ZeroDivisionError):
            run(store.commit(lease, commit(2, {"a": b"2", "b": b"2", "c": b"2"}), 0))
    run(store.commit(lease, commit(3, {"a": b"3"}), 0))
    assert run(all_rows(store, 0)) == {"a": b"3", "b": b"2", "c": b"2"}
    run(store.close())


def test_one_that_is_given_up_or_answered_late_is_done_once(
    own_redis: RedisServer, run: Callable[..., Any]
) -> None:
    store, lease = run(begun(own_redis.url, "x", patience=0.5))

    async def given_up(batch: int) -> None:
        task = asyncio.create_task(store.commit(lease, commit(batch, {"a": b"%d" % batch}), 0))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    own_redis.pause()
    run(given_up(2))
    own_redis.resume()
    run(store.commit(lease, commit(2, {"a": b"2"}), 0))
    own_redis.pause()
    with pytest.raises(UnreachableError):
        run(store.commit(lease, commit(3, {"a": b"3"}), 0))
    own_redis.resume()
    run(store.commit(lease, commit(3, {"a": b"3"}), 0))
    run(store.commit(lease, commit(4, {"b": b"4"}), 0))
    claimed = run(store.claim(0))
    assert not claimed.torn
    assert claimed.cut == cut(4)
    assert [entry.cut.batch for entry in claimed.outbox] == [1, 2, 3, 4]
    assert run(all_rows(store, 0)) == {"a": b"3", "b": b"4"}
    run(store.close())


def test_what_came_in_between_disturbs_one_batch_alone(
    own_redis: RedisServer, run: Callable[..., Any]
) -> None:
    """A batch without rows, and a trim, go through the script; what follows is a transaction again."""
    store, lease = run(begun(own_redis.url, "x"))
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_resetstat()
        for batch in range(2, 12, 2):
            run(store.commit(lease, commit(batch, {}), 0))
            run(store.trim(lease, batch - 1))
            run(store.commit(lease, commit(batch + 1, {"a": b"%d" % batch}), 0))
        calls = {name: told["calls"] for name, told in client.info("commandstats").items()}
    assert (calls["cmdstat_exec"], calls["cmdstat_evalsha"]) == (5, 10)
    assert run(all_rows(store, 0)) == {"a": b"10"}
    run(store.close())
