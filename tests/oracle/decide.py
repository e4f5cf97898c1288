"""From verdicts to alerts and actions: episodes, resolver, breaker, restore, raise (contract 5, 6)."""

from __future__ import annotations

import hashlib
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle.checks import DAY, EXEMPTIONS, Line, date_text, moment_text
from tests.oracle.judge import RULES, TARGET_RANK, Verdict, judge
from tests.oracle.knowledge import CUTS, Action, Episode, Holder

VERSION = "default-1"
WHOLE = 10_000
SHARE = {"halve": Fraction(1, 2), "cut_to_tenth": Fraction(1, 10)}
COMBINING = RULES[:5]
ON_THE_REPORT = ("small_loan_overdue", "high_debt")
Verdicts = dict[str, Verdict]


@dataclass
class Breaker:
    """Contract 6.6; `halves` are the instants, as of which halves were requested."""

    halves: list[int] = field(default_factory=list)
    tripped: bool = False

    def count(self, now: int, active: int) -> None:
        """A halve was requested."""
        self.halves.append(now)
        recent = sum(1 for at in self.halves if now - DAY < at <= now)
        if recent > 20 and recent * 100 > 2 * active:
            self.tripped = True

    def reset(self) -> None:
        """Contract 6.6: empties the count."""
        self.halves, self.tripped = [], False


@dataclass
class Moment:
    """As of when a judgement is made, and the record that caused it."""

    now: int
    trigger: Line
    origin: dict[str, Any]
    issued: bool
    breaker: Breaker
    holders: dict[str, Holder]

    @property
    def day(self) -> int:
        """The lane date of the judgement."""
        return self.now // DAY


def short_hash(name: str) -> str:
    """Contract 7.3."""
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def in_control_group(name: str) -> bool:
    """Contract 6.4."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 10_000 < 200


def months_on(day: int, months: int) -> tuple[int, int, int]:
    """Calendar months later, as (year, month, day): 31 August + 6 = 28 February (contract 2.3)."""
    start = date.fromordinal(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return year, month + 1, min(start.day, monthrange(year, month + 1)[1])


def months_passed(since: int, months: int, day: int) -> bool:
    """Whether `day` is at least so many calendar months after `since`."""
    today = date.fromordinal(day)
    return (today.year, today.month, today.day) >= months_on(since, months)


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


# --- restore and raise (contract 6.8, 6.9) ----------------------------------------------------------------


def restore(holder: Holder, verdicts: Verdicts, moment: Moment) -> dict[str, Any] | None:
    """Contract 6.8."""
    closed = len(holder.closed_cycles())
    newly_closed, holder.closed_counted = closed - holder.closed_counted, closed
    standing, account = holder.standing(), holder.account
    rules = {rule for action in standing for rule in action.rules}
    if not standing or any(verdicts[rule].outcome != "no_hit" for rule in rules):
        holder.restore_count = 0
        return None
    holder.restore_count += newly_closed
    assert account is not None
    if holder.restore_count < 2 or account["exemptions"] or account["status"] == "closed":
        return None
    holder.restore_count = 0
    for action in standing:
        action.undone = True
    base, current = standing[0].base_limit, account["credit_limit"]
    if current >= base and all(action.kind != "block" for action in standing):
        return None
    name = f"{short_hash(holder.name)}.l{len(holder.actions) + 1}"
    action = Action(name, "restore", "requested", moment.day, base, standing[-1].episode)
    holder.actions.append(action)
    return record(holder, action, moment, None, max(base, current), None, [], None)


def may_rise(holder: Holder, verdicts: Verdicts, moment: Moment) -> bool:
    """Every condition of a raise but its amount (contract 6.9)."""
    account, day = holder.account, moment.day
    if not moment.issued or account is None:
        return False
    cycles = holder.closed_cycles()[-6:]
    ratios = [s.ratio for s in holder.statements[-6:] if s.ratio is not None]
    inquiries = holder.fresh(day, "hard_inquiries_3m")
    raises = [a for a in holder.actions if a.kind == "raise" and a.status == "requested"]
    rules = [verdict for verdict in verdicts.values() if verdict.rule != "model_score"]
    conditions = (
        account["status"] == "active",
        not account["exemptions"],
        holder.episode is None,
        not holder.standing(),
        account["opened_on"] is not None and months_passed(account["opened_on"], 6, day),
        all(verdict.outcome == "no_hit" for verdict in rules),
        verdicts["model_score"].outcome != "hit",
        len(cycles) == 6 and all(holder.paid(cycle) * 2 >= cycle.balance for cycle in cycles),
        len(ratios) == 6 and Fraction(2, 10) <= Fraction(sum(ratios), 6) <= Fraction(7, 10),
        inquiries is not None and inquiries <= 3,
        all(months_passed(earlier.day, 6, day) for earlier in raises),
    )
    return all(conditions)


def raise_limit(holder: Holder, verdicts: Verdicts, moment: Moment) -> dict[str, Any] | None:
    """Contract 6.9."""
    account, income, day = holder.account, holder.income(moment.day), moment.day
    if account is None or income is None or not may_rise(holder, verdicts, moment):
        return None
    limit: int = account["credit_limit"]
    target_limit = int(min(Fraction(12, 10) * limit, Fraction(3 * income))) // WHOLE * WHOLE
    if target_limit <= limit:
        return None
    reason = "control_group" if in_control_group(holder.name) else None
    name = f"{short_hash(holder.name)}.l{len(holder.actions) + 1}"
    action = Action(name, "raise", "requested" if reason is None else "withheld", day, limit, None)
    holder.actions.append(action)
    return record(holder, action, moment, None, target_limit, reason, [], None)


def record(
    holder: Holder,
    action: Action,
    moment: Moment,
    alert_id: str | None,
    target_limit: int,
    reason: str | None,
    reasons: list[str],
    notice: dict[str, Any] | None,
) -> dict[str, Any]:
    """A limit action as told (contract 7.5, 6.5)."""
    assert holder.account is not None
    by_approval = action.kind in ("cut_to_tenth", "block")
    return {
        "kind": "limit_action",
        "id": action.name,
        "alert_id": alert_id,
        "episode_id": action.episode,
        "cardholder_id": holder.name,
        "occurred_at": moment_text(moment.trigger.at),
        "action": action.kind,
        "base_limit": action.base_limit,
        "current_limit": holder.account["credit_limit"],
        "target_limit": target_limit,
        "requires_approval": by_approval,
        "effective": "approval" if by_approval else "next_cycle" if action.kind == "raise" else "immediate",
        "status": action.status,
        "withheld_because": reason,
        "reason_codes": reasons,
        "notice": notice,
        "policy_version": VERSION,
    }
