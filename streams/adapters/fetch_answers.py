"""What fetches of a lane's input topics have brought, until somebody takes it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from aiokafka import TopicPartition
from aiokafka.errors import (
    CorruptRecordException,
    NoError,
    OffsetOutOfRangeError,
    TopicAuthorizationFailedError,
    UnsupportedCodecError,
    for_code,
)

from streams.adapters.record_batches import read_batches

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from aiokafka.errors import KafkaError

    from streams.adapters.fetch_requests import Told
    from streams.ports.log import Fetched

_log = logging.getLogger(__name__)


class FetchAnswers:
    """Of each topic one fetch at the most, and what the last answer said of the topic's end."""

    def __init__(self, inputs: list[TopicPartition], offsets: Sequence[int]) -> None:
        self._inputs = inputs
        self._topics = {partition: topic for topic, partition in enumerate(inputs)}
        self.next = list(offsets)
        """Of each topic the offset to ask for."""
        self._ends = [0] * len(inputs)
        self._ready: dict[int, Fetched] = {}
        self._failed: dict[int, KafkaError] = {}
        """What only the lane's owner can mend, by topic; told to whoever asks for that topic."""
        self._answered = [0] * len(inputs)
        """The number of the last request that told of a topic."""

    def __len__(self) -> int:
        """How many topics have a fetch here."""
        return len(self._ready)

    @property
    def lacking(self) -> list[int]:
        """Topics of which nothing waits here."""
        return [
            topic
            for topic in range(len(self._inputs))
            if topic not in self._ready and topic not in self._failed
        ]

    def pop(self, topics: Collection[int]) -> list[Fetched]:
        """What is here of these topics. Raises what one of them failed by, once."""
        for topic in topics:
            if topic in self._failed:
                raise self._failed.pop(topic)
        return [self._ready.pop(topic) for topic in topics if topic in self._ready]

    def tells_of_all(self, number: int) -> bool:
        """Whether each topic was told of by an answer to that request or a later one."""
        return all(self._answered[topic] >= number for topic in self.lacking)

    def unread(self, topic: int) -> bool:
        return topic in self._ready or self.next[topic] < self._ends[topic]

    def is_behind(self, topics: Iterable[int]) -> bool:
        """Whether the log is known to have records that were not asked for."""
        return any(self.next[topic] < self._ends[topic] for topic in topics)

    def reached(self, topic: int) -> int:
        return int(self._ready[topic].offsets[0]) if topic in self._ready else self.next[topic]

    def behind(self, topic: int) -> int:
        here = len(self._ready[topic]) if topic in self._ready else 0
        return here + max(0, self._ends[topic] - self.next[topic])

    def note(self, number: int, answer: Iterable[Told]) -> bool:
        """Take in the answer to a request; whether a topic is to be asked for elsewhere, a little later."""
        elsewhere = False
        for told in answer:
            topic = self._topics[TopicPartition(told.topic, told.partition)]
            if for_code(told.code) is NoError:
                self._take(topic, told.stable, told.aborted, told.records)
                self._answered[topic] = number
            else:
                elsewhere |= not self._refused(topic, told.code)
        return elsewhere

    def _take(self, topic: int, stable: int, aborted: Sequence[tuple[int, int]], raw: bytes) -> None:
        self._ends[topic] = max(self._ends[topic], stable)
        if not raw:
            return
        try:
            run, after = read_batches(topic, raw, self.next[topic], aborted)
        except (CorruptRecordException, UnsupportedCodecError) as error:
            self._failed[topic] = error  # when that was told, it is asked for again
            return
        if run is not None:
            self._ready[topic] = run
        self.next[topic] = after

    def _refused(self, topic: int, code: int) -> bool:
        """Note a topic's error; whether the lane's owner must be told."""
        error = for_code(code)
        told = self._inputs[topic]
        if error is OffsetOutOfRangeError:
            self._failed[topic] = error({told: self.next[topic]})
        elif error is TopicAuthorizationFailedError:
            self._failed[topic] = error(told.topic)
        else:
            _log.warning("%s-%d could not be fetched: %s", told.topic, told.partition, error.__name__)
            return False
        return True
