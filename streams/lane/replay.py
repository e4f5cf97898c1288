"""Repeats batches that were sent already but are lost to the store, at the places where they were cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from features.inbound.layout import TOPICS
from streams.lane.pasts import other_past

if TYPE_CHECKING:
    from streams.lane.runner import LaneRunner
    from streams.ports.outbox import Cut

_NONE_LEFT = np.zeros(len(TOPICS), np.bool_)


async def replay(runner: LaneRunner, sent: Cut) -> None:
    """Bring a lane from what the store kept to `sent`, the last batch that went out.

    The journal tells where each batch ended and by which model it was scored. Without it the lane takes the
    log in the order of a backlog, and what was sent is known by counting (streams.ports.outbox.not_yet_sent).
    """
    kept = runner.cut
    after = 0 if kept is None else kept.batch
    cuts = await runner.patiently(lambda: runner.log.cuts(runner.lane, after - 1))
    cuts = [cut for cut in cuts if cut.batch <= sent.batch]
    if kept is not None and cuts and cuts[0].batch == after and cuts.pop(0).chain != kept.chain:
        raise other_past(runner.lane, kept, sent.batch)
    if [cut.batch for cut in cuts] != list(range(after + 1, sent.batch + 1)):
        runner.tell("journal_lacks_batches", lane=runner.lane, first=after + 1, last=sent.batch)
        runner.follow(sent)
        return
    runner.tell("lane_replays", lane=runner.lane, first=after + 1, last=sent.batch)
    _tell_what_is_not_to_be_had(runner, cuts)
    for cut in cuts:
        if runner.stopping:
            return
        await _repeat(runner, cut)
    runner.tell("lane_replayed", lane=runner.lane, batch=sent.batch)


def _tell_what_is_not_to_be_had(runner: LaneRunner, cuts: list[Cut]) -> None:
    mine, books = runner.engine.desk.evaluator.book.version, runner.rulebooks
    wanted = {cut.rulebook for cut in cuts} - {mine}
    others = sorted(name for name in wanted if books is None or books.named(name) is None)
    if others:
        runner.tell("replay_by_another_rulebook", lane=runner.lane, rulebook=mine, were=others)


async def _repeat(runner: LaneRunner, cut: Cut) -> None:
    if runner.rulebooks is not None:
        runner.use(runner.rulebooks.named(cut.rulebook) or runner.rulebooks.current())
    runner.engine.scorer = None
    if cut.model is not None:
        model = cut.model
        runner.engine.scorer = await runner.patiently(lambda: runner.models.named(model))
        if runner.engine.scorer is None:
            runner.tell("replay_without_model", lane=runner.lane, batch=cut.batch, model=model)
    while not await runner.patiently(lambda: runner.intake.gather_up_to(cut.offsets)):
        pass
    batch = runner.engine.begin(_NONE_LEFT)
    await runner.take(batch, runner.engine.run())
