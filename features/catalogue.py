"""Every feature once: name, unit, formula in words, and what it means when it is unknown.

The order of the table is the order of the columns of a feature matrix (float64, NaN = unknown).
A count over cycles, statements or payments comes as two columns: `….certain` (those known to qualify) and
`….possible` (those that qualify or may do so), because some of what is counted can be unknown (contract 4.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Unit = Literal["count", "money", "days", "months", "ratio", "probability", "code"]


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the feature matrix."""

    name: str
    unit: Unit
    words: str
    unknown: str
    window: str | None = None
    model: bool = False
    """Whether the default model reads it."""

    @property
    def whole(self) -> bool:
        """Whether its values are whole numbers."""
        return self.unit not in ("ratio", "probability")


_STALE = "no report, the report is older than 45 days, or it leaves the field out"
_SNAPSHOT = "no account snapshot yet"
_LIMIT = "no account snapshot yet, or the limit is 0"
_NEVER = "never unknown: what was not seen did not happen"
_STATEMENTS = "no statement yet"

CATALOGUE: Final = (
    Feature("account.limit", "money", "credit limit of the newest snapshot", _SNAPSHOT),
    Feature("account.status", "code", "0 active, 1 blocked, 2 closed", _SNAPSHOT),
    Feature("account.exemptions", "code", "bit set of the exemptions, in the schema's order", _SNAPSHOT),
    Feature("account.product", "code", "product of the newest snapshot, in quotes", "not told"),
    Feature("account.opened_on", "code", "day number of the opening date", "not told"),
    Feature(
        "income.monthly", "money", "the fresh report's monthly income, else the account's", "neither tells it"
    ),
    Feature("cycles.closed", "count", "cycles closed so far", _NEVER),
    Feature("utilisation.now", "ratio", "balance (at least 0) / limit", _LIMIT, model=True),
    Feature(
        "utilisation.mean.6s",
        "ratio",
        "mean of balance / limit of the last 6 statements",
        "fewer than 6 statements, or a limit of them unknown",
        "6 statements",
    ),
    Feature(
        "utilisation.statement_mean",
        "ratio",
        "mean of balance / limit of those of the last 6 statements seen",
        _STATEMENTS,
        "6 statements",
        model=True,
    ),
    Feature(
        "utilisation.statement_max",
        "ratio",
        "largest balance / limit of the last 6 statements",
        _STATEMENTS,
        "6 statements",
        model=True,
    ),
    Feature(
        "minimum_cycles.certain",
        "count",
        "of the last 6 closed cycles, those with minimum due <= paid < 1.2 x "
        "minimum due and paid < statement balance",
        _NEVER,
        "6 cycles",
    ),
    Feature(
        "minimum_cycles.possible", "count", "the certain ones and the cycles not yet seen", _NEVER, "6 cycles"
    ),
    Feature(
        "minimum_cycles.run",
        "count",
        "such cycles in a row, back from the latest",
        _NEVER,
        "6 cycles",
        model=True,
    ),
    Feature(
        "missed_cycles.6c",
        "count",
        "of the last 6 closed cycles, those with paid < minimum due",
        "no closed cycle",
        "6 cycles",
        model=True,
    ),
    Feature(
        "payment.share.3c",
        "ratio",
        "paid / statement balance, summed over the last 3 closed cycles",
        "no closed cycle with a balance",
        "3 cycles",
        model=True,
    ),
    Feature(
        "payment.share.6c",
        "ratio",
        "paid / statement balance, summed over the last 6 closed cycles",
        "no closed cycle with a balance",
        "6 cycles",
        model=True,
    ),
    Feature(
        "half_paid_cycles.certain",
        "count",
        "of the last 6 closed cycles, those with paid >= half the statement balance",
        _NEVER,
        "6 cycles",
    ),
    Feature(
        "empty_statements.certain",
        "count",
        "of the last 6 statements, those with balance / limit >= 0.9",
        _NEVER,
        "6 statements",
        model=True,
    ),
    Feature(
        "empty_statements.possible",
        "count",
        "the certain ones, those whose limit was unknown, and those not yet seen",
        _NEVER,
        "6 statements",
    ),
    Feature(
        "relayed_payments.certain",
        "count",
        "payments a third party made, or of which 80 % was spent again within 72 h",
        _NEVER,
        "90 days",
        model=True,
    ),
    Feature(
        "relayed_payments.possible", "count", "the certain ones and those of unknown payer", _NEVER, "90 days"
    ),
    Feature("days_past_due", "days", "date - oldest unpaid due date, at least 0", _STATEMENTS, model=True),
    Feature(
        "cash.share.30d",
        "ratio",
        "cash advances / (purchases + cash advances)",
        "no spend in 30 days",
        "30 days",
        model=True,
    ),
    Feature("cash.to_limit.30d", "ratio", "cash advances / limit", _LIMIT, "30 days", model=True),
    Feature(
        "spend.to_limit.30d", "ratio", "(purchases + cash advances) / limit", _LIMIT, "30 days", model=True
    ),
    Feature("report.age", "days", "date - date of the report", "no fresh report", model=True),
    Feature("inquiries.hard.1m", "count", "hard inquiries in 1 month", _STALE, "1 month", model=True),
    Feature("inquiries.hard.3m", "count", "hard inquiries in 3 months", _STALE, "3 months", model=True),
    Feature("inquiries.hard.6m", "count", "hard inquiries in 6 months", _STALE, "6 months", model=True),
    Feature("report.lenders", "count", "lenders", _STALE, model=True),
    Feature("small_loan.lenders", "count", "small-loan lenders", _STALE, model=True),
    Feature("small_loan.overdue_accounts", "count", "small-loan accounts overdue", _STALE, model=True),
    Feature("small_loan.overdue_amount", "money", "small-loan amount overdue", _STALE),
    Feature("report.overdue_accounts", "count", "accounts overdue", _STALE, model=True),
    Feature("report.max_dpd", "days", "largest days past due elsewhere", _STALE, model=True),
    Feature("report.new_accounts_6m", "count", "accounts opened in 6 months", _STALE, "6 months", model=True),
    Feature("debt.total", "money", "total debt", _STALE),
    Feature(
        "debt.to_limit", "ratio", "total debt / total limit", _STALE + ", or the total limit is 0", model=True
    ),
    Feature(
        "debt.to_income",
        "ratio",
        "total debt / monthly income",
        _STALE + ", or the income is unknown or 0",
        model=True,
    ),
    Feature(
        "account.age",
        "months",
        "days since the opening date / 30.4375, cut to whole months",
        "not told",
        model=True,
    ),
)

NAMES: Final = tuple(feature.name for feature in CATALOGUE)
COLUMN: Final = {name: column for column, name in enumerate(NAMES)}
BY_NAME: Final = {feature.name: feature for feature in CATALOGUE}
WIDTH: Final = len(CATALOGUE)
MODEL_NAMES: Final = tuple(feature.name for feature in CATALOGUE if feature.model)
MODEL_COLUMNS: Final = tuple(COLUMN[name] for name in MODEL_NAMES)
