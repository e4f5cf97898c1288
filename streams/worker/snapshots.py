"""Follows the models that are published and what the monitor says of them: lanes score accordingly."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from mode import Service

from features.catalogue import MODEL_NAMES
from models.monitoring.verdict import Verdict
from models.score import Scorer
from models.snapshot import Snapshot, SnapshotRefusedError
from models.standing import Standing, is_verdict
from streams.adapters.kafka_failures import reached
from streams.adapters.kafka_log import new_consumer
from streams.adapters.topics import SNAPSHOTS

if TYPE_CHECKING:
    from streams.adapters.kafka_log import KafkaNames
    from streams.lane.tuning import Tell

AGAIN_SECONDS: Final = 1.0


def name_of(snapshot: Snapshot) -> str:
    """What a snapshot is called in the journal, and its key on its topic."""
    return f"{snapshot.model_id}.{snapshot.version}"


class Follower(Service):
    """Every worker reads all snapshots and verdicts (models.standing)."""

    def __init__(self, names: KafkaNames, tell: Tell, **more: Any) -> None:
        super().__init__(**more)
        self._names = names
        self._tell = tell
        self._standing = Standing()
        self._places: dict[str, int] = {}
        self._partition = TopicPartition(names.prefix + SNAPSHOTS, 0)
        self.read_all = asyncio.Event()
        """Set when all that was published before the start is read."""

    def champion(self) -> Scorer | None:
        return self._standing.champion

    def verdict(self) -> Verdict | None:
        return self._standing.verdict

    def verdict_named(self, name: str) -> Verdict | None:
        return self._standing.named(name)

    async def named(self, name: str) -> Scorer | None:
        champion = self._standing.champion
        if champion is not None and name_of(champion.snapshot) == name:
            return champion
        place = self._places.get(name)
        if place is None:
            return None
        with reached():
            async with new_consumer(self._names, "snapshot") as consumer:
                consumer.assign([self._partition])
                consumer.seek(self._partition, place)
                record = await consumer.getone()
        return Scorer(Snapshot.from_json(record.value, MODEL_NAMES)) if record.offset == place else None

    @Service.task
    async def _follow(self) -> None:
        while not self.should_stop:
            try:
                async with new_consumer(self._names, "snapshots") as consumer:
                    await self._read(consumer)
            except KafkaError as error:
                self._tell("snapshots_wait", why=type(error).__name__)
                await self.sleep(AGAIN_SECONDS)

    async def _read(self, consumer: Any) -> None:
        partition = self._partition
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        consumer.seek(partition, (await consumer.beginning_offsets([partition]))[partition])
        while not self.should_stop:
            if not self.read_all.is_set() and await consumer.position(partition) >= end:
                self.read_all.set()
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    self._take(record)

    def _take(self, record: Any) -> None:
        try:
            if is_verdict(record.key):
                self._take_verdict(Verdict.from_json(record.value or b""))
                return
            snapshot = Snapshot.from_json(record.value or b"", MODEL_NAMES)
        except SnapshotRefusedError as refused:
            self._tell("snapshot_refused", offset=record.offset, why=str(refused))
            return
        self._places[name_of(snapshot)] = record.offset
        self._standing.take_snapshot(snapshot)
        if snapshot.ready and self.read_all.is_set():
            self._tell("model_changed", model=name_of(snapshot), lessons=snapshot.lessons)

    def _take_verdict(self, verdict: Verdict) -> None:
        if self._standing.take_verdict(verdict) and self.read_all.is_set():
            self._tell("model_state", verdict=verdict.name, state=verdict.state)
