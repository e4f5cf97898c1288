"""The log: ordered records in topics and partitions; Kafka, or lists in memory.

Topics of a lane are numbered as in features.inbound.layout.TOPICS; output topics are named without prefix.
Every method may raise UnreachableError.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Sequence

    from numpy.typing import NDArray

    from features.inbound.spans import Spans
    from streams.ports.outbox import Cut, Message


@dataclass(frozen=True, slots=True)
class Fetched:
    """Records of one topic in offset order."""

    topic: int
    offsets: NDArray[np.int64]
    values: Spans
    keys: Spans
    stamps: NDArray[np.int64]
    """The log's own timestamps, in milliseconds; negative: none."""

    def __len__(self) -> int:
        return len(self.offsets)

    def split(self, offset: int) -> tuple[Fetched, Fetched]:
        """Those before an offset, and the others."""
        at = int(np.searchsorted(self.offsets, offset))
        return self._part(0, at), self._part(at, len(self.offsets))

    def _part(self, start: int, stop: int) -> Fetched:
        return Fetched(
            self.topic,
            self.offsets[start:stop],
            self.values.part(start, stop),
            self.keys.part(start, stop),
            self.stamps[start:stop],
        )


class LaneReader(Protocol):
    """Reads the input topics of one partition, each from its own offset on."""

    async def fetch(self, topics: Collection[int], wait: float) -> list[Fetched]:
        """What is there of these topics; if nothing, wait up to so many seconds for some."""
        ...

    def unread(self, topic: int) -> bool:
        """Whether, as far as is known, the log holds records of a topic that were not fetched yet."""
        ...

    def reached(self, topic: int) -> int:
        """The offset before which no record of a topic is still to be fetched.

        It is past what follows the last record and is none, as the log's marks of transactions.
        """
        ...

    def behind(self, topic: int) -> int:
        """About how many records these are, as far as is known."""
        ...

    async def refresh(self) -> None:
        """Learn anew where the topics end."""
        ...

    async def close(self) -> None: ...


class LanePublisher(Protocol):
    """Sends out what a lane decided; of all publishers of a lane only the one opened last can."""

    async def open(self) -> Cut | None:
        """Fence all others; how far the last one got, None when nothing was sent."""
        ...

    async def publish(self, messages: Sequence[Message], cuts: Sequence[Cut], progress: Cut) -> None:
        """Send messages, journal the cuts they come from, and note how far it got: all or nothing.

        Raises FencedError.

        After any other error it is unknown whether it happened: `open` again tells.
        """
        ...

    async def close(self) -> None: ...


class Log(Protocol):
    """The log as the lanes see it."""

    async def starts(self, lane: int) -> list[int]:
        """The first offset that each input topic still holds."""
        ...

    async def reader(self, lane: int, offsets: Sequence[int]) -> LaneReader: ...

    def publisher(self, lane: int) -> LanePublisher: ...

    async def cuts(self, lane: int, after: int) -> list[Cut]:
        """The journal of a lane: the cuts sent whose batch number is above `after`, by batch number.

        Where a number was given twice, the later cut.
        """
        ...

    def sent(self, lane: int, flow: int) -> AsyncGenerator[list[Message]]:
        """All that a lane has sent of a flow, oldest first, page by page.

        For the flows whose topic has a partition for each lane.
        """
        ...


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it should be, named without prefix."""

    name: str
    partitions: int
    config: dict[str, str] = field(default_factory=dict)
