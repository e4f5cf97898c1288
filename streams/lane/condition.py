"""What hinders a lane, and counts. The lane notes it batch by batch; health and metrics read it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final

CLAIMING: Final = "claiming"
RUNNING: Final = "running"
PAUSED: Final = "paused"
"""A server does not answer; the lane tries again by itself."""
HALTED: Final = "halted"
"""A person or a tick must come; trying again would not help."""
LEFT: Final = "left"
"""Another worker's now, or nobody's."""
CLAIM: Final = "claim"
"""What hinders a lane whose claim ended for a reason that a person must look at."""
STATES: Final = (CLAIMING, RUNNING, PAUSED, HALTED, LEFT)


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a lane does not go on."""

    state: str
    why: str
    since: float
    """Seconds since 1970."""
    backoff: float
    """Seconds until it is tried again; 0: it is not."""


@dataclass(slots=True)
class Condition:
    """Counts go on over several claims of one worker."""

    lane: int
    held: bool = False
    """Whether the lane is this worker's, claimed and brought to where it was."""
    assigned: bool = True
    epoch: int = 0
    batch: int = 0
    cardholders: int = 0
    watermark: int | None = None
    """Of the last batch taken, in microseconds since 1970."""
    committed_at: float | None = None
    """Seconds since 1970."""
    places: tuple[int, ...] = ()
    """Of each input topic the offset before which every record is taken."""
    waiting_records: int = 0
    waiting_bytes: int = 0
    """Read, but not yet taken."""
    unsent_batches: int = 0
    records: int = 0
    batches: int = 0
    decisions: int = 0
    dead_letters: int = 0
    waits: dict[str, int] = field(default_factory=dict)
    """Attempts that failed, by the server that did not answer."""
    run_seconds: float = 0.0
    commit_seconds: float = 0.0
    _hindrances: dict[str, Hindrance] = field(default_factory=dict)

    @property
    def state(self) -> str:
        if not self.assigned:
            return LEFT
        states = {hindrance.state for hindrance in self._hindrances.values()}
        for state in (HALTED, PAUSED):
            if state in states:
                return state
        return RUNNING if self.held else CLAIMING

    @property
    def hindrances(self) -> list[Hindrance]:
        """The longest first."""
        return sorted(self._hindrances.values(), key=lambda hindrance: hindrance.since)

    @property
    def backoff(self) -> float:
        """Seconds of the longest pause under way."""
        return max((hindrance.backoff for hindrance in self._hindrances.values()), default=0.0)

    def hinder(self, what: str, state: str, why: str, backoff: float = 0.0) -> None:
        """Something hinders the lane, until `clear`."""
        known = self._hindrances.get(what)
        since = time.time() if known is None else known.since
        self._hindrances[what] = Hindrance(state, why, since, backoff)

    def wait(self, why: str, backoff: float, what: str | None = None) -> str:
        """A server, whose name begins the text, did not answer `what`; what to `clear` when it does."""
        server = why.partition(":")[0]
        self.waits[server] = self.waits.get(server, 0) + 1
        self.hinder(what or server, PAUSED, why, backoff)
        return what or server

    def clear(self, *what: str) -> None:
        for one in what:
            self._hindrances.pop(one, None)

    def begin(self, epoch: int) -> None:
        """The lane is claimed, and where it was."""
        self.held = True
        self.clear(CLAIM)
        self.epoch = epoch

    def ran(self, seconds: float) -> None:
        """A batch was judged."""
        self.run_seconds += seconds

    def took(self, records: int, decisions: int, dead_letters: int) -> None:
        """A batch was taken."""
        self.batches += 1
        self.records += records
        self.decisions += decisions
        self.dead_letters += dead_letters

    def committed(self, seconds: float) -> None:
        """The store has a batch."""
        self.commit_seconds += seconds
        self.committed_at = time.time()

    def end(self) -> None:
        """A claim has ended."""
        self.held = False
        self.waiting_records = self.waiting_bytes = self.unsent_batches = 0
        self._hindrances.clear()
