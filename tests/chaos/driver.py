"""One round: a backlog, workers that take it, and faults from a seed until it is taken."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import redis

from tests.chaos.faults import FAULTS, FEWEST, Fault, Field

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.chaos.feed import Feed
    from tests.chaos.workforce import Workforce
    from tests.integration.workers import Site

LOOK_SECONDS: Final = 0.1
PROGRESS_SECONDS: Final = 2.0
START_SECONDS: Final = 180.0
PAUSE_SECONDS: Final = 2.5


def deck(
    seed: int, kinds: Sequence[str], pause: float = PAUSE_SECONDS
) -> Iterator[tuple[str, float, random.Random]]:
    """Faults without end, every kind equally often: kind, the pause before it, and what it draws from.

    `pause`: the mean of the pauses in seconds.
    """
    draw = random.Random(f"deck {seed}")
    number = 0
    while True:
        for kind in draw.sample(kinds, len(kinds)):
            number += 1
            yield kind, draw.expovariate(1 / pause), random.Random(f"{seed} {number} {kind}")


@dataclass
class Broken:
    """A fault under way."""

    kind: str
    subject: str
    rest: Iterator[float]
    until: float


@dataclass
class Disturbance:
    """Applies faults of a deck, those that do not break the same thing at the same time."""

    ground: Field
    deck: Iterator[tuple[str, float, random.Random]]
    most: int
    tell: Callable[[str], None]
    counts: Counter[str] = field(default_factory=Counter)
    _broken: list[Broken] = field(default_factory=list)
    _next: tuple[str, float, random.Random] | None = None
    _free_at: float = 0.0

    def step(self) -> None:
        """Mend what has been broken long enough, and break the next thing if its time has come."""
        now = time.monotonic()
        for broken in [one for one in self._broken if one.until <= now]:
            self._go_on(broken)
        if self._next is None:
            self._next = next(self.deck)
            self._free_at = now + self._next[1]
        kind, _, draw = self._next
        subject, fault = FAULTS[kind]
        if now >= self._free_at and not self.done and not self.breaks(subject):
            self._next = None
            self._break(kind, subject, fault, draw)

    def _break(self, kind: str, subject: str, fault: Fault, draw: random.Random) -> None:
        self.counts[kind] += 1
        self.tell(f"fault {self.counts.total()}: {kind}")
        broken = Broken(kind, subject, fault(self.ground, draw), 0.0)
        self._broken.append(broken)
        self._go_on(broken)

    def _go_on(self, broken: Broken) -> None:
        try:
            broken.until = time.monotonic() + next(broken.rest)
        except StopIteration:
            self._broken.remove(broken)

    @property
    def done(self) -> bool:
        """Whether there were enough."""
        return self.counts.total() >= self.most

    def breaks(self, subject: str) -> bool:
        """Whether something is broken just now."""
        return any(broken.subject == subject for broken in self._broken)

    def mend_all(self) -> None:
        """Let every fault under way run to its end, and see that all is whole."""
        while self._broken:
            for broken in list(self._broken):
                time.sleep(max(0.0, broken.until - time.monotonic()))
                self._go_on(broken)
        self.ground.arena.heal()


@dataclass(frozen=True)
class Round:
    """What was done to the workers, and what they did."""

    faults: Counter[str]
    ended: list[str]
    """Workers that ended without being told to, or did not end when told to."""
    unfinished: str | None
    """What was left when nothing broke any more, if something was."""
    said: dict[str, int]
    """How often workers told of what matters."""


TOLD: Final = (
    "lane_claimed",
    "lane_fenced",
    "lane_lost",
    "lane_was_torn",
    "lane_replayed",
    "lane_failed",
    "lane_stands_still",
    "replay_differs",
    "journal_lacks_batches",
)


def disturb(
    site: Site,
    workforce: Workforce,
    disturbance: Disturbance,
    *,
    until: float,
    calm_seconds: float,
    feed: Feed | None = None,
    idle_too: bool = False,
) -> Round:
    """Have workers take what is on the input topics, break things meanwhile, then let them finish in peace.

    The rest may take `calm_seconds`. No fault after the monotonic time `until`, nor, unless `idle_too`, when
    all is taken and `feed` has ended.
    """
    ends = site.ends() if feed is None else None
    try:
        for _ in range(FEWEST):
            workforce.join()
        workforce.all[0].wait_for("lane_claimed", START_SECONDS)
        looked = time.monotonic()
        while time.monotonic() < until and not disturbance.done:
            disturbance.step()
            workforce.replace_the_ended()
            time.sleep(LOOK_SECONDS)
            if time.monotonic() - looked < PROGRESS_SECONDS or disturbance.breaks("kafka"):
                continue
            looked = time.monotonic()
            if ends is None and feed is not None and not feed.is_alive():
                ends = site.ends()
            if ends is not None and not idle_too and left(site, ends) == 0:
                break
        disturbance.mend_all()
        if feed is not None:
            feed.stop()
        ends = site.ends()
        disturbance.tell(f"calm; {left(site, ends)} records are left")
        unfinished = _finish(site, workforce, ends, calm_seconds)
    finally:
        workforce.kill_all()
    said = {event: workforce.said(event) for event in TOLD}
    return Round(disturbance.counts, workforce.ended, unfinished, said)


def _finish(site: Site, workforce: Workforce, ends: list[tuple[int, ...]], calm_seconds: float) -> str | None:
    """Fresh workers take the rest and stop; what is left, if anything is."""
    workforce.stop_all()
    for _ in range(FEWEST):
        workforce.join(BATCH_RECORDS="2000")
    deadline = time.monotonic() + calm_seconds
    while left(site, ends) or site.unsent():
        if time.monotonic() > deadline:
            return f"{left(site, ends)} records and {site.unsent()} messages are left"
        workforce.replace_the_ended()
        time.sleep(0.5)
    workforce.stop_all()
    return None


def left(site: Site, ends: list[tuple[int, ...]]) -> int:
    """Records that no lane has committed; -1 when Redis cannot be asked."""
    try:
        cuts = site.cuts()
    except redis.RedisError:
        return -1
    return sum(sum(end) - sum(cut) for end, cut in zip(ends, cuts, strict=True))
