"""Follows the models that are published and what the monitor says of them: lanes score accordingly."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from mode import Service

from features.catalogue import MODEL_NAMES
from models.families import read, scorer_of
from models.monitoring.verdict import Verdict
from models.panel import Panel, columns_of, placed
from models.register import Register
from models.registry import Registry
from models.score import SnapshotScorer, name_of
from models.snapshot import MODEL_ID, Snapshot, SnapshotRefusedError, expect
from models.standing import Standing, is_verdict
from models.targets import DEFAULT
from streams.adapters.kafka_failures import reached
from streams.adapters.kafka_log import new_consumer
from streams.adapters.topics import SNAPSHOTS
from streams.worker.live import scored_as

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.adapters.kafka_log import KafkaNames
    from streams.lane.tuning import Tell

AGAIN_SECONDS: Final = 1.0


class Follower(Service):
    """Every worker reads all snapshots and verdicts (models.standing)."""

    def __init__(self, names: KafkaNames, tell: Tell, **more: Any) -> None:
        super().__init__(**more)
        self._names = names
        self._tell = tell
        self._standing = Standing()
        self._register = Register()
        self._promoted: str | None = None
        self._panel: Panel | None = None
        self._live: tuple[str, ...] = ()
        """Names of the models that are to look on."""
        self._places: dict[str, int] = {}
        self._partition = TopicPartition(names.prefix + SNAPSHOTS, 0)
        self.read_all = asyncio.Event()
        """Set when all that was published before the start is read."""

    def registry(self) -> Registry:
        """What is registered by now."""
        return self._register.registry()

    def champion(self) -> SnapshotScorer | None:
        return self._standing.champion

    def panel(self) -> Panel | None:
        return self._panel

    async def panel_named(self, names: Sequence[str]) -> Panel | None:
        held = self._panel
        if held is not None and held.names == tuple(names):
            return held
        scorers = [await self._scorer(name) for name in names]
        return None if None in scorers else Panel(MODEL_NAMES, [one for one in scorers if one is not None])

    def verdict(self) -> Verdict | None:
        return self._standing.verdict

    def verdict_named(self, name: str) -> Verdict | None:
        return self._standing.named(name)

    async def named(self, name: str) -> SnapshotScorer | None:
        champion = self._standing.champion
        if champion is not None and name_of(champion.snapshot) == name:
            return champion
        scorer = await self._scorer(name)
        return None if scorer is None else placed(scorer, MODEL_NAMES)

    async def _scorer(self, name: str) -> SnapshotScorer | None:
        """Any snapshot that was published, compiled. Raises SnapshotRefusedError."""
        place = self._places.get(name)
        if place is None:
            return None
        with reached():
            async with new_consumer(self._names, "snapshot") as consumer:
                consumer.assign([self._partition])
                consumer.seek(self._partition, place)
                record = await consumer.getone()
        return scorer_of(read(record.value)) if record.offset == place else None

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
                await self._promote()
                await self._seat()

    def _take(self, record: Any) -> None:
        try:
            if is_verdict(record.key):
                self._take_verdict(Verdict.from_json(record.value or b""))
                return
            if self._register.take(record.key, record.value or b""):
                return
            snapshot = read(record.value or b"")
            if snapshot.model_id == MODEL_ID:
                expect(snapshot, MODEL_NAMES)
        except (SnapshotRefusedError, msgspec.MsgspecError) as refused:
            self._tell("snapshot_refused", offset=record.offset, why=str(refused))
            return
        self._places[name_of(snapshot)] = record.offset
        if snapshot.model_id != MODEL_ID or not isinstance(snapshot, Snapshot):
            return  # of another target, or a challenger: it scores when promoted
        self._standing.take_snapshot(snapshot)
        if snapshot.ready and self.read_all.is_set():
            self._tell("model_changed", model=name_of(snapshot), lessons=snapshot.lessons)

    async def _promote(self) -> None:
        """Exchange the champion if another one was promoted for the default, or the one promoted retired."""
        entry = self.registry().champion(DEFAULT)
        name = None if entry is None else scored_as(entry)
        if name == self._promoted:
            return
        try:
            champion = None if name is None else await self.named(name)
        except SnapshotRefusedError as refused:
            self._tell("champion_refused", model=name, why=str(refused))
            return
        if name is not None and champion is None:
            self._tell("champion_not_to_be_had", model=name)
            return
        self._promoted = name
        self._standing.promote(champion)
        self._tell("champion_promoted", model=name)

    async def _seat(self) -> None:
        """Let those look on that are registered above draft, but for the champion that scores."""
        registry = self.registry()
        live = tuple(
            scored_as(entry)
            for entry in registry.live()
            if (entry.target, entry.stage) != (DEFAULT, "champion")
        )
        known = self._promoted is not None or bool(live)
        if live == self._live and known == (self._panel is not None):
            return
        self._live = live
        seated = [scorer for name in live if (scorer := await self._looking_on(name)) is not None]
        self._panel = Panel(MODEL_NAMES, seated) if known else None
        self._tell("models_look_on", models=() if self._panel is None else self._panel.names)

    async def _looking_on(self, name: str) -> SnapshotScorer | None:
        """A model that can look on: it is there, has learned enough, and reads what lanes know."""
        try:
            scorer = await self._scorer(name)
            if scorer is not None:
                columns_of(scorer.snapshot, MODEL_NAMES)
        except SnapshotRefusedError as refused:
            self._tell("snapshot_refused", model=name, why=str(refused))
            return None
        if scorer is None or not scorer.snapshot.ready:
            self._tell(
                "model_cannot_look_on", model=name, why="not to be had" if scorer is None else "not ready"
            )
            return None
        return scorer

    def _take_verdict(self, verdict: Verdict) -> None:
        if self._standing.take_verdict(verdict) and self.read_all.is_set():
            self._tell("model_state", verdict=verdict.name, state=verdict.state)
