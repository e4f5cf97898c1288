"""What only Redis can do wrong."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import redis

from deploy.redis.local import LocalRedis
from streams.adapters.redis_store import RedisStore
from streams.ports.failures import LostError, UnreachableError
from streams.ports.lines import lines_of
from tests.contract.batches import all_rows, commit, cut
from tests.services.fixtures import unless_unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.services.servers import RedisServer

pytestmark = pytest.mark.integration


def test_scripts_are_loaded_again_when_redis_has_forgotten_them(
    redis_server: RedisServer, redis_namespace: str, run: Callable[..., Any]
) -> None:
    store = RedisStore(redis_server.url, redis_namespace)
    lease = run(store.claim(0)).lease
    with redis.Redis.from_url(redis_server.url) as client:
        client.script_flush()
        run(store.commit(lease, commit(1, {"a": b"1"}), 0))
        client.script_flush()
    assert run(store.claim(0)).cut == cut(1)
    run(store.close())


def test_rows_staged_by_an_owner_that_died_are_taken_over_by_the_next(
    redis_server: RedisServer, redis_namespace: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = RedisStore(redis_server.url, redis_namespace, rows_in_script=10)
    lease = run(store.claim(0)).lease
    many = {f"c{number}": b"x" for number in range(3_000)}

    async def dies(lane: int) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(store, "_finish", dies)
        with pytest.raises(ZeroDivisionError):
            run(store.commit(lease, commit(1, many), 0))
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.hlen(f"{{{redis_namespace}:0}}:rows") == 0
        assert client.ttl(f"{{{redis_namespace}:0}}:redo") == -1
    claimed = run(store.claim(0))
    assert claimed.cut == cut(1)
    assert run(all_rows(store, 0)) == many
    run(store.close())


def test_a_lane_removed_in_part_begins_anew(
    redis_server: RedisServer, redis_namespace: str, run: Callable[..., Any]
) -> None:
    """Its keys were deleted one by one while it went on: what came after is left."""
    store = RedisStore(redis_server.url, redis_namespace)
    lease = run(store.claim(0)).lease
    run(store.commit(lease, commit(1, {"a": b"1"}), 0))
    with redis.Redis.from_url(redis_server.url) as client:
        client.delete(f"{{{redis_namespace}:0}}:meta")
        client.rpush(f"{{{redis_namespace}:0}}:redo", "b", "2")
    claimed = run(store.claim(0))
    assert (claimed.cut, claimed.outbox, claimed.rows) == (None, [], 0)
    run(store.commit(claimed.lease, commit(1, {"c": b"3"}), 0))
    assert run(all_rows(store, 0)) == {"c": b"3"}
    assert len(run(store.claim(0)).outbox) == 1
    run(store.close())


def tear(folder: Path) -> None:
    """Cut the append-only file amid the rows of its last transaction, as a machine that loses power may."""
    (file,) = folder.glob("appendonlydir/*.incr.aof")
    text = file.read_bytes()
    rows = text.index(b":rows\r\n", text.rindex(b"MULTI"))
    os.truncate(file, rows + 2_000)


@pytest.mark.chaos
def test_a_torn_commit_is_never_half_of_a_state(tmp_path: Path, run: Callable[..., Any]) -> None:
    """Redis 7.0 leaves a torn transaction's beginning in its file, and does it at the start after next."""
    server = LocalRedis(tmp_path)
    with unless_unavailable():
        server.start()
    try:
        store = RedisStore(server.url, "torn", rows_in_script=10_000)
        lease = run(store.claim(0)).lease
        run(store.commit(lease, commit(1, {f"c{number}": b"1" for number in range(3_000)}), 0))
        run(store.commit(lease, commit(2, {f"c{number}": b"2" for number in range(3_000)}), 0))
        server.kill()
        tear(tmp_path)
        server.start()
        run(store.close())
        store = RedisStore(server.url, "torn")
        claimed = run(store.claim(0))
        assert claimed.cut == cut(1)
        run(store.commit(claimed.lease, commit(2, {"c7": b"another 2"}), 0))
        run(store.close())
        server.restart()
        store = RedisStore(server.url, "torn")
        claimed = run(store.claim(0))
        rows = run(all_rows(store, 0))
        if claimed.torn:
            assert (claimed.cut, claimed.state, claimed.outbox, rows) == (None, None, [], {})
        else:  # this Redis mends its file
            assert claimed.cut == cut(2)
            assert rows == {f"c{number}": b"1" for number in range(3_000)} | {"c7": b"another 2"}
        run(store.close())
    finally:
        server.discard()


def test_a_lane_that_is_torn_is_forgotten(
    redis_server: RedisServer, redis_namespace: str, run: Callable[..., Any]
) -> None:
    store = RedisStore(redis_server.url, redis_namespace)
    lease = run(store.claim(0)).lease
    run(store.commit(lease, replace(commit(1, {"a": b"1"}), due={7: lines_of("a")}), 0))
    assert not run(store.claim(0)).torn
    tag = f"{{{redis_namespace}:0}}"
    with redis.Redis.from_url(redis_server.url) as client:
        client.hincrby(f"{tag}:meta", "begun", 1)  # and nothing more of a batch but a row
        client.hset(f"{tag}:rows", "b", b"2")
        claimed = run(store.claim(0))
        assert claimed.torn
        assert (claimed.cut, claimed.state, claimed.outbox, claimed.rows) == (None, None, [], 0)
        assert [key.decode() for key in client.scan_iter(f"{tag}:*")] == [f"{tag}:meta"]
    run(store.commit(claimed.lease, commit(1, {"c": b"3"}), 0))
    again = run(store.claim(0))
    assert not again.torn
    assert again.cut == cut(1)
    assert run(all_rows(store, 0)) == {"c": b"3"}
    run(store.close())


def test_a_value_that_is_torn_is_forgotten(
    redis_server: RedisServer, redis_namespace: str, run: Callable[..., Any]
) -> None:
    store = RedisStore(redis_server.url, redis_namespace)
    mark = run(store.put_pieces("classroom", 5, b"five", [("a:1", b"1")], ""))
    place = f"{redis_namespace}:shelf:classroom"
    with redis.Redis.from_url(redis_server.url) as client:
        client.hincrby(place, "begun", 1)  # and nothing more of what came next but a piece
        client.hset(place, "piece:a:1", b"2")
    assert run(store.get_pieces("classroom")) is None
    with pytest.raises(LostError):
        run(store.put_pieces("classroom", 6, b"six", [("a:2", b"2")], mark))
    run(store.put_pieces("classroom", 4, b"four", [("a:3", b"3")], ""))  # covers less than what was there
    found = run(store.get_pieces("classroom"))
    assert (found.covers, found.value, found.pieces) == (4, b"four", {"a:3": b"3"})
    run(store.close())


def test_pieces_that_never_arrive_leave_nothing(
    redis_server: RedisServer, redis_namespace: str, run: Callable[..., Any]
) -> None:
    """Its owner dies, or loses the connection, while they are on their way."""
    store = RedisStore(redis_server.url, redis_namespace)
    mark = run(store.put_pieces("classroom", 5, b"five", [("a:1", b"1")], ""))

    def dying() -> Iterator[tuple[str, bytes]]:
        yield from ((f"a:{n}", b"x" * 900_000) for n in range(3))
        raise ZeroDivisionError

    for follows in (mark, ""):
        with pytest.raises(ZeroDivisionError):
            run(store.put_pieces("classroom", 6, b"six", dying(), follows))
    found = run(store.get_pieces("classroom"))
    assert (found.covers, found.pieces, found.mark) == (5, {"a:1": b"1"}, mark)
    place = f"{redis_namespace}:shelf:classroom"
    with redis.Redis.from_url(redis_server.url) as client:
        left = [key for key in client.scan_iter(f"*{redis_namespace}:shelf:*") if key != place.encode()]
        assert len(left) == 2
        assert all(0 < client.ttl(key) <= 3600 for key in left)
        assert client.ttl(place) == -1
    run(store.close())


def test_a_server_that_does_not_answer_is_told(own_redis: RedisServer, run: Callable[..., Any]) -> None:
    store = RedisStore(own_redis.url, "x", patience=0.5)
    lease = run(store.claim(0)).lease
    own_redis.pause()
    with pytest.raises(UnreachableError):
        run(store.commit(lease, commit(1, {"a": b"1"}), 0))
    own_redis.resume()
    run(store.commit(lease, commit(1, {"a": b"1"}), 0))
    own_redis.kill()
    with pytest.raises(UnreachableError):
        run(store.claim(0))
    run(store.close())
