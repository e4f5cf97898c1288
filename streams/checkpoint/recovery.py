"""Brings a lane that the store has lost to its newest checkpoint; the journal tells what came after."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from streams.checkpoint.form import CheckpointError
from streams.ports.rows import Rows
from streams.ports.store import Commit

if TYPE_CHECKING:
    from streams.checkpoint.depot import Depot, Kept
    from streams.checkpoint.form import Checkpoint
    from streams.lane.tuning import Tell
    from streams.ports.log import Log
    from streams.ports.outbox import Cut
    from streams.ports.store import Claimed, Store


async def newest(
    depot: Depot, log: Log, lane: int, tell: Tell, *, above: int = 0, most: int
) -> Checkpoint | None:
    """The newest checkpoint of a lane that is whole, has the journal's past, and whose tail the log holds.

    Of the batches after `above`, up to `most`. What is passed over is told. Raises UnreachableError.
    """
    try:
        found = await asyncio.to_thread(depot.kept, lane)
    except OSError as error:
        tell("checkpoints_unreachable", lane=lane, why=str(error))
        return None
    found = [kept for kept in found if above < kept.batch <= most]
    if not found:
        return None
    cuts = {cut.batch: cut for cut in await log.cuts(lane, found[-1].batch - 1)}
    starts = await log.starts(lane)
    for kept in found:
        if any(map(int.__gt__, starts, _offsets(cuts, kept, starts))):
            return None  # the log lacks what came after this one, and after the older ones too
        why = _why_not(cuts, kept)
        if why is None:
            try:
                return await asyncio.to_thread(depot.read, kept, lane)
            except (CheckpointError, OSError) as error:
                why = str(error)
        tell("checkpoint_refused", lane=lane, batch=kept.batch, why=why)
    return None


def _offsets(cuts: dict[int, Cut], kept: Kept, starts: list[int]) -> tuple[int, ...]:
    cut = cuts.get(kept.batch)
    return tuple(starts) if cut is None else cut.offsets


def _why_not(cuts: dict[int, Cut], kept: Kept) -> str | None:
    cut = cuts.get(kept.batch)
    if cut is None:
        return "the journal does not tell of its batch"
    return None if cut.chain == kept.chain else "it is from another past than the log's"


async def recovered(
    depot: Depot, log: Log, store: Store, claimed: Claimed, sent: Cut | None, tell: Tell
) -> Claimed:
    """The claim; where the store lacks batches that were sent, after it took the newest checkpoint in."""
    kept = 0 if claimed.cut is None else claimed.cut.batch
    if sent is None or kept >= sent.batch:
        return claimed
    lane = claimed.lease.lane
    found = await newest(depot, log, lane, tell, above=kept, most=sent.batch)
    if found is None:
        return claimed
    trailer = found.trailer
    rows = Rows.of(found.rows.items())
    commit = Commit(trailer.cut, kept, trailer.state, rows, None, indexed=False, reindex=True)
    await store.commit(claimed.lease, commit, sent.batch)
    tell("lane_takes_checkpoint", lane=lane, batch=trailer.cut.batch, sent=sent.batch, rows=len(rows))
    return replace(claimed, cut=trailer.cut, state=trailer.state, outbox=[], rows=len(rows), indexed=False)
