"""Who leaves a lane's memory when there is no room for all: closed accounts first, then the long unused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from features.inbound.layout import STATUSES, TOPICS
from features.ledger import FREE, NONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.lane.engine import LaneEngine

WEEK_DAYS: Final = 7
_CLOSED: Final = STATUSES.index("closed")


def leaving(engine: LaneEngine, flying: Iterable[NDArray[np.int64]], count: int) -> NDArray[np.int64]:
    """So many slots at most, of whom no commit and no record waits; `flying`: those of commits under way."""
    slots = _may_go(engine, flying)
    if count >= len(slots):
        return slots
    since = np.where(_is_quiet(engine, slots), -1, engine.ledger.used[slots])
    return slots[np.argpartition(since, count)[:count]]


def _may_go(engine: LaneEngine, flying: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    ledger = engine.ledger
    may_go = ledger.used != FREE
    may_go[ledger.dirty] = may_go[ledger.fresh] = False
    for changed in flying:
        may_go[changed] = False
    for topic in range(len(TOPICS)):
        for piece in engine.inbox.pieces(topic):
            may_go[piece.slot[piece.slot >= 0]] = False
    return np.flatnonzero(may_go)


def _is_quiet(engine: LaneEngine, slots: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whose account is closed, and whom the dates of the next week do not change."""
    ledger, today = engine.ledger, engine.day or 0
    rows = ledger.rows
    quiet: NDArray[np.bool_] = (
        (rows["status"][slots] == _CLOSED)
        & (rows["account_time"][slots] != NONE)
        & (ledger.due[slots] > today + WEEK_DAYS)
    )
    return quiet
