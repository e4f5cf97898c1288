"""The lanes of a worker: which are its own is Kafka's to say; each runs beside the others."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata
from mode import Service

from features.inbound.layout import TOPICS
from streams.lane.condition import CLAIM, HALTED, Condition
from streams.lane.left import Left
from streams.lane.runner import LaneRunner
from streams.ports.failures import FencedError, HaltedError, LostError, UnreachableError, UnusableError
from streams.worker.logs import where

if TYPE_CHECKING:
    from streams.adapters.kafka_log import KafkaNames
    from streams.lane.tuning import Tell

MakeRunner = Callable[[Condition, Left | None], LaneRunner]

STOP_SECONDS: Final = 12.0
"""How long a lane may take to finish its batch and send it before it is dropped."""
DROP_SECONDS: Final = 3.0
"""How long a dropped lane may take to close what it has open; its next owner fences it anyway."""
AGAIN_SECONDS: Final = 5.0
"""A lane that is still ours after somebody fenced it, or something failed, is claimed again."""
UNUSABLE_SECONDS: Final = 60.0
LAG_SECONDS: Final = 5.0


class Crew(Service):
    """Joins the workers' group, runs a LaneRunner for each lane assigned, and stops those taken away.

    The group's consumer reads nothing: each lane has a consumer of its own, from the offsets its state has.
    The offsets committed to the group only show others how far the lanes are.
    """

    def __init__(
        self,
        names: KafkaNames,
        make_runner: MakeRunner,
        tell: Tell,
        *,
        session_seconds: float = 10.0,
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self._session_seconds = session_seconds
        self._names = names
        self._make_runner = make_runner
        self._tell = tell
        self._keepers: dict[int, asyncio.Task[None]] = {}
        self._leaving = False
        self.runners: dict[int, LaneRunner] = {}
        """Those that run at the moment, by lane."""
        self._left: dict[int, Left] = {}
        """What lanes that were taken away have left in memory: a rebalance gives most of them back."""
        self.conditions: dict[int, Condition] = {}
        """Of all lanes that are or were this worker's."""
        self.joined = False
        """Whether the group has told which lanes are this worker's."""
        self._consumer: Any = None

    @property
    def lanes(self) -> list[int]:
        """The lanes assigned to this worker."""
        return sorted(self._keepers)

    async def on_start(self) -> None:
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._names.bootstrap,
            client_id=f"{self._names.group}-worker",
            group_id=self._names.group,
            # One worker gets the same partitions of every topic (the default assignor spreads them).
            partition_assignment_strategy=[RangePartitionAssignor],
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=int(self._session_seconds * 1000),
            heartbeat_interval_ms=int(min(1.0, self._session_seconds / 4) * 1000),
        )
        await self._consumer.start()
        self._consumer.subscribe([self._names.prefix + topic for topic in TOPICS], listener=_Listener(self))

    @Service.task
    async def _attend(self) -> None:
        """Stay in the group, and show how far the lanes are."""
        shown = 0.0
        while not self.should_stop:
            try:
                await self._consumer.getmany(timeout_ms=1_000)
                if self.loop.time() - shown > LAG_SECONDS:
                    shown = self.loop.time()
                    await self._show()
            except (KafkaError, OSError) as error:
                self._tell("group_waits", why=type(error).__name__)
                await self.sleep(1.0)

    async def _show(self) -> None:
        offsets = {
            TopicPartition(self._names.prefix + topic, lane): OffsetAndMetadata(offset, "")
            for lane, runner in self.runners.items()
            if runner.cut is not None and lane in self._keepers
            for topic, offset in zip(TOPICS, runner.cut.offsets, strict=True)
        }
        assigned = self._consumer.assignment()
        offsets = {partition: offset for partition, offset in offsets.items() if partition in assigned}
        if offsets:
            await self._consumer.commit(offsets)

    async def ends(self) -> dict[int, tuple[int, ...]]:
        """Where the topics of each lane end. Raises KafkaError."""
        lanes = self.lanes
        if not lanes:
            await self._consumer.topics()  # only whether somebody answers
            return {}
        partitions = [
            [TopicPartition(self._names.prefix + topic, lane) for topic in TOPICS] for lane in lanes
        ]
        found = await self._consumer.end_offsets([one for several in partitions for one in several])
        return {
            lane: tuple(found[one] for one in several)
            for lane, several in zip(lanes, partitions, strict=True)
        }

    async def leave(self) -> None:
        """Stop all lanes, and take no others."""
        self._leaving = True
        await self.drop(list(self._keepers))

    async def on_stop(self) -> None:
        await self.leave()
        if self._consumer is not None:
            await self._consumer.stop()

    # --- lanes ---------------------------------------------------------------------------------------------

    async def take(self, partitions: set[TopicPartition]) -> None:
        """Start the lanes of these partitions."""
        if partitions:
            self._consumer.pause(*partitions)
        lanes = {partition.partition for partition in partitions}
        whole = {
            lane
            for lane in lanes
            if all(TopicPartition(self._names.prefix + topic, lane) in partitions for topic in TOPICS)
        }
        if lanes != whole:
            self._tell(
                "lanes_incomplete", lanes=sorted(lanes - whole), why="another assignor is in the group"
            )
        if self._leaving:
            return
        self._left = {lane: left for lane, left in self._left.items() if lane in whole}
        self.joined = True
        for lane in sorted(whole):
            self.conditions.setdefault(lane, Condition(lane)).assigned = True
            self._keepers[lane] = asyncio.create_task(self._keep(lane))
        self._tell("lanes_assigned", lanes=sorted(whole))

    async def drop(self, lanes: list[int]) -> None:
        """Stop lanes after their batch."""
        tasks = {lane: self._keepers.pop(lane) for lane in lanes if lane in self._keepers}
        for lane in lanes:
            if lane in self.conditions:
                self.conditions[lane].assigned = False
        for lane in lanes:
            if lane in self.runners:
                self.runners[lane].stop()
        for lane, task in tasks.items():
            if lane not in self.runners:  # it waits before it claims again
                task.cancel()
        if tasks:
            _, late = await asyncio.wait(tasks.values(), timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=DROP_SECONDS)
            self._tell("lanes_stopped", lanes=sorted(lanes), dropped=len(late))

    async def revoke(self, partitions: set[TopicPartition]) -> None:
        """Stop the lanes of these partitions."""
        await self.drop(sorted({partition.partition for partition in partitions}))

    async def _keep(self, lane: int) -> None:
        """Run a lane as long as it is ours, whatever ends a single run."""
        while True:
            condition = self.conditions[lane]
            runner = self.runners[lane] = self._make_runner(condition, self._left.pop(lane, None))
            pause = AGAIN_SECONDS
            try:
                await runner.run()
            except FencedError:
                self._tell("lane_fenced", lane=lane)
            except LostError:
                self._tell("lane_lost", lane=lane, why="the store lost what it had confirmed")
                pause = 0.5
            except (HaltedError, UnusableError) as error:
                condition.hinder(CLAIM, HALTED, str(error))
                self._tell("lane_stands_still", lane=lane, why=str(error))
                pause = UNUSABLE_SECONDS
            except UnreachableError as error:  # only when it was to stop meanwhile
                self._tell("lane_left_unsent", lane=lane, why=str(error))
            except Exception as error:  # noqa: BLE001  # a fault of ours in one lane must not stop the others
                self._tell("lane_failed", lane=lane, why=where(error))
            finally:
                if self.runners.get(lane) is runner:  # else it was dropped, and the lane came back
                    del self.runners[lane]
                if runner.left is not None:
                    self._left[lane] = runner.left
            if self._keepers.get(lane) is not asyncio.current_task():
                return
            await asyncio.sleep(pause * random.uniform(1.0, 1.5))  # noqa: S311  # only spreads out attempts


class _Listener(ConsumerRebalanceListener):
    def __init__(self, crew: Crew) -> None:
        self._crew = crew

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._crew.revoke(revoked)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        await self._crew.take(assigned)
