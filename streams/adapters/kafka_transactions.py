"""Transactions of one transactional id in Kafka: whole ones, one after another.

aiokafka's producer takes single records from many callers, with a queue, a task and a future for each step.
A lane has all of a transaction in hand: that is three requests, one behind the other.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, Self

from aiokafka.client import ConnectionGroup, CoordinationType
from aiokafka.errors import (
    ConcurrentTransactions,
    KafkaError,
    LeaderNotAvailableError,
    NoError,
    NotLeaderForPartitionError,
    OperationNotAttempted,
    UnknownTopicOrPartitionError,
    for_code,
)
from aiokafka.protocol.transaction import InitProducerIdRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from streams.adapters.kafka_client import KafkaClient
from streams.adapters.transaction_requests import Owner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aiokafka import TopicPartition

    from streams.adapters.kafka_wire import Written

BATCH_BYTES: Final = 512 * 1024
"""Of the records of a partition in one request; a larger record comes alone."""
ANSWER_MS: Final = 40_000
MARKERS_SECONDS: Final = 0.003
"""Until a transaction is begun again that the broker refused because it was still writing the markers of the
one before: a few milliseconds' work."""
AGAIN_SECONDS: Final = 0.1
PASSING_SECONDS: Final = 5.0
"""For so long a partition may be unknown or without a leader: it has just been made, or moves."""
_PASSING: Final = {LeaderNotAvailableError, NotLeaderForPartitionError, UnknownTopicOrPartitionError}
"""Nothing was appended then."""
_SEQUENCES: Final = 2**31
_MAGIC, _UNCOMPRESSED, _TRANSACTIONAL = 2, 0, 1

Record = tuple[bytes | None, bytes | None, list[tuple[str, bytes]]]
"""Key, value and headers."""


class KafkaTransactions:
    """Opening an id fences whoever has it open. After a failure nobody knows what happened: open it anew."""

    def __init__(self, client: KafkaClient, coordinator: int, owner: Owner) -> None:
        self._client = client
        self._coordinator = coordinator
        self._owner = owner
        self._sequences: defaultdict[TopicPartition, int] = defaultdict(int)
        """Of each partition the number of the next record: the broker takes them in order, each once."""

    @classmethod
    async def open(cls, bootstrap: str, name: str, topics: Iterable[str], timeout_ms: int) -> Self:
        """Take the id over for transactions in these topics; waits for a coordinator without end.

        The broker ends what was begun before, and later on a transaction that takes longer than the timeout.
        """
        client = KafkaClient(bootstrap_servers=bootstrap, client_id=name, request_timeout_ms=ANSWER_MS)
        try:
            await client.bootstrap()
            await client.set_topics(list(topics))
            while True:
                try:
                    coordinator = await client.coordinator_lookup(CoordinationType.TRANSACTION, name)
                    request = InitProducerIdRequest(name, timeout_ms)
                    found: Any = await client.send(coordinator, request, group=ConnectionGroup.COORDINATION)
                    _check([found.error_code])
                except KafkaError as error:
                    if not (error.retriable or isinstance(error, ConcurrentTransactions)):
                        raise
                    await asyncio.sleep(AGAIN_SECONDS)
                else:
                    return cls(client, coordinator, Owner(name, (found.producer_id, found.producer_epoch)))
        except BaseException:
            await client.close()
            raise

    async def close(self) -> None:
        await self._client.close()

    async def commit(self, placed: Mapping[TopicPartition, Sequence[Record]]) -> None:
        """One transaction of these records, in their order within each partition."""
        await self._begin(placed)
        left = {place: self._batches(place, records) for place, records in placed.items()}
        while left:
            await self._produce({place: batches.pop(0) for place, batches in left.items()})
            left = {place: batches for place, batches in left.items() if batches}
        _check(await self._ask(self._owner.commit()))

    async def _ask(self, request: Written) -> Any:
        """Ask the coordinator; the errors it tells."""
        return await self._client.ask(self._coordinator, request, ConnectionGroup.COORDINATION)

    async def _begin(self, places: Iterable[TopicPartition]) -> None:
        request = self._owner.add(places)
        deadline = asyncio.get_running_loop().time() + PASSING_SECONDS
        while True:
            try:
                _check((await self._ask(request)).values())
            except ConcurrentTransactions:
                await asyncio.sleep(MARKERS_SECONDS)
            except UnknownTopicOrPartitionError:
                await self._again(deadline)
            else:
                return

    def _batches(self, place: TopicPartition, records: Sequence[Record]) -> list[bytes]:
        """The records as batches, each for a request of its own."""
        batches = []
        start = 0
        while start < len(records):
            first = self._sequences[place]
            builder = DefaultRecordBatchBuilder(
                _MAGIC, _UNCOMPRESSED, _TRANSACTIONAL, *self._owner.producer, first, BATCH_BYTES
            )
            count = 0
            for key, value, headers in records[start:]:
                if builder.append(count, None, key, value, headers) is None:
                    break
                count += 1
            batches.append(bytes(builder.build()))
            self._sequences[place] = (first + count) % _SEQUENCES
            start += count
        return batches

    async def _produce(self, batches: Mapping[TopicPartition, bytes]) -> None:
        """Append a batch to each of these partitions, by one request to each broker that leads some."""
        deadline = asyncio.get_running_loop().time() + PASSING_SECONDS
        while True:
            codes = await self._produced(batches)
            batches = {place: batch for place, batch in batches.items() if for_code(codes[place]) in _PASSING}
            _check(code for place, code in codes.items() if place not in batches)
            if not batches:
                return
            await self._again(deadline)

    async def _produced(self, batches: Mapping[TopicPartition, bytes]) -> dict[TopicPartition, int]:
        """The error of each partition; nothing is sent of one that nobody leads."""
        codes = dict.fromkeys(batches, LeaderNotAvailableError.errno)
        led: defaultdict[int, dict[TopicPartition, bytes]] = defaultdict(dict)
        for place, batch in batches.items():
            leader = self._client.cluster.leader_for_partition(place)
            if leader is not None and leader != -1:
                led[leader][place] = batch
        asked = [self._client.ask(node, self._owner.produce(mine, ANSWER_MS)) for node, mine in led.items()]
        # A task, even for one alone, would be two turns of the loop more.
        for told in [await asked[0]] if len(asked) == 1 else await asyncio.gather(*asked):
            codes |= told
        return codes

    async def _again(self, deadline: float) -> None:
        """Wait, and learn who leads what. Raises TimeoutError when that was done for long enough."""
        if asyncio.get_running_loop().time() >= deadline:
            raise TimeoutError("a partition is not known, or not led")
        self._client.force_metadata_update()
        await asyncio.sleep(AGAIN_SECONDS)


def _check(codes: Iterable[int]) -> None:
    """Raise the first error; what was not tried for another's sake does not tell why."""
    failed = [error for error in map(for_code, codes) if error is not NoError]
    for error in [error for error in failed if error is not OperationNotAttempted] or failed:
        raise error
