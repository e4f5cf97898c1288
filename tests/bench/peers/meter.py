"""What the peers in Python share: what a run is told, marks of how far it is, and the line that it ends with.

Standard library only: each peer runs in an environment of its own.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from typing import Any, Final

VARIABLE: Final = "POSTLOAN_TEST_PEER"


class Meter:
    """Counts events; `done` once there were as many as the run has.

    Told by the driver: broker, in, out, name, folder, events (how many to take), step (a mark after so many).
    """

    def __init__(self) -> None:
        told: dict[str, Any] = json.loads(os.environ[VARIABLE])
        self.broker: str = told["broker"]
        self.source: str = told["in"]
        self.out: str = told["out"]
        self.name: str = told["name"]
        self.folder: str = told["folder"]
        self._events: int = told["events"]
        self._step: int = told["step"]
        self._count = 0
        self._marks: list[tuple[int, float, float]] = []
        self._next: dict[int, int] = {}

    def tick(self, partition: int, offset: int) -> bool:
        """Note that an event was handled; whether it was the last."""
        if offset >= self._next.get(partition, 0):
            self._next[partition] = offset + 1
        self._count += 1
        if self._count % self._step == 0:
            self._marks.append((self._count, time.monotonic(), time.process_time()))
        return self._count >= self._events

    def report(self) -> None:
        """Print the line that the driver reads; past a redirected standard output."""
        ended = {
            "events": self._count,
            "marks": self._marks,
            "next": self._next,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        print("RESULT " + json.dumps(ended), flush=True, file=sys.__stdout__)


def record(event: dict[str, Any], hits: list[str], points: float) -> dict[str, Any]:
    """What a peer gives out for an event."""
    return {
        "cardholder_id": event["cardholder_id"],
        "event_id": event["event_id"],
        "rules": hits,
        "score": points,
    }
