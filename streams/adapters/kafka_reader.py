"""Reads the input topics of a lane: raw fetches, a topic ahead of who asks for it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, Self

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from streams.adapters.fetch_answers import FetchAnswers
from streams.adapters.fetch_requests import fetch
from streams.adapters.kafka_client import KafkaClient
from streams.adapters.kafka_failures import reached

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from streams.adapters.fetch_requests import Told
    from streams.adapters.pace import Pace
    from streams.ports.log import Fetched

FETCH_BYTES: Final = 4 * 1024 * 1024
"""Of one topic in one fetch; a larger batch comes alone."""
RESPONSE_BYTES: Final = 16 * 1024 * 1024
"""Of all topics in one fetch."""
LONG_POLL: Final = 0.5
"""Seconds for which a broker may hold back an answer without records."""
SHORT_POLL: Final = 0.1
"""The same while records of another topic wait here: it may be wanted sooner."""
AGAIN_SECONDS: Final = 0.1
START_SECONDS: Final = 40.0

_log = logging.getLogger(__name__)


class KafkaReader:
    """Reads one partition of each input topic over connections of its own, committed records only.

    Of each topic one fetch waits here at the most, and no more of it is fetched until that was taken. What is
    known of a topic's end is what its last answer said.
    """

    def __init__(
        self, client: KafkaClient, inputs: list[TopicPartition], offsets: Sequence[int], pace: Pace
    ) -> None:
        self._client = client
        self._inputs = inputs
        self._answers = FetchAnswers(inputs, offsets)
        self._asked = 0
        self._pace = pace
        self._asked_at = 0.0
        """When the last request was made, by the loop's clock."""
        self._hurried = False
        self._awaited = False
        self._closed = False
        self._alarm: asyncio.TimerHandle | None = None
        """Rings when a request that came too soon may be made."""
        self._news = asyncio.Event()
        self._wish = asyncio.Event()
        pace.join()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(
        cls,
        bootstrap: str,
        client_id: str,
        inputs: list[TopicPartition],
        offsets: Sequence[int],
        pace: Pace,
    ) -> Self:
        """Begin to read from these offsets; returns when the end of each topic is known."""
        client = KafkaClient(bootstrap_servers=bootstrap, client_id=client_id)
        try:
            with reached():
                await client.bootstrap()
                await client.set_topics([partition.topic for partition in inputs])
        except BaseException:
            await client.close()
            raise
        reader = cls(client, inputs, offsets, pace)
        try:
            await reader.refresh()
        except BaseException:
            await reader.close()
            raise
        return reader

    async def fetch(self, topics: Collection[int], wait: float) -> list[Fetched]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait
        await asyncio.sleep(0)  # an answer may be there that was not looked at
        while True:
            found = self._taken(topics)
            left = deadline - loop.time()
            if found or left <= 0 or not topics:
                return found
            self._news.clear()
            self._awaited = True
            self._wish.set()
            try:
                async with asyncio.timeout(left):
                    await self._news.wait()
            except TimeoutError:
                return self._taken(topics)
            finally:
                self._awaited = False

    def _taken(self, topics: Collection[int]) -> list[Fetched]:
        with reached():
            if self._reading.done():
                self._reading.result()
            try:
                found = self._answers.pop(topics)
            except KafkaError:
                self._wish.set()
                raise
        if found:
            self._wish.set()
        return found

    def unread(self, topic: int) -> bool:
        return self._answers.unread(topic)

    def reached(self, topic: int) -> int:
        return self._answers.reached(topic)

    def behind(self, topic: int) -> int:
        return self._answers.behind(topic)

    async def refresh(self) -> None:
        self._taken(())  # raises what has ended the reading: nobody would answer
        wanted = self._asked + 1
        self._hurried = True
        with reached():
            async with asyncio.timeout(START_SECONDS):
                while not self._answers.tells_of_all(wanted):
                    self._news.clear()
                    self._wish.set()
                    await self._news.wait()
                    self._taken(())
        self._hurried = False

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._pace.leave()
        if self._alarm is not None:
            self._alarm.cancel()
        self._reading.cancel()
        await asyncio.wait((self._reading,))
        with reached():
            await self._client.close()

    # --- fetching ------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        """Keep one request under way to each broker that leads a topic of which nothing waits here."""
        under_way: dict[int, asyncio.Task[None]] = {}
        try:
            while True:
                self._wish.clear()
                for node in [node for node, task in under_way.items() if task.done()]:
                    under_way.pop(node).result()
                for node, topics in self._wanted().items():
                    wait = None if node in under_way else self._patience(topics)
                    if wait is not None and not self._too_soon(topics):
                        task = asyncio.create_task(self._ask(node, topics, wait))
                        task.add_done_callback(lambda _: self._wish.set())
                        under_way[node] = task
                await self._wish.wait()
        finally:
            self._news.set()
            for task in under_way.values():
                task.cancel()
            if under_way:
                await asyncio.wait(under_way.values())

    def _wanted(self) -> dict[int, list[int]]:
        """Topics of which nothing waits here, by the broker that leads them."""
        wanted: dict[int, list[int]] = {}
        for topic in self._answers.lacking:
            leader = self._client.cluster.leader_for_partition(self._inputs[topic])
            if leader is None or leader == -1:
                self._ask_who_leads()
                asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._wish.set)
            else:
                wanted.setdefault(leader, []).append(topic)
        return wanted

    def _patience(self, topics: list[int]) -> float | None:
        """How long a broker may wait for records of topics; None: they need not be asked for now."""
        if self._hurried:
            return 0.0
        if not len(self._answers):
            return LONG_POLL
        if self._awaited:
            return SHORT_POLL
        return 0.0 if self._answers.is_behind(topics) else None

    def _too_soon(self, topics: list[int]) -> bool:
        """Whether to ask later, for nothing of these topics is known to be there; it is wished for then."""
        if self._hurried or self._answers.is_behind(topics):
            return False
        loop = asyncio.get_running_loop()
        due = self._asked_at + self._pace.pause
        if loop.time() >= due:
            return False
        if self._alarm is None:
            self._alarm = loop.call_at(due, self._ring)
        return True

    def _ring(self) -> None:
        self._alarm = None  # a loop may ring a little early: then another one is set
        self._wish.set()

    async def _ask(self, node: int, topics: list[int], wait: float) -> None:
        self._asked += 1
        self._asked_at = asyncio.get_running_loop().time()
        number = self._asked
        wanted = [(self._inputs[topic], self._answers.next[topic]) for topic in topics]
        request = fetch(wanted, int(wait * 1000), FETCH_BYTES, RESPONSE_BYTES)
        try:
            answer: list[Told] = await self._client.ask(node, request)
        except KafkaError as error:
            _log.warning("a fetch from broker %s failed: %s: %s", node, type(error).__name__, error)
            self._ask_who_leads()
            await asyncio.sleep(AGAIN_SECONDS)
            return
        elsewhere = self._answers.note(number, answer)
        self._news.set()
        if elsewhere:
            self._ask_who_leads()
            await asyncio.sleep(AGAIN_SECONDS)

    def _ask_who_leads(self) -> None:
        self._client.force_metadata_update()
