"""How often the lanes of a worker look for records that are not there yet.

Whatever a batch has in it, fetching, committing and publishing it costs milliseconds. Lanes that look up as
soon as an event comes have one event in a batch, and spend all their time on batches. So a lane that has come
to the end of the log asks again only after a pause; one that is behind does not wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

LOOK_SECONDS: Final = 0.25
BUSY: Final = 0.88
"""Share of a core from which on pauses grow: what is computed meanwhile delays whatever comes in between."""
IDLE: Final = 0.8
"""And below which they shrink again."""
STEP: Final = 1.25
MOST: Final = 1.8
"""Pauses grow to so many times what they are at rest. From there on larger batches cost next to no less for
each of their events, and would only keep them waiting."""


def occupied() -> float:
    """Seconds for which this thread has computed, or wanted to and waited for a core that others had.

    The second is known on Linux alone.
    """
    try:
        with open("/proc/thread-self/schedstat", encoding="ascii") as told:  # noqa: PTH123  # four times a second
            computed, waited = told.read().split()[:2]
    except (OSError, ValueError):
        return time.thread_time()
    return (int(computed) + int(waited)) * 1e-9


class Pace:
    """Shared by the readers of a worker's lanes, which all run in one thread."""

    def __init__(
        self,
        per_second: float = 200.0,
        clock: Callable[[], float] = time.monotonic,
        spent: Callable[[], float] = occupied,
    ) -> None:
        """`per_second`: requests of all lanes together, at rest.

        `spent`: seconds for which the thread has had something to compute.
        """
        self._per_second = per_second
        self._clock = clock
        self._spent = spent
        self._lanes = 0
        self._stretch = 1.0
        self._looked = clock(), spent()

    def join(self) -> None:
        """One lane more."""
        self._lanes += 1

    def leave(self) -> None:
        """One lane less."""
        self._lanes -= 1

    @property
    def pause(self) -> float:
        """Seconds between two requests of a lane."""
        now = self._clock()
        since, before = self._looked
        if now - since >= LOOK_SECONDS:
            spent = self._spent()
            busy = (spent - before) / (now - since)
            if busy > BUSY:
                self._stretch = min(MOST, self._stretch * STEP)
            elif busy < IDLE:
                self._stretch = max(1.0, self._stretch / STEP)
            self._looked = now, spent
        return self._lanes * self._stretch / self._per_second
