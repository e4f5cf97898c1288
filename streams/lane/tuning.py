"""How a lane trades latency, memory and effort. None of it changes what comes of a backlog."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.monitoring.verdict import Verdict
    from models.panel import Panel
    from models.score import SnapshotScorer
    from rules.evaluate import Evaluator


@dataclass(frozen=True, slots=True)
class Tuning:
    """Times are in seconds."""

    batch_records: int = 65_536
    """A batch has no more records of one topic; one of which so many wait is not read further."""
    batch_rows: int = 30_000
    """Nor is more read once about so many cardholders have records in it: one call commits their rows."""
    batch_bytes: int = 16 * 1024 * 1024
    """Nor one of which so many bytes wait."""
    cache_rows: int = 100_000
    """Cardholders in memory at most, beside those of the batches under way: of all lanes of a worker."""
    merge_idle: float = 0.02
    """How long a topic must have been at its end before the lane goes on without it (contract 2.1)."""
    fill_share: float = 0.25
    """A lane is far behind when this share of batch_records is in the log, and takes whole batches ..."""
    fill_patience: float = 1.0
    """... unless reading them takes longer than this."""
    poll: float = 0.5
    """Longest wait for records; a lane that has none to take looks up as often."""
    unsent_batches: int = 32
    """A lane waits when so many batches are committed but not sent ..."""
    unsent_bytes: int = 32 * 1024 * 1024
    """... or so many bytes of what they send; a single batch may be larger."""
    send_patience: float = 5.0
    """After so long without an answer the lane says that it waits; it goes on waiting."""
    quiet_batches: int = 256
    """Batches that send nothing are journalled together, so many at the most."""
    flood_share: float = 0.05
    """A lane halts when more than this share of the last minute's records are dead letters ..."""
    flood_least: int = 200
    """... and at least so many are."""
    retry_first: float = 0.2
    retry_most: float = 10.0


class Tell(Protocol):
    """Takes what happens: an event's name and facts, none of them a cardholder or a record's text."""

    def __call__(self, event: str, **facts: Any) -> None: ...


class Models(Protocol):
    """Where a lane gets the model it scores with."""

    def champion(self) -> SnapshotScorer | None:
        """What to score with now; None: rules alone."""
        ...

    def panel(self) -> Panel | None:
        """Models that look on; None as long as none is registered."""
        ...

    async def panel_named(self, names: Sequence[str]) -> Panel | None:
        """Those that a journalled cut names; None when one of them is not to be had any more."""
        ...

    def verdict(self) -> Verdict | None:
        """By which lanes have fallen back; None as long as the model is not unstable."""
        ...

    def verdict_named(self, name: str) -> Verdict | None:
        """The one that a journalled cut names; None when it is not to be had any more."""
        ...

    async def named(self, name: str) -> SnapshotScorer | None:
        """The one that a journalled cut names; None when it is not to be had any more."""
        ...


class Rulebooks(Protocol):
    """Where a lane gets the rulebook it judges by."""

    def current(self) -> Evaluator:
        """The one in force."""
        ...

    def named(self, version: str) -> Evaluator | None:
        """The one that a journalled cut names; None when it is not to be had any more."""
        ...


class NoModels:
    """Hard rules only."""

    def champion(self) -> SnapshotScorer | None:
        return None

    def panel(self) -> Panel | None:
        return None

    async def panel_named(self, names: Sequence[str]) -> Panel | None:  # noqa: ARG002  # the protocol's
        return None

    def verdict(self) -> Verdict | None:
        return None

    def verdict_named(self, name: str) -> Verdict | None:  # noqa: ARG002  # the protocol's
        return None

    async def named(self, name: str) -> SnapshotScorer | None:  # noqa: ARG002  # the protocol's
        return None


class Backoff:
    """Jittered, growing pauses between attempts."""

    def __init__(self, tuning: Tuning, whose: str) -> None:
        """`whose`: two lanes, and one lane on two workers, do not try again at the same moment."""
        self._chance = random.Random(f"{os.getpid()} {whose}")  # noqa: S311  # only spreads out attempts
        self._first = tuning.retry_first
        self._most = tuning.retry_most
        self._next = self._first

    def pause(self) -> float:
        """The next pause in seconds: between half of it and the whole."""
        pause = self._next * self._chance.uniform(0.5, 1.0)
        self._next = min(self._most, self._next * 2)
        return pause

    def reset(self) -> None:
        self._next = self._first
