"""The models and rulebooks that a journal may name, as Kafka has them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from streams.lane.tuning import NoModels
from streams.rulebook.follower import Follower as RulebookFollower
from streams.worker.parts import make_evaluator, names_of
from streams.worker.snapshots import Follower

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from streams.lane.tuning import Models, Rulebooks
    from streams.settings import Settings


def _silent(event: str, **facts: object) -> None: ...


@asynccontextmanager
async def versions(settings: Settings) -> AsyncIterator[tuple[Models, Rulebooks]]:
    """All that were published until now, and the rulebook of the settings. Raises RulebookError, OSError."""
    names = names_of(settings)
    rulebooks = RulebookFollower(names, make_evaluator(settings), _silent)
    models = Follower(names, _silent) if settings.learning else None
    followers = [follower for follower in (rulebooks, models) if follower is not None]
    try:
        for follower in followers:
            await follower.start()
            await follower.read_all.wait()
        yield models or NoModels(), rulebooks.books
    finally:
        for follower in followers:
            await follower.stop()
