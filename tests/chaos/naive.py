"""A plain at-least-once agent, to show that the driver catches one: python -m tests.chaos.naive

It joins its group, takes its lanes in order, judges by the same engine as the workers, sends what comes of a
batch, and only then keeps its state and how far it got: process, send, commit. Nothing fences an old owner,
and nothing remembers what was sent. On an undisturbed day it is right.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from aiokafka import AIOKafkaProducer

from streams.adapters.kafka_failures import reached
from streams.adapters.kafka_log import KafkaLog, KafkaNames
from streams.adapters.redis_clients import redis_reached
from streams.adapters.redis_store import RedisStore
from streams.lane.condition import Condition
from streams.lane.engine import LaneEngine
from streams.lane.runner import LaneRunner
from streams.ports.outbox import FLOW_TOPICS, cut_from_json, cut_to_json
from streams.ports.store import Claimed, Lease
from streams.settings import Settings, read_settings
from streams.worker.crew import Crew
from streams.worker.logs import configure
from streams.worker.parts import make_evaluator, make_tuning, names_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.lane.tuning import Tell
    from streams.ports.outbox import Cut, Message
    from streams.ports.store import Commit


class NaiveStore(RedisStore):
    """Sends, then keeps state and offsets, whoever else does so at the same time."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.redis_url.get_secret_value(), settings.state_namespace)
        self._prefix = settings.topic_prefix
        self._bootstrap = settings.kafka_bootstrap
        self._producer: Any = None

    async def claim(self, lane: int) -> Claimed:
        with redis_reached():
            state = await self._redis.hget(self._key(lane, "meta"), "state")
            rows = await self._redis.hlen(self._key(lane, "rows"))
        return Claimed(Lease(lane, 0, ""), await self.cut(lane), state, [], rows=rows)

    async def cut(self, lane: int) -> Cut | None:
        """How far the lane is."""
        with redis_reached():
            cut = await self._redis.hget(self._key(lane, "meta"), "cut")
        return None if cut is None else cut_from_json(cut)

    async def commit(self, lease: Lease, commit: Commit, sent: int) -> None:
        if commit.entry is not None:
            await self._send(lease.lane, commit.entry.messages)
        async with self._redis.pipeline(transaction=True) as pipe:
            if commit.rows:
                pipe.hset(self._key(lease.lane, "rows"), mapping=dict(commit.rows))
            held = {"batch": commit.cut.batch, "cut": cut_to_json(commit.cut), "state": commit.state}
            pipe.hset(self._key(lease.lane, "meta"), mapping=held)
            with redis_reached():
                await pipe.execute()

    async def _send(self, lane: int, messages: Sequence[Message]) -> None:
        with reached():
            if self._producer is None:
                self._producer = AIOKafkaProducer(bootstrap_servers=self._bootstrap, acks="all")
                await self._producer.start()
            sent = [
                await self._producer.send(
                    self._prefix + FLOW_TOPICS[message.flow],
                    message.value,
                    message.key,
                    partition=lane,
                    headers=message.headers,
                )
                for message in messages
            ]
            await asyncio.gather(*sent)

    async def close(self) -> None:
        await super().close()
        if self._producer is not None:
            await self._producer.stop()

    async def trim(self, lease: Lease, sent: int) -> None: ...


class AllSent:
    """The publisher that a runner asks for: the store has sent all up to where it is."""

    def __init__(self, lane: int, store: NaiveStore) -> None:
        self._lane = lane
        self._store = store

    async def open(self) -> Cut | None:
        return await self._store.cut(self._lane)

    async def publish(self, messages: Sequence[Message], cuts: Sequence[Cut], progress: Cut) -> None: ...

    async def close(self) -> None: ...


class NaiveLog(KafkaLog):
    """The log, but for what goes out."""

    def __init__(self, names: KafkaNames, store: NaiveStore) -> None:
        super().__init__(names)
        self._store = store

    def publisher(self, lane: int) -> Any:
        return AllSent(lane, self._store)


async def run(settings: Settings, tell: Tell) -> None:
    """Take lanes until told to stop."""
    names = names_of(settings)
    store, evaluator = NaiveStore(settings), make_evaluator(settings)
    log = NaiveLog(names, store)
    make_engine = partial(LaneEngine, evaluator=evaluator, prefix=settings.topic_prefix, learns=False)

    def make_runner(condition: Condition, _: Any) -> LaneRunner:
        return LaneRunner(condition.lane, log, store, make_engine, tuning=make_tuning(settings), tell=tell)

    crew = Crew(names, make_runner, tell, session_seconds=settings.session_seconds)
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await crew.start()
    await asked.wait()
    await crew.stop()
    await store.close()


def main() -> int:
    settings = read_settings()
    configure(settings.log_level)
    logger = structlog.get_logger()
    asyncio.run(run(settings, logger.info))
    return 0


if __name__ == "__main__":
    sys.exit(main())
