"""How a decision came about, told step by step; decides nothing, and uses what decides (rules.cuts)."""

from __future__ import annotations

from typing import Any

from rules.alerts import follow
from rules.case import Case, Fuse
from rules.cuts import limit_after, needless, resolve
from rules.evaluate import CompiledRule, Evaluator
from rules.expression import Expression
from rules.facts import FACTS
from rules.judgement import Judgement
from rules.outcome import HALVE, HOLD, LADDER, OUTCOMES, SEVERITIES
from rules.rulebook import Rule
from rules.text import leaf_text
from rules.withholding import CHECKS, Request, bucket_of

Told = dict[str, Any]

_TRUTH = {True: "holds", False: "does not hold", None: "unknown"}


def rule_told(rule: CompiledRule, written: Rule, judgement: Judgement) -> Told:
    """A rule at a judgement: its outcome, and each term with what was seen."""
    outcome = OUTCOMES[judgement.verdict.outcomes[rule.place]]
    level = judgement.verdict.levels[rule.place]
    told: Told = {
        "id": rule.id,
        "title": written.title,
        "reason_code": rule.code,
        "outcome": outcome,
        "asks_for": action_name(rule.levels[level].target) if outcome == "hit" else None,
        "severity": SEVERITIES[rule.levels[level].severity - 1] if outcome == "hit" else None,
        "terms": terms_told(rule.condition, rule.levels[0].windows, judgement),
        "steps": [
            {
                "when": step.source,
                "asks_for": action_name(rule.levels[number].target),
                "applies": outcome == "hit" and level == number,
                "terms": terms_told(step, rule.levels[number].windows, judgement),
            }
            for number, step in enumerate(rule.steps, 1)
        ],
    }
    for name in ("owner", "legal_basis"):
        told[name] = getattr(written, name)
    return told


def terms_told(expression: Expression, windows: tuple[str | None, ...], judgement: Judgement) -> list[Told]:
    """Each term: what it asks, what was seen, whether it holds."""
    told = []
    for place, term in enumerate(expression.terms):
        observed, operator, threshold = term.trace(judgement.row)
        told.append(
            {
                "term": leaf_text(term.leaf),
                "truth": _TRUTH[term.truth(judgement.row)],
                "observed": observed,
                "operator": operator,
                "threshold": threshold,
                "window": windows[place] if place < len(windows) else None,
                "facts": {name: _known(judgement, name) for name in term.names},
            }
        )
    return told


def _known(judgement: Judgement, name: str) -> int | float | None:
    column = next(place for place, fact in enumerate(FACTS) if fact.name == name)
    number = judgement.row[column]
    if number != number:  # noqa: PLR0124  # NaN
        return None
    return int(number) if FACTS[column].whole else round(number, 6)


def action_name(target: int) -> str:
    """A rank of the ladder as a rulebook names it."""
    return "alert_only" if target == HOLD else LADDER[target]


def policy_told(case: Case, judgement: Judgement, book: Evaluator, fuse: Fuse) -> Told | None:
    """Which targets competed, which won, what it comes to, what withheld it; `case`: before the judgement.

    None without a hit. The case is changed: give a copy.
    """
    verdict = judgement.verdict
    follow(case, judgement, book)
    episode, policy = case.episode, book.policy_for(judgement.product)
    if not verdict.hits or episode is None:
        return None
    competing = [{"rule": rule, "asks_for": action_name(asked)} for rule, asked in verdict.targets.items()]
    names = set(verdict.targets)
    target = resolve(verdict, policy)
    told: Told = {
        "policy_version": policy.version,
        "competing": competing,
        "combinations": [
            {
                "rules": sorted(names.intersection(c.rules)),
                "at_least": c.at_least,
                "asks_for": c.action,
            }
            for c in policy.combinations
            if len(names.intersection(c.rules)) >= c.at_least
        ],
        "target": action_name(target),
        "requested_before": action_name(episode.worst_requested) if episode.worst_requested else None,
        "needless": needless(case, judgement, target, policy),
    }
    if told["needless"] is not None or judgement.limit is None:
        return told
    after = limit_after(target, episode.base_limit, judgement.limit, judgement.product, policy)
    request = Request(case, judgement, book, policy, fuse, target, after)
    told |= {
        "base_limit": episode.base_limit,
        "current_limit": judgement.limit,
        "share": _share(target, policy),
        "target_limit": after,
        "checks": {name: check(request) for name, check in CHECKS.items()},
        "control_group_bucket": bucket_of(judgement.cardholder),
        "told_before": target in episode.told,
    }
    return told


def _share(target: int, policy: Any) -> float | None:
    if target < HALVE or action_name(target) == "block":
        return None
    share: float = (policy.halve if target == HALVE else policy.cut_to_tenth).share
    return share
