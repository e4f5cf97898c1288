from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from streams.adapters.memory_log import MemoryLog
from streams.ports.failures import FencedError
from streams.ports.outbox import Cut, Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.conftest import LogUnderTest

START = [0] * 7


def cut(batch: int) -> Cut:
    return Cut(batch, (batch, 2, 3, 4, 5, 6, 7), (batch, 0, 1, 0), "default.3", "r1", batch, "o", f"c{batch}")


async def read_all(
    log: LogUnderTest, lane: int, offsets: list[int], topics: list[int]
) -> dict[int, list[Any]]:
    reader = await log.log.reader(lane, offsets)
    found: dict[int, list[Any]] = {}
    while any(reader.unread(topic) for topic in topics):
        for run in await reader.fetch(topics, 1.0):
            assert run.topic in topics
            found.setdefault(run.topic, []).extend(zip(run.offsets, run.keys, run.values, strict=True))
    assert await reader.fetch(topics, 0.0) == []
    await reader.close()
    return found


def test_a_reader_gets_each_topic_from_its_offset_on(log: LogUnderTest, run: Callable[..., Any]) -> None:
    for number in range(5):
        log.append("accounts", 0, b"a%d" % number, b"k")
        log.append("control", 0, b"t%d" % number, None)
        log.append("accounts", 1, b"other", b"k")
    found = run(read_all(log, 0, [2, 0, 0, 0, 0, 0, 4], list(range(7))))
    assert found == {0: [(n, b"k", b"a%d" % n) for n in (2, 3, 4)], 6: [(4, None, b"t4")]}


def test_only_topics_asked_for_are_read(log: LogUnderTest, run: Callable[..., Any]) -> None:
    async def test() -> None:
        for number in range(3):
            log.append("accounts", 0, b"a%d" % number)
            log.append("outcomes", 0, b"o%d" % number)
        reader = await log.log.reader(0, START)
        first = []
        while reader.unread(0):
            first += [run.topic for run in await reader.fetch([0], 1.0)]
        assert set(first) == {0}
        assert reader.unread(5)
        second = await reader.fetch([5], 1.0)
        assert [list(run.values) for run in second] == [[b"o0", b"o1", b"o2"]]
        await reader.close()

    run(test())


def test_a_reader_waits_for_news(log: LogUnderTest, run: Callable[..., Any]) -> None:
    async def test() -> None:
        reader = await log.log.reader(0, START)
        assert not any(reader.unread(topic) for topic in range(7))
        assert await reader.fetch(range(7), 0.05) == []
        waiting = asyncio.create_task(reader.fetch(range(7), 20.0))
        await asyncio.sleep(0.05)
        if isinstance(log.log, MemoryLog):
            log.append("repayments", 0, b"late")  # belongs to this loop
        else:
            await asyncio.to_thread(log.append, "repayments", 0, b"late")  # waits for the broker
        found = await waiting
        assert [(run.topic, run.offsets.tolist(), list(run.values)) for run in found] == [(2, [0], [b"late"])]
        log.append("accounts", 0, b"x")
        await reader.refresh()
        assert reader.unread(0)
        await reader.close()

    run(test())


def test_nulls_empties_stamps_and_large_values_arrive_as_they_are(
    log: LogUnderTest, run: Callable[..., Any]
) -> None:
    large = b"x" * (2 * 1024 * 1024 - 200)
    log.append("transactions", 1, None, b"k", 5)
    log.append("transactions", 1, b"", None, 1_700_000_000_000, [("h", b"1")])
    log.append("transactions", 1, large, b"", -1 if type(log.log).__name__ == "MemoryLog" else 0)
    found = run(read_all(log, 1, START, [3]))
    assert found[3] == [(0, b"k", None), (1, None, b""), (2, b"", large)]

    async def stamps() -> list[int]:
        reader = await log.log.reader(1, START)
        taken: list[int] = []
        while reader.unread(3):
            for fetched in await reader.fetch([3], 1.0):
                taken += fetched.stamps.tolist()
        await reader.close()
        return taken

    assert run(stamps())[:2] == [5, 1_700_000_000_000]


def test_what_is_published_is_there_with_its_progress(log: LogUnderTest, run: Callable[..., Any]) -> None:
    async def test() -> None:
        publisher = log.log.publisher(1)
        assert await publisher.open() is None
        messages = [
            Message(0, b"k1", b"d1", [("ce_id", b"1")]),
            Message(1, None, b"", [("error_code", b"schema")]),
            Message(1, b"", None, [("error_code", b"invalid_json")]),
            Message(2, b"k", b"o", []),
            Message(3, b"k", b"l", []),
            Message(0, b"k2", b"d2", []),
        ]
        await publisher.publish(messages, [cut(1), cut(2)], cut(2))
        await publisher.publish([], [cut(3)], cut(3))
        assert await publisher.open() == cut(3)
        await publisher.close()
        assert await log.log.cuts(1, 0) == [cut(1), cut(2), cut(3)]
        assert await log.log.cuts(1, 2) == [cut(3)]
        assert await log.log.cuts(0, 0) == []
        assert [m async for page in log.log.sent(1, 0) for m in page] == [messages[0], messages[5]]
        assert [m async for page in log.log.sent(1, 1) for m in page] == messages[1:3]
        assert [m async for page in log.log.sent(0, 0) for m in page] == []

    run(test())
    decisions = log.read("risk-decisions", 1)
    assert [(r.key, r.value, r.headers) for r in decisions] == [
        (b"k1", b"d1", [("ce_id", b"1")]),
        (b"k2", b"d2", []),
    ]
    assert [(r.key, r.value) for r in log.read("dead-letters", 1)] == [(None, b""), (b"", None)]
    assert [r.value for r in log.read("learning", 0)] == [b"o", b"l"]
    assert len(log.read("lane-progress", 1)) == 2


def test_a_publisher_opened_later_fences_the_one_before(log: LogUnderTest, run: Callable[..., Any]) -> None:
    async def test() -> None:
        old, new, other = log.log.publisher(0), log.log.publisher(0), log.log.publisher(1)
        await old.open()
        await old.publish([Message(0, b"k", b"1", [])], [cut(1)], cut(1))
        assert await other.open() is None
        assert await new.open() == cut(1)
        with pytest.raises(FencedError):
            await old.publish([Message(0, b"k", b"zombie", [])], [cut(2)], cut(2))
        await new.publish([Message(0, b"k", b"2", [])], [cut(2)], cut(2))
        await other.publish([Message(0, b"k", b"x", [])], [cut(1)], cut(1))
        for publisher in (old, new, other):
            await publisher.close()

    run(test())
    assert [record.value for record in log.read("risk-decisions", 0)] == [b"1", b"2"]


def test_many_and_large_messages_are_one_transaction(log: LogUnderTest, run: Callable[..., Any]) -> None:
    large = [Message(1, b"k", b"x" * (2 * 1024 * 1024 - 100), [("h", b"y" * 500)]) for _ in range(3)]
    many = [Message(0, b"k%d" % number, b"v" * 1000, [("n", b"1")]) for number in range(2_000)]

    async def test() -> None:
        publisher = log.log.publisher(0)
        await publisher.open()
        await publisher.publish(large + many, [cut(number) for number in range(1, 300)], cut(299))
        await publisher.open()  # what was committed shows to readers a moment later; after this, all of it
        await publisher.close()
        assert [found.batch for found in await log.log.cuts(0, 290)] == list(range(291, 300))

    run(test())
    assert [record.key for record in log.read("risk-decisions", 0)] == [message.key for message in many]
    assert [len(record.value) for record in log.read("dead-letters", 0)] == [2 * 1024 * 1024 - 100] * 3


def test_a_lane_starts_at_what_the_log_still_holds(log: LogUnderTest, run: Callable[..., Any]) -> None:
    assert run(log.log.starts(0)) == START
