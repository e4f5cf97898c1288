"""One worker under a steady stream: feeds it, times its decisions, and watches its memory."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests.integration.workers import Process, Site
from tests.soak.figures import Sample, resident_mb
from tests.soak.traffic import Laid, Portfolio

STEP_SECONDS: Final = 0.02
LAST_SECONDS: Final = 15.0
"""How long the last decisions may take."""
DRILL_RECORDS: Final = 600_000
"""A backlog of so many tells how fast the worker is at the most: fewer are gone before whole batches come."""


@dataclass
class Soak:
    """What was seen."""

    samples: list[Sample] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    """Seconds from sending a report to its alert being there for a reader of what is committed."""
    late: int = 0
    """Decisions that did not come."""
    fed: int = 0
    seconds: float = 0.0


async def send(site: Site, records: Sequence[Laid], producer: AIOKafkaProducer | None = None) -> None:
    """Append records, whole batches at once."""
    mine = producer or await _producer(site)
    placed: defaultdict[tuple[str, int], Any] = defaultdict(mine.create_batch)
    waiting = []
    for record in records:
        place = site.prefix + record.topic, record.lane
        if placed[place].append(timestamp=None, key=record.key, value=record.value) is None:
            waiting.append(await mine.send_batch(placed.pop(place), place[0], partition=place[1]))
            placed[place].append(timestamp=None, key=record.key, value=record.value)
    for (topic, lane), batch in placed.items():
        waiting.append(await mine.send_batch(batch, topic, partition=lane))
    await asyncio.gather(*waiting)
    if producer is None:
        await mine.stop()


async def _producer(site: Site) -> AIOKafkaProducer:
    producer = AIOKafkaProducer(bootstrap_servers=site.kafka.bootstrap, acks=1, max_batch_size=512 * 1024)
    await producer.start()
    return producer


def saturated(site: Site, portfolio: Portfolio) -> float:
    """Records a second that the worker takes of a backlog, the sending of which is not counted."""
    before = sum(map(sum, site.cuts()))
    asyncio.run(send(site, portfolio.spending(time.time(), DRILL_RECORDS)))
    already, begun = sum(map(sum, site.cuts())), time.monotonic()
    site.wait_until_done(600)
    return (before + DRILL_RECORDS - already) / (time.monotonic() - begun)


async def soak(
    site: Site,
    portfolio: Portfolio,
    worker: Process,
    *,
    rate: float,
    decisions: float,
    seconds: float,
    tell: Callable[[str], None],
) -> Soak:
    """Feed `rate` records a second for so long, and have `decisions` alerts a second."""
    seen = Soak()
    waiting: dict[str, float] = {}
    consumer = AIOKafkaConsumer(
        site.prefix + "risk-decisions",
        bootstrap_servers=site.kafka.bootstrap,
        isolation_level="read_committed",
        auto_offset_reset="latest",
        fetch_max_wait_ms=100,
    )
    await consumer.start()
    await consumer.seek_to_end()
    reading = asyncio.create_task(_read(consumer, waiting, seen))
    watching = asyncio.create_task(_watch(worker, seen, tell))
    try:
        await _feed(site, portfolio, seen, waiting, rate=rate, decisions=decisions, seconds=seconds)
        deadline = time.monotonic() + LAST_SECONDS
        while waiting and time.monotonic() < deadline:  # noqa: ASYNC110  # what is waited for is a dictionary
            await asyncio.sleep(0.05)
    finally:
        for task in (reading, watching):
            task.cancel()
        await asyncio.gather(reading, watching, return_exceptions=True)
        await consumer.stop()
    seen.late = len(waiting)
    return seen


async def _feed(
    site: Site,
    portfolio: Portfolio,
    seen: Soak,
    waiting: dict[str, float],
    *,
    rate: float,
    decisions: float,
    seconds: float,
) -> None:
    producer = await _producer(site)
    begun = time.monotonic()
    escalated = 0
    while (passed := time.monotonic() - begun) < seconds:
        records = portfolio.spending(time.time(), max(0, int(passed * rate) - seen.fed))
        seen.fed += len(records)
        while escalated < passed * decisions and portfolio.escalations_left:
            news, known_by = portfolio.escalation(time.time())
            records.append(news)
            waiting[known_by] = time.monotonic()
            escalated += 1
        if records:
            await send(site, records, producer)
        await asyncio.sleep(max(0.0, STEP_SECONDS - (time.monotonic() - begun - passed)))
    seen.seconds = time.monotonic() - begun
    await producer.stop()


async def _read(consumer: AIOKafkaConsumer, waiting: dict[str, float], seen: Soak) -> None:
    while True:
        for records in (await consumer.getmany(timeout_ms=500)).values():
            now = time.monotonic()
            for record in records:
                told = msgspec.json.decode(record.value)
                sent = waiting.pop(told["trigger"]["event_id"], None) if told["kind"] == "alert" else None
                if sent is not None:
                    seen.latencies.append(now - sent)


async def _watch(worker: Process, seen: Soak, tell: Callable[[str], None]) -> None:
    begun = time.monotonic()
    while worker.child.poll() is None:
        at = time.monotonic() - begun
        seen.samples.append(Sample(at, resident_mb(worker.child.pid)))
        if len(seen.samples) % 30 == 1:
            tell(
                f"{seen.samples[-1].resident_mb:.1f} MB, {seen.fed} records, {len(seen.latencies)} decisions"
            )
        await asyncio.sleep(1.0)
