"""A feed as it comes: events at a steady pace, some of which must lead to an alert."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from tests.bench.console import quiet
from tests.bench.happenings import LIMIT, REPORT, TRANSACTION, Happenings, draw
from tests.bench.load import laid
from tests.bench.paced import send, ticks
from tests.bench.records import records

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.bench.paced import Sent

WRITING_SECONDS: Final = 12e-6
"""An event is written down before it is due; so long is left for it."""
ALERTS: Final = 1 / 300
"""Share of the events that must lead to an alert, and with it an action: as in the book of a backlog."""
ALERTS_PER_SECOND: Final = 100.0
"""More of few events than that, for percentiles need some ..."""
MOST_ALERTS: Final = 0.05
"""... but no larger share of the events than this."""
SMALLER: Final = 1_000
"""Within a level everybody spends as often as he does elsewhere in weeks. If it were as much, payments would
be spent again at once, which opens an episode (third_party_repayment): of ever more cardholders."""


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
            np.arange(part.first, part.stop, 1 / min(MOST_ALERTS, max(ALERTS, ALERTS_PER_SECOND / part.rate)))
            for part in parts
        ]
    ).astype(np.int64)
    overdue, kind, holder = np.zeros_like(book.overdue), book.kind.copy(), book.holder.copy()
    overdue[alarming], kind[alarming] = 1, REPORT
    holder[alarming] = cardholders + np.arange(len(alarming))
    amount = np.where(kind == REPORT, np.minimum(book.amount, LIMIT), book.amount)
    amount = np.where(kind == TRANSACTION, amount // SMALLER, amount)
    everybody = cardholders + len(alarming)
    changed = replace(book, cardholders=everybody, holder=holder, kind=kind, overdue=overdue, amount=amount)
    return changed, alarming


def play(bootstrap: str, book: Happenings, part: Stretch, prefix: str, lane_of_holder: list[int]) -> Sent:
    """Send a stretch at its rate."""
    quiet()
    ready = time.time() + (part.stop - part.first) * WRITING_SECONDS + 1.0
    planned = ready + np.arange(part.stop - part.first) / part.rate
    at_ms = book.at_ms.copy()
    at_ms[part.first : part.stop] = (planned * 1000).astype(np.int64)
    places = np.arange(part.first, part.stop)
    written = laid(records(replace(book, at_ms=at_ms), places), prefix, lane_of_holder)
    return asyncio.run(send(bootstrap, list(ticks(written, planned.tolist()))))
