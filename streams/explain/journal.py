"""The story of a decision that was published: its lane is run again along its journal, up to there."""

from __future__ import annotations

import re
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from streams.explain.story import story_of
from streams.explain.witness import Witness
from streams.ports.failures import UnusableError
from streams.ports.outbox import DECISIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streams.ports.log import Log
    from streams.ports.outbox import Cut
    from streams.replay.walk import Walk

_RECORD: Final = re.compile(r"[0-9a-f]{12}\.(e\d+\.a\d+|l\d+)")
"""Ids of alerts and actions (contract 7.3)."""


class Decided(NamedTuple):
    """A record on the topic of decisions."""

    id: str
    cardholder: str
    lane: int
    place: int
    """How many the lane had sent before it."""


class DiffersError(Exception):
    """A batch does not give what it gave: what would be explained is not what was decided."""


async def decided(
    log: Log, lanes: int, name: str, progress: Callable[[str, int, int], None]
) -> Decided | None:
    """Find an alert or action by its id; None when there is none, or the id is not of that kind."""
    if not _RECORD.fullmatch(name):
        return None
    mark = b'"id":"%s"' % name.encode()
    seen = 0
    for lane in range(lanes):
        place = 0
        async with aclosing(log.sent(lane, DECISIONS)) as pages:
            async for page in pages:
                for message in page:
                    value, key = message.value or b"", message.key
                    if key is not None and mark in value and msgspec.json.decode(value)["id"] == name:
                        return Decided(name, key.decode(), lane, place)
                    place += 1
                seen += len(page)
                progress("seek", seen, 0)
    return None


def batch_of(found: Decided, cuts: Sequence[Cut]) -> int:
    """The number of the batch that gave a record. Raises UnusableError."""
    for cut in cuts:
        if cut.counts[DECISIONS] > found.place:
            return cut.batch
    raise UnusableError(f"lane {found.lane}: the journal does not tell of {found.id}")


async def explain_along(
    walk: Walk,
    cuts: Sequence[Cut],
    cardholder: str,
    action: str | None,
    progress: Callable[[str, int, int], None],
) -> dict[str, Any] | None:
    """Run the batches, and tell of a cardholder as `streams.explain.story.explain` does from a file.

    Raises DiffersError, and what `Walk.along` raises.
    """
    engine = walk.engine
    witness = engine.desk.witness = Witness(cardholder, engine)
    done, total = 0, sum(cuts[-1].offsets) - (0 if walk.after is None else sum(walk.after.offsets))
    async for step in walk.along(cuts):
        if not step.same:
            raise DiffersError(
                f"lane {engine.lane} gives at batch {step.was.batch} something else than it gave then; "
                f"`postloan replay --lane {engine.lane}` tells what"
            )
        done += step.records
        progress("replay", done, total)
    return story_of(engine, witness, action)
