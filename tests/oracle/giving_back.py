"""What gives limit back, or more of it: restore and raise (contract 6.8, 6.9)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle.knowledge import Action, Holder
from tests.oracle.moment import WHOLE, Moment, Verdicts, in_control_group, record, short_hash


def months_on(day: int, months: int) -> tuple[int, int, int]:
    """Calendar months later, as (year, month, day): 31 August + 6 = 28 February (contract 2.3)."""
    start = date.fromordinal(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return year, month + 1, min(start.day, monthrange(year, month + 1)[1])


def months_passed(since: int, months: int, day: int) -> bool:
    """Whether `day` is at least so many calendar months after `since`."""
    today = date.fromordinal(day)
    return (today.year, today.month, today.day) >= months_on(since, months)


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
