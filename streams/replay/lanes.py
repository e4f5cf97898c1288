"""A lane of a running monitor, ready to be walked."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from features.plan import DEFAULT_NAMES
from streams.lane.engine import LaneEngine
from streams.replay.versions import versions
from streams.replay.walk import Walk, journal_of
from streams.worker.parts import check_topics, make_evaluator, make_log, make_tuning

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from streams.ports.log import Log
    from streams.ports.outbox import Cut
    from streams.settings import Settings


@asynccontextmanager
async def opened_lane(
    settings: Settings, lane: int, features: Iterable[str] = DEFAULT_NAMES
) -> AsyncIterator[tuple[Log, Walk, list[Cut]]]:
    """The log, a walk from the lane's beginning, and its journal.

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
        yield log, Walk(log, engine, models=models, rulebooks=rulebooks, tuning=make_tuning(settings)), cuts
