"""A feed as it comes: events at a steady pace, some of which must lead to an alert."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from aiokafka import AIOKafkaProducer

from tests.bench.console import quiet
from tests.bench.happenings import LIMIT, REPORT, Happenings, draw
from tests.bench.load import BATCH_BYTES, laid
from tests.bench.records import records

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.bench.load import Laid

TICK_SECONDS: Final = 0.005
ALERTS_PER_SECOND: Final = 100.0
MOST_ALERTS: Final = 0.05
"""... but no larger share of the events than this."""

Appended = tuple[str, int, int, int, float]
"""Topic, partition, first offset, count, and when the broker appended them, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Events first … stop of a live book, at a rate."""

    first: int
    stop: int
    rate: float


def stretches(rates: list[float], seconds: float) -> list[Stretch]:
    """One after another."""
    ends = np.cumsum([0, *(int(rate * seconds) for rate in rates)]).tolist()
    return [Stretch(ends[n], ends[n + 1], rate) for n, rate in enumerate(rates)]


def live_book(parts: list[Stretch], cardholders: int) -> tuple[Happenings, NDArray[np.int64]]:
    """A book without alarming reports but for those at the places told, each of a cardholder of its own."""
    book = draw(parts[-1].stop, cardholders)
    alarming = np.concatenate(
        [
            np.arange(part.first, part.stop, max(1 / MOST_ALERTS, part.rate / ALERTS_PER_SECOND))
            for part in parts
        ]
    ).astype(np.int64)
    overdue, kind, holder = np.zeros_like(book.overdue), book.kind.copy(), book.holder.copy()
    overdue[alarming], kind[alarming] = 1, REPORT
    holder[alarming] = cardholders + np.arange(len(alarming))
    amount = np.where(kind == REPORT, np.minimum(book.amount, LIMIT), book.amount)
    everybody = cardholders + len(alarming)
    changed = replace(book, cardholders=everybody, holder=holder, kind=kind, overdue=overdue, amount=amount)
    return changed, alarming


def play(
    bootstrap: str, book: Happenings, part: Stretch, prefix: str, lane_of_holder: list[int]
) -> tuple[list[Appended], float]:
    """Send a stretch at its rate; what was appended when, and how late the last event was, in seconds."""
    quiet()
    ready = time.time() + (part.stop - part.first) * 6e-6 + 1.0  # events are written down before they are due
    planned = ready + np.arange(part.stop - part.first) / part.rate
    at_ms = book.at_ms.copy()
    at_ms[part.first : part.stop] = (planned * 1000).astype(np.int64)
    places = np.arange(part.first, part.stop)
    written = list(laid(records(replace(book, at_ms=at_ms), places), prefix, lane_of_holder))
    return asyncio.run(_play(bootstrap, written, planned.tolist()))


async def _play(bootstrap: str, written: list[Laid], planned: list[float]) -> tuple[list[Appended], float]:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks=1, max_batch_size=BATCH_BYTES, linger_ms=0)
    sent: list[tuple[str, int, int, Any]] = []
    at, late = 0, 0.0
    async with producer:
        while at < len(written):
            now = time.time()
            if planned[at] > now:
                await asyncio.sleep(max(TICK_SECONDS, planned[at] - now))
                continue
            late = now - planned[at]
            due: defaultdict[tuple[str, int], list[Laid]] = defaultdict(list)
            while at < len(written) and planned[at] <= now:
                due[written[at][0], written[at][1]].append(written[at])
                at += 1
            for (topic, partition), some in due.items():
                batch = producer.create_batch()
                for _, _, key, value in some:
                    batch.append(timestamp=None, key=key, value=value)
                future = await producer.send_batch(batch, topic, partition=partition)
                sent.append((topic, partition, len(some), future))
        return [
            (topic, partition, (told := await future).offset, count, float(told.timestamp))
            for topic, partition, count, future in sent
        ], late
