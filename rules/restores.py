"""Undoing cuts once the cardholder has been clean for long enough (contract 6.8)."""

from __future__ import annotations

from typing import Final

from rules.case import Case, Cut
from rules.evaluate import Evaluator
from rules.facts import COLUMN
from rules.judgement import Judgement
from rules.outcome import BLOCK, NO_HIT
from rules.records import Record, digest_of, limit_action

_CLOSED: Final = COLUMN["cycles.closed"]


def decide(case: Case, judgement: Judgement, book: Evaluator) -> list[Record]:
    """Count clean cycles, and give one restore for all standing cuts when there are enough."""
    standing = case.standing
    if not standing:
        return []
    closed = int(judgement.row[_CLOSED])
    new = closed - case.closed_seen
    case.closed_seen = closed
    names = {name for cut in standing for name in cut.rules}
    outcomes = judgement.verdict.outcomes
    clean = all(outcomes[rule.place] == NO_HIT for rule in book.rules if rule.id in names)
    case.clean_cycles = case.clean_cycles + new if clean else 0
    policy = book.policy_for(judgement.product)
    limit = judgement.limit
    if (
        case.clean_cycles < policy.restore.clean_cycles
        or limit is None
        or judgement.status == "closed"
        or any(exemption in policy.exemptions for exemption in judgement.exemptions)
    ):
        return []
    return _restore(case, standing, limit, judgement, book)


def _restore(
    case: Case, standing: list[Cut], limit: int, judgement: Judgement, book: Evaluator
) -> list[Record]:
    policy = book.policy_for(judgement.product)
    for cut in standing:
        cut.undone = True
    case.clean_cycles = 0
    base = standing[0].base_limit
    if limit >= base and all(cut.target != BLOCK for cut in standing):
        # the bank gave the limit back already: the cuts are over, and there is nothing to send
        return []
    case.actions += 1
    return [
        limit_action(
            action_id=f"{digest_of(judgement.cardholder)[:12]}.l{case.actions}",
            alert_id=None,
            episode_id=standing[-1].episode_id,
            cardholder=judgement.cardholder,
            trigger=judgement.trigger,
            action="restore",
            base_limit=base,
            current_limit=limit,
            target_limit=max(base, limit),
            requires_approval=policy.restore.requires_approval,
            effective="approval" if policy.restore.requires_approval else "immediate",
            withheld_because=None,
            reason_codes=[],
            owed_notice=None,
            policy_version=policy.version,
        )
    ]
