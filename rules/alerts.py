"""Episodes and their alerts (contract 5, 7.4)."""

from __future__ import annotations

from collections.abc import Sequence

from rules.case import Case, Episode
from rules.evaluate import CompiledRule, Evaluator
from rules.judgement import Judgement
from rules.outcome import HIT, NO_HIT, SEVERITIES
from rules.records import Record, alert, digest_of
from rules.verdict import MOST_REASONS, worst_first


def follow(case: Case, judgement: Judgement, book: Evaluator) -> list[Record]:
    """Open, widen, escalate or resolve the episode of a case; the alert this gives, if any."""
    episode, verdict = case.episode, judgement.verdict
    if not verdict.hits:
        return [] if episode is None else _calm(case, episode, judgement, book)
    if episode is None:
        episode = _open(case, judgement, verdict.severity)
        state = "opened"
    elif verdict.severity < episode.severity:
        episode.severity = verdict.severity
        state = "escalated"
    else:
        state = ""
    if not episode.base_limit:
        episode.base_limit = judgement.limit or 0
    episode.clean_since = None
    for rule, target in verdict.targets.items():
        episode.rules[rule] = max(target, episode.rules.get(rule, target))
    return [_alert(state, episode, judgement, verdict.hits, book)] if state else []


def _open(case: Case, judgement: Judgement, severity: int) -> Episode:
    case.episodes += 1
    standing = case.standing
    base = standing[0].base_limit if standing else judgement.limit or 0
    name = f"{digest_of(judgement.cardholder)[:12]}.e{case.episodes}"
    case.episode = Episode(id=name, severity=severity, base_limit=base, rules={})
    return case.episode


def _calm(case: Case, episode: Episode, judgement: Judgement, book: Evaluator) -> list[Record]:
    """No rule is hit: count clean days, and resolve after enough of them (contract 5.1)."""
    if not episode.base_limit:
        episode.base_limit = judgement.limit or 0
    known = [rule.place for rule in book.rules if rule.id in episode.rules]
    outcomes = judgement.verdict.outcomes
    if any(outcomes[place] != NO_HIT for place in known):
        episode.clean_since = None
        return []
    if episode.clean_since is None:
        episode.clean_since = judgement.today
    if judgement.today - episode.clean_since < book.policy_for(judgement.product).resolve_after_days:
        return []
    case.episode = None
    return [_alert("resolved", episode, judgement, known, book)]


def _alert(
    state: str, episode: Episode, judgement: Judgement, places: Sequence[int], book: Evaluator
) -> Record:
    episode.alerts += 1
    verdict = judgement.verdict
    return alert(
        alert_id=episode.alert_id,
        cardholder=judgement.cardholder,
        trigger=judgement.trigger,
        episode_id=episode.id,
        state=state,
        severity=SEVERITIES[episode.severity - 1],
        rules=[trace(book.rules[place], judgement) for place in places],
        unknown=list(verdict.unknown),
        score=judgement.score,
        reason_codes=_codes_of(episode, book) if state == "resolved" else list(verdict.reason_codes),
        rulebook_version=book.book.version,
    )


def _codes_of(episode: Episode, book: Evaluator) -> list[str]:
    """Those of an episode; where none of its rules is in the rulebook any more, their ids."""
    targets = {rule.place: episode.rules[rule.id] for rule in book.rules if rule.id in episode.rules}
    return worst_first(targets, book.rules) or sorted(episode.rules)[:MOST_REASONS]


def trace(rule: CompiledRule, judgement: Judgement) -> Record:
    """The first term that holds, with present values; of a rule that is not hit the first (contract 4.3)."""
    level = rule.levels[judgement.verdict.levels[rule.place]]
    shown = level.shown
    choice = len(shown.terms) > 1 and judgement.verdict.outcomes[rule.place] == HIT
    place = (shown.first_true(judgement.row) if choice else None) or 0
    observed, operator, threshold = shown.terms[place].trace(judgement.row)
    breached_by = None
    if observed is not None and threshold is not None:
        breached_by = observed - threshold
        if isinstance(breached_by, float):
            breached_by = round(breached_by, 4)
    return {
        "id": rule.id,
        "breached_by": breached_by,
        "observed": observed,
        "operator": operator,
        "threshold": threshold,
        "window": level.windows[place],
    }
