"""The book in Kafka, ready for workers: topics, accounts, events and the champion."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from models.score import name_of
from streams.adapters.topics import SNAPSHOTS
from tests.bench.load import laid, lanes_of, write
from tests.bench.records import accounts, records

if TYPE_CHECKING:
    from models.snapshot import Snapshot
    from tests.bench.happenings import Happenings
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
