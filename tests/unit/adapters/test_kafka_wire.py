"""What is written to brokers, and read of their answers, is what aiokafka writes and reads."""

from __future__ import annotations

from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import IncompatibleBrokerVersion
from aiokafka.protocol.api import RequestHeader_v1
from aiokafka.protocol.fetch import FetchRequest_v10, FetchResponse_v10
from aiokafka.protocol.produce import ProduceRequest_v3, ProduceResponse_v3
from aiokafka.protocol.transaction import (
    AddPartitionsToTxnRequest_v0,
    AddPartitionsToTxnResponse_v0,
    EndTxnRequest_v0,
    EndTxnResponse_v0,
)

from streams.adapters.fetch_requests import Told, fetch
from streams.adapters.kafka_wire import Written
from streams.adapters.transaction_requests import Owner

OWNER = Owner("monitor-lane-3", (123_456_789_012, 7))
PLACES = [TopicPartition("p.decisions", 3), TopicPartition("p.journal", 3), TopicPartition("p.journal", 2)]


def same(written: Written, theirs: Any) -> None:
    """Header and body, byte for byte."""
    written.check({theirs.API_KEY: (0, theirs.API_VERSION)})
    message = RequestHeader_v1(theirs, 77, "clïent").encode() + theirs.encode()
    assert written.frame(77, "clïent") == len(message).to_bytes(4) + message
    for others in ({}, {theirs.API_KEY: (theirs.API_VERSION + 1, 20)}, {theirs.API_KEY + 1: (0, 20)}):
        with pytest.raises(IncompatibleBrokerVersion):
            written.check(others)


def read(written: Written, answer: Any) -> Any:
    """As a connection hands it over."""
    return written.read(memoryview(answer.encode()))


def test_a_fetch() -> None:
    wanted = [(TopicPartition("p.accounts", 3), 12), (TopicPartition("p.transactions", 3), 2**40)]
    written = fetch(wanted, 500, 4_000_000, 16_000_000)
    topics = [(place.topic, [(place.partition, -1, offset, -1, 4_000_000)]) for place, offset in wanted]
    same(written, FetchRequest_v10(-1, 500, 1, 16_000_000, 1, 0, -1, topics, []))
    told = [
        ("p.accounts", [(3, 0, 90, 80, 1, None, b"records"), (4, 6, -1, -1, -1, [], None)]),
        ("p.transactions", [(3, 0, 9, 8, 0, [(5, 6), (7, 8)], b"")]),
    ]
    assert read(written, FetchResponse_v10(0, 0, 0, told)) == [
        Told("p.accounts", 3, 0, 80, [], b"records"),
        Told("p.accounts", 4, 6, -1, [], b""),
        Told("p.transactions", 3, 0, 8, [(5, 6), (7, 8)], b""),
    ]
    assert read(written, FetchResponse_v10(0, 0, 0, [])) == []


def test_partitions_are_added_to_a_transaction() -> None:
    written = OWNER.add(PLACES)
    topics = [("p.decisions", [3]), ("p.journal", [3, 2])]
    same(written, AddPartitionsToTxnRequest_v0("monitor-lane-3", *OWNER.producer, topics))
    answer = AddPartitionsToTxnResponse_v0(0, [("p.decisions", [(3, 0)]), ("p.journal", [(3, 51), (2, 47)])])
    assert read(written, answer) == dict(zip(PLACES, (0, 51, 47), strict=True))


def test_batches_are_produced() -> None:
    written = OWNER.produce(dict(zip(PLACES, (b"one", b"", b"three"), strict=True)), 30_000)
    topics = [("p.decisions", [(3, b"one")]), ("p.journal", [(3, b""), (2, b"three")])]
    same(written, ProduceRequest_v3("monitor-lane-3", -1, 30_000, topics))
    answer = ProduceResponse_v3(
        [("p.decisions", [(3, 0, 5, -1)]), ("p.journal", [(3, 6, -1, -1), (2, 45, -1, -1)])], 0
    )
    assert read(written, answer) == dict(zip(PLACES, (0, 6, 45), strict=True))


def test_a_transaction_is_committed() -> None:
    written = OWNER.commit()
    same(written, EndTxnRequest_v0("monitor-lane-3", *OWNER.producer, True))  # noqa: FBT003  # theirs
    assert list(read(written, EndTxnResponse_v0(0, 90))) == [90]
