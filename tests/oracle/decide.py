"""From verdicts to alerts and actions: episodes, resolver, cuts and blocks (contract 5, 6)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.oracle.checks import DAY, EXEMPTIONS, date_text, moment_text
from tests.oracle.giving_back import raise_limit, restore
from tests.oracle.judge import RULES, TARGET_RANK, Verdict, judge
from tests.oracle.knowledge import CUTS, Action, Episode, Holder
from tests.oracle.moment import VERSION, WHOLE, Moment, Verdicts, in_control_group, record, short_hash

SHARE = {"halve": Fraction(1, 2), "cut_to_tenth": Fraction(1, 10)}
COMBINING = RULES[:5]
ON_THE_REPORT = ("small_loan_overdue", "high_debt")


def decide(holder: Holder, moment: Moment) -> list[dict[str, Any]]:
    """One judgement: alert, cut, restore, raise, in this order (contract 7.2)."""
    holder.close_due(moment.day)
    verdicts = judge(holder, moment.day)
    outputs = [
        alert(holder, verdicts, moment),
        cut(holder, verdicts, moment),
        restore(holder, verdicts, moment),
        raise_limit(holder, verdicts, moment),
    ]
    return [output for output in outputs if output is not None]


def reason_codes(targets: dict[str, str | None]) -> list[str]:
    """Worst first, ties in the table's order, at most 4."""
    return sorted(targets, key=lambda rule: (-TARGET_RANK.get(targets[rule] or "", 1), RULES.index(rule)))[:4]


def hits_of(verdicts: Verdicts) -> list[Verdict]:
    """Rules hit now, in the table's order."""
    return [verdict for verdict in verdicts.values() if verdict.outcome == "hit"]


# --- episodes (contract 5) --------------------------------------------------------------------------------


def alert(holder: Holder, verdicts: Verdicts, moment: Moment) -> dict[str, Any] | None:
    """Open, join, escalate, resolve."""
    hits = hits_of(verdicts)
    state = None
    if hits:
        severity = min(verdict.severity for verdict in hits)
        if holder.episode is None:
            holder.episodes += 1
            name = f"{short_hash(holder.name)}.e{holder.episodes}"
            standing = holder.standing()
            holder.episode = Episode(name, severity, standing[0].base_limit if standing else 0)
            state = "opened"
        elif severity < holder.episode.severity:
            holder.episode.severity = severity
            state = "escalated"
    episode = holder.episode
    if episode is None:
        return None
    if episode.base_limit == 0 and holder.account is not None:
        episode.base_limit = holder.account["credit_limit"]
    episode.ever.update({verdict.rule: verdict.target for verdict in hits})
    if any(verdicts[rule].outcome != "no_hit" for rule in episode.ever):
        episode.clean_since = None
    elif episode.clean_since is None:
        episode.clean_since = moment.day
    elif moment.day - episode.clean_since >= 30:
        state = "resolved"
        holder.episode = None
    if state is None:
        return None
    episode.alerts += 1
    episode.latest_alert = f"{episode.name}.a{episode.alerts}"
    told = [v for v in verdicts.values() if v.rule in episode.ever] if state == "resolved" else hits
    targets = episode.ever if state == "resolved" else {verdict.rule: verdict.target for verdict in hits}
    return {
        "kind": "alert",
        "id": episode.latest_alert,
        "cardholder_id": holder.name,
        "occurred_at": moment_text(moment.trigger.at),
        "trigger": moment.origin,
        "episode_id": episode.name,
        "state": state,
        "severity": episode.severity,
        "rules": [verdict.trace() for verdict in told],
        "unknown": [v.rule for v in verdicts.values() if v.outcome in ("insufficient", "error")],
        "score": None,
        "reason_codes": reason_codes(targets),
        "rulebook_version": VERSION,
    }


# --- cuts and blocks (contract 6.1 to 6.6) ----------------------------------------------------------------


def resolve_target(hits: list[Verdict]) -> str | None:
    """Contract 6.1."""
    targets = [verdict.target for verdict in hits if verdict.target is not None]
    if sum(1 for verdict in hits if verdict.rule in COMBINING) >= 2:
        targets.append("cut_to_tenth")
    return max(targets, key=lambda target: TARGET_RANK[target], default=None)


def cut(holder: Holder, verdicts: Verdicts, moment: Moment) -> dict[str, Any] | None:
    """Contract 6.2, 6.3, 6.5."""
    episode, account, hits = holder.episode, holder.account, hits_of(verdicts)
    target = resolve_target(hits)
    if episode is None or target is None or account is None or account["status"] == "closed":
        return None
    if target == "block" and account["status"] == "blocked":
        return None
    if any(TARGET_RANK[target] <= TARGET_RANK[earlier] for earlier in episode.requested):
        return None
    current: int = account["credit_limit"]
    target_limit = current
    if target != "block":
        target_limit = int(SHARE[target] * episode.base_limit) // WHOLE * WHOLE
        if target_limit >= current:
            return None
    severity = min(verdict.severity for verdict in hits)
    reason = withheld(holder, target, target_limit, severity, moment)
    if reason is not None and target in episode.told:
        return None
    wanting = [verdict.rule for verdict in hits if verdict.target is not None]
    action = Action(
        name=f"{short_hash(holder.name)}.l{len(holder.actions) + 1}",
        kind=target,
        status="requested" if reason is None else "withheld",
        day=moment.day,
        base_limit=episode.base_limit,
        episode=episode.name,
        rules=wanting,
    )
    holder.actions.append(action)
    if reason is None:
        episode.requested.append(target)
        if target == "halve":
            accounts = [other.account for other in moment.holders.values() if other.account is not None]
            moment.breaker.count(moment.now, sum(1 for a in accounts if a["status"] == "active"))
    else:
        episode.told.add(target)
    basis = "bureau" if any(rule in ON_THE_REPORT for rule in wanting) else "own_account"
    notice = {"basis": basis, "send_by": date_text(moment.trigger.at // DAY + 30)}
    reasons = reason_codes({verdict.rule: verdict.target for verdict in hits})
    return record(holder, action, moment, episode.latest_alert, target_limit, reason, reasons, notice)


def withheld(holder: Holder, target: str, target_limit: int, severity: str, moment: Moment) -> str | None:
    """The first reason, if any (contract 6.4)."""
    assert holder.account is not None
    for exemption in EXEMPTIONS:
        if exemption in holder.account["exemptions"]:
            return f"exemption:{exemption}"
    for earlier in holder.actions:
        as_bad = earlier.kind in CUTS and TARGET_RANK[earlier.kind] >= TARGET_RANK[target]
        latest = max(earlier.day, earlier.applied_day or 0)
        if as_bad and earlier.status in ("requested", "applied") and moment.day - latest < 30:
            return "cooldown"
    if in_control_group(holder.name) and target != "block" and severity != "P1":
        return "control_group"
    if target == "halve" and moment.breaker.tripped:
        return "breaker"
    if target != "block" and target_limit == 0:
        return "floor"
    return None
