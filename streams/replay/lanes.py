"""A lane of a running monitor, ready to be walked."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from features.plan import DEFAULT_NAMES
from streams.checkpoint.depot import depot_of
from streams.checkpoint.recovery import newest
from streams.lane.engine import LaneEngine
from streams.replay.versions import versions
from streams.replay.walk import Walk, journal_of
from streams.worker.parts import check_topics, make_evaluator, make_log, make_tuning

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from streams.checkpoint.depot import Depot
    from streams.lane.tuning import Tell
    from streams.ports.log import Log
    from streams.ports.outbox import Cut
    from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class OpenLane:
    """A lane that can be walked once."""

    log: Log
    cuts: list[Cut]
    """Its journal."""
    walk: Walk
    """From the lane's beginning, unless `skip_to` brings it farther."""
    depot: Depot | None
    """Where its checkpoints lie, if anywhere."""

    async def skip_to(self, batch: int, tell: Tell) -> None:
        """Begin at the newest usable checkpoint before a batch; at the lane's beginning if there is none.

        What is passed over is told, as streams.checkpoint.recovery tells it. Raises UnreachableError.
        """
        if self.depot is not None:
            found = await newest(self.depot, self.log, self.walk.engine.lane, tell, most=batch - 1)
            if found is not None:
                self.walk.begin_at(found)

    def up_to(self, batch: int) -> list[Cut]:
        """The journal's cuts that the walk has ahead of it, up to a batch."""
        done = 0 if self.walk.after is None else self.walk.after.batch
        return [cut for cut in self.cuts if done < cut.batch <= batch]


@asynccontextmanager
async def opened_lane(
    settings: Settings, lane: int, features: Iterable[str] = DEFAULT_NAMES
) -> AsyncIterator[OpenLane]:
    """A lane as the settings have it.

    `features` are computed beside those that the rulebook reads.

    Raises UnusableError, UnreachableError.
    """
    check_topics(settings)
    log = make_log(settings)
    cuts = await journal_of(log, lane)
    engine = LaneEngine(
        lane, make_evaluator(settings), settings.topic_prefix, learns=settings.learning, features=features
    )
    async with versions(settings) as (models, rulebooks):
        walk = Walk(log, engine, models=models, rulebooks=rulebooks, tuning=make_tuning(settings))
        yield OpenLane(log, cuts, walk, depot_of(settings))
