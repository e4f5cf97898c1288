"""The Faust app of a worker: a crew of lanes, beside them the agent that teaches, and the leader's ticks."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import faust
from mode import Service

from features.inbound.layout import CONTROL_TOPIC, TOPICS
from streams.adapters.topics import LEARNING, SNAPSHOTS
from streams.lane.engine import LaneEngine
from streams.lane.flood import FloodGate
from streams.lane.left import Left
from streams.lane.room import Room
from streams.lane.runner import LaneRunner
from streams.lane.tuning import NoModels
from streams.ports.failures import UnreachableError
from streams.rulebook.follower import Follower as RulebookFollower
from streams.worker.crew import Crew
from streams.worker.lookout import Lookout
from streams.worker.news import NewsTransport
from streams.worker.parts import make_log, make_rhythm, make_store, make_tuning, names_of
from streams.worker.school import School
from streams.worker.snapshots import Follower
from streams.worker.ticks import Ticker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from rules.evaluate import Evaluator
    from streams.lane.condition import Condition
    from streams.lane.tuning import Tell
    from streams.settings import Settings

LEARN_SECONDS: Final = 1.0
LIVE_SECONDS: Final = 2.0


class Worker:
    """What one process does. `app` runs it: start and stop that."""

    def __init__(self, settings: Settings, evaluator: Evaluator, tell: Tell, datadir: str) -> None:
        """`datadir`: a folder for Faust, that nothing of worth is kept in."""
        self._settings = settings
        self._evaluator = evaluator
        self._tell = tell
        self._names = names_of(settings)
        self._tuning = make_tuning(settings)
        self._room = Room(settings.cache_rows)
        self.log = make_log(settings)
        self.store = make_store(settings)
        self._rhythm = make_rhythm(settings, self.store)
        self.follower = Follower(self._names, tell) if settings.learning else None
        self.rulebooks = RulebookFollower(self._names, evaluator, tell)
        self.crew = Crew(self._names, self._make_runner, tell, session_seconds=settings.session_seconds)
        self.lookout = Lookout(self.crew, self.store, tell)
        self.app = faust.App(
            f"{settings.group}-control",
            broker=[f"kafka://{server.strip()}" for server in settings.kafka_bootstrap.split(",")],
            store="memory://",
            datadir=datadir,
            autodiscover=False,
            web_enabled=False,
            topic_partitions=1,
            topic_replication_factor=settings.replication_factor,
            consumer_auto_offset_reset="earliest",
            broker_session_timeout=settings.session_seconds,
            broker_heartbeat_interval=min(1.0, settings.session_seconds / 4),
            stream_wait_empty=False,
            logging_config={"version": 1, "disable_existing_loggers": False},
        )
        self.app.transport = NewsTransport(self.app.conf.broker_consumer, self.app)
        self.school = (
            School(
                self._names,
                self.store,
                self._publish_snapshot,
                tell,
                settings.unstable_model,
                self.follower.registry,
                all_targets=settings.all_targets,
            )
            if self.follower is not None
            else None
        )
        self.ticker = Ticker(self.store, self._send_control, tell)
        self._snapshots = self._topic(SNAPSHOTS)
        self._control = self._topic(TOPICS[CONTROL_TOPIC])
        self._add_lanes()
        if self.school is not None:
            self._add_learning(self.school)
        if settings.ticks:
            self.app.timer(interval=settings.tick_seconds, on_leader=True, name="ticks")(self._beat)
            self.app.timer(interval=LIVE_SECONDS, name="live")(self._note_live)

    def _topic(self, name: str) -> Any:
        return self.app.topic(
            self._settings.topic_prefix + name, key_type=bytes, value_type=bytes, value_serializer="raw"
        )

    def _make_runner(self, condition: Condition, left: Left | None) -> LaneRunner:
        make_engine = partial(
            LaneEngine,
            evaluator=self._evaluator,
            prefix=self._settings.topic_prefix,
            learns=self._settings.learning,
        )
        return LaneRunner(
            condition.lane,
            self.log,
            self.store,
            make_engine,
            models=self.follower or NoModels(),
            rulebooks=self.rulebooks.books,
            tuning=self._tuning,
            rhythm=self._rhythm,
            tell=self._tell,
            left=left,
            condition=condition,
            flood=FloodGate(self.store, self._tuning, condition, self._tell),
            room=self._room,
        )

    async def close(self) -> None:
        """Leave what the app does not own."""
        if self.school is not None:
            await self._tried(self.school.close)
        await self.store.close()

    # --- lanes ---------------------------------------------------------------------------------------------

    def _add_lanes(self) -> None:
        follower, rulebooks, crew, lookout = self.follower, self.rulebooks, self.crew, self.lookout

        class Lanes(Service):
            """Starts the crew when the models and rulebooks published so far are known."""

            async def on_start(self) -> None:
                if follower is not None:
                    await self.add_runtime_dependency(follower)
                    await follower.read_all.wait()
                await self.add_runtime_dependency(rulebooks)
                await rulebooks.read_all.wait()
                await self.add_runtime_dependency(crew)
                await self.add_runtime_dependency(lookout)

        self.app.service(Lanes)

    # --- learning ------------------------------------------------------------------------------------------

    def _add_learning(self, school: School) -> None:
        """The agent's partition decides which worker teaches; school.py tells why it reads for itself."""
        learning = self._topic(LEARNING)

        async def teach(lessons: Any) -> AsyncIterator[None]:
            async for _ in lessons:
                await self._learn(school)
                yield

        async def assigned(_: Any, partitions: set[Any], **__: Any) -> None:
            if any(partition.topic == learning.get_topic_name() for partition in partitions):
                await self._tried(school.open)
            else:
                await self._tried(school.close)

        async def revoked(_: Any, __: set[Any], **___: Any) -> None:
            await self._tried(school.close)

        self.app.agent(learning, name="teach", sink=[])(teach)
        signals: Any = self.app  # their types fit no function that names its arguments
        signals.on_partitions_assigned.connect(assigned, weak=False)
        signals.on_partitions_revoked.connect(revoked, weak=False)
        self.app.timer(interval=LEARN_SECONDS, name="stragglers")(partial(self._learn, school))

    async def _learn(self, school: School) -> None:
        await self._tried(school.learn)

    async def _tried(self, what: Any) -> None:
        try:
            await what()
        except UnreachableError as error:
            self._tell("learning_waits", why=str(error))

    async def _publish_snapshot(self, key: bytes, value: bytes) -> None:
        await (await self._snapshots.send(key=key, value=value))

    # --- ticks ---------------------------------------------------------------------------------------------

    async def _send_control(self, value: bytes) -> None:
        lanes = range(self._settings.lanes)
        sent = [await self._control.send(key=None, value=value, partition=lane) for lane in lanes]
        await asyncio.gather(*sent)

    async def _beat(self) -> None:
        try:
            await self.ticker.beat()
        except UnreachableError as error:
            self._tell("ticks_wait", why=str(error))

    async def _note_live(self) -> None:
        if any(runner.live for runner in self.crew.runners.values()):
            try:
                await self.ticker.note_live()
            except UnreachableError as error:
                self._tell("ticks_wait", why=str(error))
