"""The book in Kafka, ready for workers: topics, accounts, events and the champion."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from features.inbound.layout import TOPICS
from streams.adapters.topics import SNAPSHOTS
from streams.worker.snapshots import name_of
from tests.bench.load import lanes_of, write
from tests.bench.records import accounts, records
from tests.bench.records import name_of as holder_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.snapshot import Snapshot
    from tests.bench.happenings import Happenings
    from tests.bench.load import Laid
    from tests.bench.records import Placed
    from tests.bench.servers import Servers


@dataclass(frozen=True, slots=True)
class Feed:
    """A book's place on a broker."""

    servers: Servers
    prefix: str
    lanes: int
    accounts: int
    """Records that come before the book's events."""
    events: int

    @property
    def records(self) -> int:
        return self.accounts + self.events


def feed(servers: Servers, book: Happenings, snapshot: Snapshot, *, prefix: str, lanes: int) -> Feed:
    """Make the topics and write everything."""
    servers.create_book(prefix, lanes)
    publish(servers, snapshot, prefix)
    every = chain(accounts(book.cardholders), records(book))
    write(servers.bootstrap, laid(every, prefix, lanes_of(book.cardholders, lanes)))
    return Feed(servers, prefix, lanes, book.cardholders, len(book))


def publish(servers: Servers, snapshot: Snapshot, prefix: str) -> None:
    """Make a snapshot the champion."""
    record = prefix + SNAPSHOTS, 0, name_of(snapshot).encode(), snapshot.to_json()
    write(servers.bootstrap, [record])


def laid(placed: Iterator[Placed], prefix: str, lane_of_holder: list[int]) -> Iterator[Laid]:
    """Records with their topic's full name, partition and key."""
    names = [prefix + topic for topic in TOPICS]
    keys = [holder_name(holder).encode() for holder in range(len(lane_of_holder))]
    for topic, holder, value in placed:
        yield names[topic], lane_of_holder[holder], keys[holder], value
