"""A round from its beginning to its verdict: as a backlog, or live."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.chaos.along import along_the_journal
from tests.chaos.arena import Arena
from tests.chaos.book import in_order
from tests.chaos.compare import compare
from tests.chaos.driver import PAUSE_SECONDS, Disturbance, deck, disturb
from tests.chaos.faults import FAULTS, NEED_A_FEED, SESSION_SECONDS, Field
from tests.chaos.feed import Feed
from tests.chaos.found import found
from tests.chaos.undisturbed import undisturbed
from tests.chaos.workforce import Workforce
from tests.integration.feed import placed
from tests.integration.workers import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.chaos.book import Book
    from tests.chaos.compare import Verdict
    from tests.chaos.driver import Round

PREFIX = "postloan."


@dataclass(frozen=True)
class Play:
    """What a round is played with."""

    folder: Path
    book: Book
    lanes: int
    seed: int
    faults: int
    """At the most."""
    tell: Callable[[str], None]
    until: float = float("inf")
    """Monotonic time after which nothing breaks any more."""
    kinds: Sequence[str] = field(default_factory=lambda: list(FAULTS))
    batch_records: int = 12
    """The setting of that name."""
    cache_rows: int = 100_000
    """The setting of that name."""
    program: list[str] | None = None
    """What is run as a worker; None: the worker."""
    calm_seconds: float = 900.0
    """How long the rest may take when nothing breaks any more."""
    pause: float = PAUSE_SECONDS
    """Between two faults, in the mean."""
    idle_too: bool = False
    """Whether to go on breaking things when all is taken."""

    @property
    def settings(self) -> dict[str, str]:
        return {
            "TICKS": "false",
            "SESSION_SECONDS": str(SESSION_SECONDS),
            "BATCH_RECORDS": str(self.batch_records),
            "CACHE_ROWS": str(self.cache_rows),
        }


def play_backlog(play: Play) -> tuple[Round, Verdict]:
    """The whole book lies there before the first worker comes: one order, that of the file mode."""
    wanted = undisturbed(play.book.lines, play.lanes, PREFIX)
    play.tell(f"{len(play.book.lines)} lines, and what an undisturbed run gives for them")
    with Arena(play.folder) as arena:
        site = Site(arena.direct, arena.direct, PREFIX, play.lanes, play.folder)
        site.produce(placed(play.book.lines, play.lanes))
        play.tell("the backlog is loaded")
        kinds = [kind for kind in play.kinds if kind not in NEED_A_FEED]
        done = _disturbed(play, arena, site, kinds, None)
        return done, compare(wanted, found(site))


def play_live(play: Play, rate: float) -> tuple[Round, Verdict]:
    """The book is sent record by record while things break: the order is the journal's to tell."""
    with Arena(play.folder) as arena:
        site = Site(arena.direct, arena.direct, PREFIX, play.lanes, play.folder)
        records = in_order(play.book.lines, play.lanes)
        feed = Feed(arena.disturbed["KAFKA_BOOTSTRAP"], PREFIX, records, rate)
        feed.start()
        play.tell(f"{len(records)} records begin to come, {rate:g} a second")
        done = _disturbed(play, arena, site, play.kinds, feed)
        play.tell(f"{feed.sent} records have come, {feed.unsure} times some of them twice, to be sure")
        return done, compare(along_the_journal(site), found(site))


def _disturbed(play: Play, arena: Arena, site: Site, kinds: Sequence[str], feed: Feed | None) -> Round:
    workforce = Workforce(site, play.settings | arena.disturbed, play.program)
    ground = Field(arena, workforce, feed)
    disturbance = Disturbance(ground, deck(play.seed, kinds, play.pause), play.faults, play.tell)
    begun = time.monotonic()
    done = disturb(
        site,
        workforce,
        disturbance,
        until=play.until,
        calm_seconds=play.calm_seconds,
        feed=feed,
        idle_too=play.idle_too,
    )
    play.tell(f"{done.faults.total()} faults and the rest in {time.monotonic() - begun:.0f} s")
    return done
