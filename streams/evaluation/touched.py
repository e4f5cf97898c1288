"""Whom rules hit, and what was asked for whom, over a whole run."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from rules.outcome import HOLD, LADDER

if TYPE_CHECKING:
    from streams.assess import Assessment


def hit_by_rule(assessment: Assessment) -> dict[str, set[str]]:
    """Rule id to the cardholders it ever hit. Rules that joined an open episode silently are found there."""
    hit: defaultdict[str, set[str]] = defaultdict(set)
    for outputs, engine in zip(assessment.lanes, assessment.engines, strict=True):
        for record in outputs.decisions:
            if record["kind"] == "alert":
                for trace in record["rules"]:
                    hit[trace["id"]].add(record["cardholder_id"])
        for slot, case in engine.desk.cases.items():
            if case.episode is not None:
                for rule in case.episode.rules:
                    hit[rule].add(engine.ledger.ids[slot])
    return dict(hit)


def worst_action(assessment: Assessment) -> dict[str, str]:
    """Cardholder to the worst action asked for, requested or withheld; `hold` with an alert but no action.

    Cardholders of whom nothing was decided are left out.
    """
    ranks: dict[str, int] = {}
    for outputs in assessment.lanes:
        for record in outputs.decisions:
            rank = HOLD
            if record["kind"] == "limit_action" and record["action"] in LADDER:
                rank = LADDER.index(record["action"])
            cardholder = record["cardholder_id"]
            ranks[cardholder] = max(ranks.get(cardholder, 0), rank)
    return {cardholder: LADDER[rank] for cardholder, rank in ranks.items()}
