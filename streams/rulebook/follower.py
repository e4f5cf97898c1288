"""Follows the rulebooks that are published, so that every lane judges by the one in force."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from mode import Service

from rules.evaluate import Evaluator
from rules.rulebook import RulebookError, read_rulebook
from streams.adapters.kafka_log import new_consumer
from streams.adapters.topics import RULEBOOKS
from streams.rulebook.shelf import Shelf

if TYPE_CHECKING:
    from streams.adapters.kafka_log import KafkaNames
    from streams.lane.tuning import Tell

AGAIN_SECONDS: Final = 1.0


class Bookcase:
    """The rulebooks known to a worker: its own, and those published. A bad one is told and passed over."""

    def __init__(self, own: Evaluator, tell: Tell) -> None:
        """`own`: in force until something is published."""
        self._tell = tell
        self._shelf = Shelf()
        self._ready: dict[str, Evaluator] = {}
        self._own = self._current = own

    def current(self) -> Evaluator:
        """The one in force."""
        return self._current

    def named(self, version: str) -> Evaluator | None:
        """The one that the journal names; None when it is not to be had."""
        if self._current.book.version == version:
            return self._current
        found = self._compiled(version)
        return self._own if found is None and self._own.book.version == version else found

    def take(self, key: bytes | None, value: bytes | None) -> None:
        """Take a record of the topic; `settle` after the last of those at hand."""
        try:
            self._shelf.take(key, value)
        except msgspec.MsgspecError as error:
            self._tell("rulebook_refused", why=f"not a record of rulebooks: {error}")

    def settle(self) -> None:
        """Let the last publication come into force."""
        publication = self._shelf.in_force
        if publication is None or publication.version == self._current.book.version:
            return
        found = self._compiled(publication.version)
        if found is not None:
            self._current = found
            self._tell("rulebook_changed", rulebook=publication.version, by=publication.by)

    def _compiled(self, version: str) -> Evaluator | None:
        found, text = self._ready.get(version), self._shelf.text_of(version)
        if found is None and text is not None:
            try:
                found = self._ready[version] = Evaluator(read_rulebook(text, version))
            except RulebookError as error:
                self._tell("rulebook_refused", rulebook=version, why=str(error))
        return found


class Follower(Service):
    """Every worker reads the whole topic, and then what comes."""

    def __init__(self, names: KafkaNames, own: Evaluator, tell: Tell, **more: Any) -> None:
        super().__init__(**more)
        self._names = names
        self._tell = tell
        self.books = Bookcase(own, tell)
        self._next = 0
        self.read_all = asyncio.Event()
        """Set when all that was published before the start is read."""

    @Service.task
    async def _follow(self) -> None:
        while not self.should_stop:
            try:
                async with new_consumer(self._names, "rulebooks") as consumer:
                    await self._read(consumer)
            except KafkaError as error:
                self._tell("rulebooks_wait", why=type(error).__name__)
                await self.sleep(AGAIN_SECONDS)

    async def _read(self, consumer: Any) -> None:
        partition = TopicPartition(self._names.prefix + RULEBOOKS, 0)
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        first = (await consumer.beginning_offsets([partition]))[partition]
        consumer.seek(partition, max(first, self._next))
        while not self.should_stop:
            if not self.read_all.is_set() and await consumer.position(partition) >= end:
                self.books.settle()
                self.read_all.set()
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    self.books.take(record.key, record.value)
                    self._next = record.offset + 1
                if self.read_all.is_set():
                    self.books.settle()
