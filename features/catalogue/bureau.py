"""What the bureau reports: levels, what changed since the report before, ratios (contract 3.4)."""

from __future__ import annotations

from typing import Final

from features.catalogue.feature import STALE, Feature, Unit

LEVELS: Final[tuple[tuple[str, Unit, str, str | None, str], ...]] = (
    ("inquiries.hard.1m", "count", "hard inquiries in 1 month", "1 month", "hard_inquiries_1m"),
    ("inquiries.hard.3m", "count", "hard inquiries in 3 months", "3 months", "hard_inquiries_3m"),
    ("inquiries.hard.6m", "count", "hard inquiries in 6 months", "6 months", "hard_inquiries_6m"),
    ("report.lenders", "count", "lenders", None, "lenders"),
    ("small_loan.lenders", "count", "small-loan lenders", None, "small_loan_lenders"),
    (
        "small_loan.overdue_accounts",
        "count",
        "small-loan accounts overdue",
        None,
        "small_loan_overdue_accounts",
    ),
    ("small_loan.overdue_amount", "money", "small-loan amount overdue", None, "small_loan_overdue_amount"),
    ("report.overdue_accounts", "count", "accounts overdue", None, "overdue_accounts"),
    ("report.max_dpd", "days", "largest days past due elsewhere", None, "max_dpd"),
    ("report.new_accounts_6m", "count", "accounts opened in 6 months", "6 months", "new_accounts_6m"),
    ("debt.total", "money", "total debt", None, "total_debt"),
    ("debt.limit", "money", "total limit", None, "total_limit"),
    ("report.income", "money", "monthly income as reported", None, "monthly_income"),
)
"""The fields of a report, in the order of the record layout."""

EARLY_LEVELS: Final = 11
"""So many of them were in the first catalogue: those that rules and models read."""
_BEFORE: Final = STALE + "; or the same of the report taken before it, however old"


def _level(place: int) -> Feature:
    name, unit, words, window, field = LEVELS[place]
    return Feature(
        name,
        unit,
        words,
        STALE,
        window,
        (f"bureau_report.{field}",),
        since=1 if place < EARLY_LEVELS else 3,
        moves=True,
    )


def _change(place: int) -> Feature:
    name, unit, words, _, field = LEVELS[place]
    return Feature(
        f"{name}.change",
        unit,
        f"{words}, fresh report - the report it replaced",
        _BEFORE,
        "2 reports",
        (f"bureau_report.{field}",),
        moves=True,
    )


_AT: Final = ("bureau_report.occurred_at",)
_DEBT: Final = ("bureau_report.total_debt",)
_INCOME: Final = ("bureau_report.monthly_income", "account_updated.monthly_income")
_NO_INCOME: Final = "the income is unknown or 0"

FEATURES: Final = (
    Feature(
        "income.monthly",
        "money",
        "the fresh report's monthly income, else the account's",
        "neither tells it",
        sources=_INCOME,
        since=1,
        moves=True,
    ),
    Feature(
        "report.age", "days", "date - date of the report", "no fresh report", sources=_AT, since=1, moves=True
    ),
    *(_level(place) for place in range(len(LEVELS))),
    Feature(
        "debt.to_limit",
        "ratio",
        "total debt / total limit",
        STALE + ", or the total limit is 0",
        sources=(*_DEBT, "bureau_report.total_limit"),
        since=1,
        moves=True,
    ),
    Feature(
        "debt.to_income",
        "ratio",
        "total debt / monthly income",
        STALE + ", or the income is unknown or 0",
        sources=(*_DEBT, *_INCOME),
        since=1,
        moves=True,
    ),
    *(_change(place) for place in range(len(LEVELS))),
    Feature("report.count", "count", "reports taken so far", "never unknown", sources=_AT),
    Feature(
        "report.gap",
        "days",
        "date of the fresh report - date of the one it replaced",
        "no fresh report, or it is the first",
        sources=_AT,
        moves=True,
    ),
    Feature(
        "inquiries.pace",
        "ratio",
        "3 x hard inquiries in 1 month / hard inquiries in 3 months",
        STALE + ", or there were none in 3 months",
        sources=("bureau_report.hard_inquiries_1m", "bureau_report.hard_inquiries_3m"),
        moves=True,
    ),
    Feature(
        "small_loan.share",
        "ratio",
        "small-loan lenders / lenders",
        STALE + ", or there are no lenders",
        sources=("bureau_report.small_loan_lenders", "bureau_report.lenders"),
        moves=True,
    ),
    Feature(
        "debt.limit_share",
        "ratio",
        "our limit / total limit",
        STALE + ", no snapshot, or the total limit is 0",
        sources=("bureau_report.total_limit", "account_updated.credit_limit"),
        moves=True,
    ),
    Feature(
        "limit.to_income",
        "ratio",
        "credit limit / monthly income",
        f"no snapshot, or {_NO_INCOME}",
        sources=("account_updated.credit_limit", *_INCOME),
        moves=True,
    ),
    Feature(
        "balance.to_income",
        "ratio",
        "balance (at least 0) / monthly income",
        _NO_INCOME,
        sources=("statement_issued.balance", "transaction.amount", "payment_posted.amount", *_INCOME),
        moves=True,
    ),
)
