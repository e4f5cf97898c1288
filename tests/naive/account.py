"""Account, bureau and utilisation, naively."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.naive.history import History
from tests.naive.windows import Values, ratio, text_hash
from tests.oracle.checks import DAY, EXEMPTIONS

LEVELS = {
    "inquiries.hard.1m": "hard_inquiries_1m",
    "inquiries.hard.3m": "hard_inquiries_3m",
    "inquiries.hard.6m": "hard_inquiries_6m",
    "report.lenders": "lenders",
    "small_loan.lenders": "small_loan_lenders",
    "small_loan.overdue_accounts": "small_loan_overdue_accounts",
    "small_loan.overdue_amount": "small_loan_overdue_amount",
    "report.overdue_accounts": "overdue_accounts",
    "report.max_dpd": "max_dpd",
    "report.new_accounts_6m": "new_accounts_6m",
    "debt.total": "total_debt",
    "debt.limit": "total_limit",
    "report.income": "monthly_income",
}
EPOCH = 719_163
"""The ordinal of 1970-01-01."""


def account(history: History, today: int, limit: int | None) -> Values:
    known = history.known
    values: Values = {"balance.now": known.balance()}
    limits = [number for _, number in history.limits]
    changes = [place for place in range(1, len(limits)) if limits[place] != limits[place - 1]]
    values["limit.raises"] = sum(limits[place] > limits[place - 1] for place in changes)
    values["limit.cuts"] = len(changes) - values["limit.raises"]
    if changes:
        last = changes[-1]
        values["limit.change"] = ratio(limits[last], limits[last - 1])
        values["limit.change_age"] = today - history.limits[last][0]
    spent = [move for move in history.moves if move.kind != "payment"]
    values["history.age"] = today - spent[0].day if spent else None
    snapshot = known.account
    if snapshot is not None:
        standing = set(snapshot["exemptions"])
        opened = snapshot["opened_on"]
        values |= {
            "account.limit": snapshot["credit_limit"],
            "account.status": ("active", "blocked", "closed").index(snapshot["status"]),
            "account.exemptions": sum(
                1 << place for place, name in enumerate(EXEMPTIONS) if name in standing
            ),
            "account.product": (
                None if snapshot["product"] is None else text_hash(snapshot["product"]) // 2**32
            ),
            "account.exemption_count": len(standing),
            "account.snapshot_age": today - known.account_at // DAY,
            "account.opened_on": None if opened is None else opened - EPOCH,
            "account.age": None if opened is None else Fraction(today - opened) / Fraction(30.4375) // 1,
            "balance.headroom": (limit or 0) - known.balance(),
        }
    return values


def bureau(history: History, today: int, income: int | None) -> Values:
    known = history.known
    held = None if known.account is None else known.account["credit_limit"]
    values: Values = {
        "income.monthly": income,
        "report.count": len(history.reports),
        "limit.to_income": None if held is None else ratio(held, income),
        "balance.to_income": ratio(known.balance(), income),
    }
    if not history.reports or today - history.reports[-1][0] > 45:
        return values
    made, report = history.reports[-1]
    values["report.age"] = today - made
    told: dict[str, Any] = {name: report.get(field) for name, field in LEVELS.items()}
    values |= told
    debt, total, lenders = told["debt.total"], told["debt.limit"], told["report.lenders"]
    values["debt.to_limit"] = None if debt is None else ratio(debt, total)
    values["debt.to_income"] = None if debt is None else ratio(debt, income)
    values["debt.limit_share"] = None if held is None else ratio(held, total)
    one, small = told["inquiries.hard.1m"], told["small_loan.lenders"]
    values["inquiries.pace"] = None if one is None else ratio(3 * one, told["inquiries.hard.3m"])
    values["small_loan.share"] = None if small is None else ratio(small, lenders)
    if len(history.reports) > 1:
        before_on, before = history.reports[-2]
        values["report.gap"] = made - before_on
        for name, field in LEVELS.items():
            if told[name] is not None and before.get(field) is not None:
                values[f"{name}.change"] = told[name] - before[field]
    return values


def utilisation(history: History, today: int, limit: int | None) -> Values:
    known = history.known
    last = known.statements[-6:][::-1]
    ratios = [statement.ratio for statement in last]
    told = [number for number in ratios if number is not None]
    full = [number is not None and number >= Fraction(9, 10) for number in ratios]
    values: Values = {
        "utilisation.now": ratio(known.balance(), limit),
        "utilisation.statement_mean": Fraction(sum(told), len(told)) if told else None,
        "utilisation.statement_max": max(told, default=None),
        "empty_statements.certain": sum(full),
        "empty_statements.possible": sum(full) + 6 - len(told),
        "empty_statements.run": full.index(False) if False in full else len(full),
        "over_limit_statements.6s": sum(number > 1 for number in told),
        "over_limit_days.30d": sum(history.over.get(today - back, False) for back in range(30)),
        "over_limit_days.60d": sum(history.over.get(today - back, False) for back in range(60)),
    }
    for many, names in {
        1: ("last_statement",),
        2: ("change.1s",),
        3: ("mean.3s", "max.3s"),
        6: ("mean.6s", "min.6s", "slope.6s"),
    }.items():
        part = [number for number in ratios[:many] if number is not None]
        if len(part) < many:
            continue
        mean = sum(part) / Fraction(many)
        middle = Fraction(many - 1, 2)
        slope = sum((middle - k) * number for k, number in enumerate(part))
        spread = sum((middle - k) ** 2 for k in range(many)) or 1
        found = {
            "last_statement": part[0],
            "change.1s": part[0] - part[-1],
            f"mean.{many}s": mean,
            f"max.{many}s": max(part),
            f"min.{many}s": min(part),
            f"slope.{many}s": slope / spread,
        }
        values |= {f"utilisation.{name}": found[name] for name in names}
    if last:
        values["statement.balance"] = last[0].balance
        values["statement.balance.mean.6s"] = Fraction(sum(one.balance for one in last), len(last))
        values["statement.recency"] = today - last[0].at // DAY
    if len(last) > 1:
        values["statement.balance.change"] = last[0].balance - last[1].balance
    return values
