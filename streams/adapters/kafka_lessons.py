"""Reads the topic learning as lanes read theirs: raw fetches, committed records alone, no object for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from aiokafka import TopicPartition

from streams.adapters.kafka_log import starts
from streams.adapters.kafka_reader import KafkaReader
from streams.adapters.pace import Pace
from streams.adapters.topics import LEARNING

if TYPE_CHECKING:
    from streams.adapters.kafka_log import KafkaNames

FETCHES_PER_SECOND: Final = 5.0
"""At the end of the topic: who learns is told of news no more often."""
TAKE_SECONDS: Final = 0.5
_ONLY: Final = (0,)


class KafkaLessons:
    """One who learns from an offset on."""

    def __init__(self, reader: KafkaReader, start: int) -> None:
        self._reader = reader
        self.start = start
        """The first offset of the topic: what was before it is gone."""

    @classmethod
    async def open(cls, names: KafkaNames, offset: int) -> Self:
        """From an offset on, or where the topic starts. Raises UnreachableError."""
        client = f"{names.group}-school"
        place = TopicPartition(names.prefix + LEARNING, 0)
        (start,) = await starts(names, client, [place])
        begin = max(offset, start)
        reader = await KafkaReader.open(names.bootstrap, client, [place], [begin], Pace(FETCHES_PER_SECOND))
        return cls(reader, start)

    async def refresh(self) -> None:
        """Learn what there is. Raises UnreachableError, also if it failed before: open another one then."""
        await self._reader.refresh()

    @property
    def unread(self) -> bool:
        """Whether there are records, as far as is known."""
        return self._reader.unread(0)

    @property
    def reached(self) -> int:
        """The offset before which nothing is still to be taken."""
        return self._reader.reached(0)

    async def take(self) -> list[tuple[int, bytes]]:
        """Some records, each with its offset. Raises UnreachableError, UnusableError."""
        runs = await self._reader.fetch(_ONLY, TAKE_SECONDS)
        return [
            (offset, value or b"")
            for run in runs
            for offset, value in zip(run.offsets.tolist(), run.values, strict=True)
        ]

    async def close(self) -> None:
        await self._reader.close()
