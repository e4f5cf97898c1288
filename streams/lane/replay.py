"""Repeats batches that were sent already but are lost to the store, at the places where they were cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.lane.pasts import other_past
from streams.lane.repeat import Repetition

if TYPE_CHECKING:
    from streams.lane.runner import LaneRunner
    from streams.ports.outbox import Cut


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
    again = Repetition(
        runner.engine,
        runner.intake,
        runner.models,
        runner.rulebooks,
        _Told(runner),
        runner.patiently,
        runner.work,
    )
    for cut in cuts:
        if runner.stopping:
            return
        batch, outputs = await again.batch(cut)
        await runner.take(batch, outputs, cut)
    runner.tell("lane_replayed", lane=runner.lane, batch=sent.batch)


class _Told:
    """A lane must go on: it says what it lacks, each rulebook once, and does without."""

    def __init__(self, runner: LaneRunner) -> None:
        self._runner = runner
        self._rulebooks: set[str] = set()

    def model(self, cut: Cut) -> None:
        self._runner.tell("replay_without_model", lane=self._runner.lane, batch=cut.batch, model=cut.model)

    def panel(self, cut: Cut) -> None:
        self._runner.tell("replay_without_panel", lane=self._runner.lane, batch=cut.batch, panel=cut.panel)

    def rulebook(self, cut: Cut) -> None:
        if cut.rulebook not in self._rulebooks:
            self._rulebooks.add(cut.rulebook)
            self._runner.tell(
                "replay_by_another_rulebook", lane=self._runner.lane, batch=cut.batch, rulebook=cut.rulebook
            )
