"""The registry of a running system: the models' topic, read whole for each command."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from models.families import read
from models.register import Register, entry_record, step_records
from models.score import name_of
from streams.adapters.kafka_records import append_records, read_records
from streams.adapters.topics import SNAPSHOTS
from streams.models_report.shelf import ShelfError

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.cards import Card
    from models.families import AnySnapshot
    from models.register import Registered
    from models.registry import Entry, Registry
    from streams.adapters.kafka_log import KafkaNames


class RunningShelf:
    """As streams.models_report.shelf.Shelf, over Kafka. A step that is taken here reaches all workers."""

    def __init__(self, names: KafkaNames) -> None:
        self._names = names

    def registry(self) -> Registry:
        """What is registered now. Raises UnreachableError and UnusableError, as all that follows."""
        return self._read()[0].registry()

    def change(self, step: Callable[[Registry], Registry], name: str) -> Entry:
        """Take a step in the life of a model: published, not awaited by workers."""
        before = self.registry()
        entry = before.find(name)
        after = step(before)
        asyncio.run(append_records(self._names, SNAPSHOTS, step_records(before, after)))
        return after.find(entry.name)

    def put(self, snapshot: AnySnapshot, registered: Registered) -> None:
        """Publish a snapshot and enter its draft. ValueError if its name is taken."""
        self.registry().add(registered.entry)
        snapshot_record = name_of(snapshot).encode(), snapshot.to_json()
        asyncio.run(append_records(self._names, SNAPSHOTS, [snapshot_record, entry_record(registered)]))

    def snapshot(self, entry: Entry) -> AnySnapshot:
        """The snapshot of an entry. Raises ShelfError when it is not there."""
        raw = self._read()[1].get(f"{entry.model_id}.{entry.version}".encode())
        if raw is None:
            raise ShelfError(f"{entry.name}: its snapshot is not on the topic")
        return read(raw)

    def card(self, entry: Entry) -> Card:
        """The card of an entry."""
        return self._read()[0].card(entry.name)

    def _read(self) -> tuple[Register, dict[bytes, bytes]]:
        register, others = Register(), {}
        for key, value in asyncio.run(read_records(self._names, SNAPSHOTS)):
            if key is None or value is None:
                continue
            try:
                if not register.take(key, value):
                    others[key] = value
            except msgspec.MsgspecError:
                continue  # a worker tells of it
        return register, others
