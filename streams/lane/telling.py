"""What a lane tells of itself: it is claimed, has caught up, halts, takes up a rulebook, tries out rules."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from rules.shadow import SHADOW_HIT
from streams.lane.condition import HALTED

if TYPE_CHECKING:
    from rules.evaluate import Evaluator
    from streams.lane.batch import Outputs
    from streams.lane.claiming import Claim
    from streams.lane.condition import Condition
    from streams.lane.tuning import Tell


class Telling:
    """Of one claim of a lane."""

    def __init__(self, lane: int, tell: Tell, condition: Condition) -> None:
        self._lane = lane
        self._tell = tell
        self._condition = condition
        self._begun = time.monotonic()

    def claimed(self, claim: Claim, batch: int, sent: int) -> None:
        """It goes on after a batch; of those, so many are sent."""
        self._tell(
            "lane_claimed",
            lane=self._lane,
            epoch=claim.lease.epoch,
            batch=batch,
            sent=sent,
            cardholders=claim.rows,
            in_memory=len(claim.engine.ledger),
        )
        self._condition.begin(claim.lease.epoch)

    def caught_up(self, batch: int, records: int) -> None:
        """It has taken all there was, so many records by this claim."""
        seconds = round(time.monotonic() - self._begun, 3)
        self._tell("lane_caught_up", lane=self._lane, batch=batch, records=records, seconds=seconds)

    def took_up(self, rulebook: Evaluator, before: Evaluator) -> None:
        """It judges by a rulebook from the next batch on."""
        self._tell(
            "lane_takes_up_rulebook",
            lane=self._lane,
            rulebook=rulebook.book.version,
            before=before.book.version,
        )

    def trials(self, outputs: Outputs) -> None:
        """Counts of what shadow rules and a challenger policy would have done."""
        counts = Counter(
            f"shadow:{report['rule']}"
            if report["kind"] == SHADOW_HIT
            else f"challenger:{report['would'].get('action') or report['would'].get('state')}"
            for report in outputs.reports
        )
        if counts:
            self._tell("on_trial", lane=self._lane, counts=dict(counts))

    def falls_back(self, *, back: bool) -> None:
        """Whether it goes without the model from now on, or has come back to it."""
        self._tell("lane_comes_back" if back else "lane_falls_back", lane=self._lane)

    def halts(self) -> None:
        """A lane without ticks stands still until some come (contract 2.8)."""
        why = "the last tick is more than a day behind what arrives"
        self._condition.hinder("ticks", HALTED, why)
        self._tell("lane_halted", lane=self._lane, why=why)

    def goes_on(self) -> None:
        """Ticks have come."""
        self._condition.clear("ticks")
        self._tell("lane_goes_on", lane=self._lane)
