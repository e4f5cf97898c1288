"""Thins out what libraries say hundreds of times a second while a server is away."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

EVERY_SECONDS: Final = 10.0
MOST_KINDS: Final = 1_000


class Seldom(logging.Filter):
    """Lets a message of one kind through once in a while, with how many were left out before it.

    Of one kind are those of one logger, level and template, whatever was filled in.
    """

    def __init__(self, every: float = EVERY_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._every = every
        self._clock = clock
        self._told: dict[tuple[str, int, object], tuple[float, int]] = {}
        """When one of a kind was let through, and how many were not since."""

    def filter(self, record: logging.LogRecord) -> bool:
        kind = (record.name, record.levelno, record.msg)
        now = self._clock()
        at, left_out = self._told.get(kind, (-self._every, 0))
        if now - at < self._every:
            self._told[kind] = (at, left_out + 1)
            return False
        if len(self._told) >= MOST_KINDS:  # a library that formats by itself
            self._told.clear()
        self._told[kind] = (now, 0)
        if left_out:
            record.msg = f"{record.msg} ({left_out} more before this one)"
        return True
