"""The desk of a lane: takes a judged row and decides; scalar code for the few rows that matter.

One judgement gives alert, cut, restore, raise, in this order (contract 7.2).
"""

from __future__ import annotations

from typing import Final, Protocol

from rules import alerts, cuts, raises, restores
from rules.case import APPLIED, Case, Fuse
from rules.evaluate import Evaluator
from rules.judgement import Judgement
from rules.records import Record

FOREVER: Final = 2**62


class Witness(Protocol):
    """Looks on; what it is shown belongs to the desk."""

    def before(self, judgement: Judgement, case: Case, fuse: Fuse) -> None:
        """A judgement that is about to be decided on, and the case as it is."""
        ...

    def after(self, judgement: Judgement, records: list[Record]) -> None:
        """What was decided."""
        ...


class Desk:
    """Cases and breaker of one lane; `evaluator` may be exchanged between batches."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.cases: dict[int, Case] = {}
        self.fuse = Fuse()
        self.ignored_results = 0
        self.witness: Witness | None = None
        """Sees each judgement and what came of it; decides nothing."""

    def judge(self, judgement: Judgement, active_accounts: int) -> list[Record]:
        """Decide on one judged row; `active_accounts` of the lane are those whose snapshot says active."""
        hits = judgement.verdict.hits
        case = self.cases.get(judgement.slot)
        if case is None:
            case = Case()
            if hits:
                self.cases[judgement.slot] = case
        if self.witness is not None:
            self.witness.before(judgement, case, self.fuse)
        records = alerts.follow(case, judgement, self.evaluator)
        if hits:
            records += cuts.decide(case, judgement, self.evaluator, self.fuse, active_accounts)
        records += restores.decide(case, judgement, self.evaluator)
        if judgement.statement:
            records += raises.decide(case, judgement, self.evaluator)
        if case.actions or case.episodes:
            self.cases[judgement.slot] = case
        if self.witness is not None:
            self.witness.after(judgement, records)
        return records

    def stands_until(self, judgement: Judgement) -> int:
        """The date from which the same judgement, repeated, could decide something by the passing of time.

        Results and a reset of the breaker are told otherwise.
        """
        case = self.cases.get(judgement.slot)
        if case is None or case.episode is None:
            return FOREVER
        episode = case.episode
        if judgement.verdict.hits:
            # what withholds a target today withholds it all day, if no person or result changes that
            waits = any(target > episode.worst_requested for target in episode.told)
            return judgement.today + 1 if waits else FOREVER
        return (
            FOREVER
            if episode.clean_since is None
            else episode.clean_since + self.evaluator.policy_for(judgement.product).resolve_after_days
        )

    def result(self, slot: int, action_id: str, result: str, day: int, cycles_closed: int) -> None:
        """Take an action's result (6.7), dated `day`; what matters no more is ignored and counted."""
        case = self.cases.get(slot)
        cut = next((cut for cut in case.cuts if cut.id == action_id), None) if case else None
        if case is None or cut is None:
            self.ignored_results += 1
            return
        stood = bool(case.standing)
        if not cut.take(result, day):
            self.ignored_results += 1
        elif result == APPLIED and not stood:
            case.clean_cycles = 0
            case.closed_seen = cycles_closed
