"""What shadow rules and a challenger policy would have done over a log."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from rules.shadow import SHADOW_HIT, in_share
from streams.assess import assess
from streams.rulebook.outcome import outcome_of
from streams.story.words import money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rules.evaluate import Evaluator
    from rules.records import Record
    from streams.assess import Progress

Told = dict[str, Any]


def try_out(
    lines: Sequence[bytes],
    evaluator: Evaluator,
    *,
    lanes: int = 12,
    learns: bool = True,
    progress: Progress | None = None,
) -> tuple[list[Record], Told]:
    """The reports one by one, and their summary."""
    more: dict[str, Any] = {} if progress is None else {"progress": progress}
    assessment = assess(lines, evaluator, lanes=lanes, learns=learns, **more)
    reports = [report for lane in assessment.lanes for report in lane.reports]
    decisions = [record for lane in assessment.lanes for record in lane.decisions]
    shadows = [rule.id for rule in evaluator.book.rules if rule.shadow]
    told: Told = {
        "rulebook_version": evaluator.book.version,
        "shadow_rules": {rule: _of_rule(rule, reports) for rule in shadows},
        "challenger": _of_challenger(evaluator, reports, decisions),
    }
    return reports, told


def _of_rule(rule: str, reports: list[Record]) -> Told:
    mine = [report for report in reports if report["kind"] == SHADOW_HIT and report["rule"] == rule]
    beside: defaultdict[str, set[str]] = defaultdict(set)
    for report in mine:
        for other in report["beside"]:
            beside[other].add(report["cardholder_id"])
    alone = {r["cardholder_id"] for r in mine if not r["beside"]}
    return {
        "hits": len(mine),
        "cardholders": len({report["cardholder_id"] for report in mine}),
        "cardholders_without_an_acting_hit": len(alone),
        "would_ask_for": dict(Counter(report["would_ask_for"] for report in mine)),
        "cardholders_beside": {other: len(holders) for other, holders in sorted(beside.items())},
    }


def _of_challenger(evaluator: Evaluator, reports: list[Record], decisions: list[Record]) -> Told | None:
    challenger = evaluator.book.challenger
    if challenger is None:
        return None
    tried = outcome_of(challenger.policy.version, (r["would"] for r in reports if r["kind"] != SHADOW_HIT))
    acted = outcome_of(
        evaluator.book.policy.version, (r for r in decisions if in_share(r["cardholder_id"], challenger))
    )
    return {
        "of_ten_thousand": challenger.of_ten_thousand,
        "champion": _side(acted),
        "challenger": _side(tried),
    }


def _side(outcome: Any) -> Told:
    return {
        "policy_version": outcome.version,
        "requested": dict(outcome.requested),
        "withheld": dict(outcome.withheld),
        "cardholders_acted_on": len(outcome.acted_on),
        "money": outcome.money,
    }


def told_in_words(told: Told) -> str:
    """Lines of text."""
    lines = [f"{told['rulebook_version']}: on trial; nothing of this acts"]
    for rule, found in told["shadow_rules"].items():
        asks = ", ".join(f"{name} {count}" for name, count in found["would_ask_for"].items()) or "nothing"
        beside = ", ".join(f"{name} {count}" for name, count in found["cardholders_beside"].items()) or "none"
        lines += [
            "",
            f"shadow rule {rule}: {found['hits']} hits of {found['cardholders']} cardholders",
            f"  would ask for: {asks}",
            f"  cardholders hit beside it by rules that act: {beside}",
            f"  cardholders whom no acting rule hit then: {found['cardholders_without_an_acting_hit']}",
        ]
    challenger = told["challenger"]
    if challenger is not None:
        lines += ["", f"challenger policy on {challenger['of_ten_thousand']} of 10,000 cardholders"]
        for name in ("champion", "challenger"):
            side = challenger[name]
            asked = ", ".join(f"{what} {n}" for what, n in sorted(side["requested"].items())) or "nothing"
            spared = ", ".join(f"{what} {n}" for what, n in sorted(side["withheld"].items())) or "nothing"
            cut, raised = money(side["money"]["limits_cut"]), money(side["money"]["limits_raised"])
            lines += [
                f"  {name} {side['policy_version']}: requested {asked}; withheld {spared}",
                f"    limits cut by {cut}, raised by {raised}",
            ]
    return "\n".join(lines)
