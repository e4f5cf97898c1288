"""How full the card is: now, at statements, and on how many days it was over the limit."""

from __future__ import annotations

from typing import Final

from features.catalogue.feature import NEVER_UNKNOWN, NO_LIMIT, NO_STATEMENT, Feature

_S: Final = ("statement_issued.balance", "account_updated.credit_limit")
_B: Final = (
    "statement_issued.balance",
    "account_updated.balance",
    "transaction.amount",
    "payment_posted.amount",
    "account_updated.credit_limit",
)
_SIX: Final = "6 statements"
_FEWER: Final = "fewer than {} statements, or a limit of them unknown"
_OVER: Final = "dates at whose 00:00 the balance was above the limit, as then known"

FEATURES: Final = (
    Feature("utilisation.now", "ratio", "balance (at least 0) / limit", NO_LIMIT, sources=_B, since=1),
    Feature(
        "utilisation.mean.6s",
        "ratio",
        "mean of balance / limit of the last 6 statements",
        _FEWER.format(6),
        _SIX,
        _S,
        since=1,
    ),
    Feature(
        "utilisation.statement_mean",
        "ratio",
        "mean of balance / limit of those of the last 6 statements seen",
        NO_STATEMENT,
        _SIX,
        _S,
        since=1,
    ),
    Feature(
        "utilisation.statement_max",
        "ratio",
        "largest balance / limit of the last 6 statements",
        NO_STATEMENT,
        _SIX,
        _S,
        since=1,
    ),
    Feature(
        "empty_statements.certain",
        "count",
        "of the last 6 statements, those with balance / limit >= 0.9",
        NEVER_UNKNOWN,
        _SIX,
        _S,
        since=1,
    ),
    Feature(
        "empty_statements.possible",
        "count",
        "the certain ones, those whose limit was unknown, and those not yet seen",
        NEVER_UNKNOWN,
        _SIX,
        _S,
        since=1,
    ),
    Feature(
        "empty_statements.run",
        "count",
        "such statements in a row, back from the latest",
        NEVER_UNKNOWN,
        _SIX,
        _S,
    ),
    Feature(
        "utilisation.last_statement",
        "ratio",
        "balance / limit of the last statement",
        _FEWER.format(1),
        "1 statement",
        _S,
    ),
    Feature(
        "utilisation.mean.3s",
        "ratio",
        "mean of balance / limit of the last 3 statements",
        _FEWER.format(3),
        "3 statements",
        _S,
    ),
    Feature(
        "utilisation.max.3s",
        "ratio",
        "largest balance / limit of the last 3 statements",
        _FEWER.format(3),
        "3 statements",
        _S,
    ),
    Feature(
        "utilisation.min.6s",
        "ratio",
        "smallest balance / limit of the last 6 statements",
        _FEWER.format(6),
        _SIX,
        _S,
    ),
    Feature(
        "utilisation.change.1s",
        "ratio",
        "balance / limit of the last statement - that of the one before",
        _FEWER.format(2),
        "2 statements",
        _S,
    ),
    Feature(
        "utilisation.slope.6s",
        "ratio",
        "slope of the straight line through balance / limit of the last 6 statements, per statement (least "
        "squares)",
        _FEWER.format(6),
        _SIX,
        _S,
    ),
    Feature(
        "over_limit_statements.6s",
        "count",
        "of the last 6 statements, those with balance > limit",
        NEVER_UNKNOWN,
        _SIX,
        _S,
    ),
    Feature("over_limit_days.30d", "count", _OVER, NEVER_UNKNOWN, "30 days", _B, moves=True),
    Feature("over_limit_days.60d", "count", _OVER, NEVER_UNKNOWN, "60 days (to the day)", _B, moves=True),
    Feature(
        "statement.balance", "money", "balance of the last statement", NO_STATEMENT, "1 statement", _S[:1]
    ),
    Feature(
        "statement.balance.change",
        "money",
        "balance of the last statement - that of the one before",
        "fewer than 2 statements",
        "2 statements",
        _S[:1],
    ),
    Feature(
        "statement.balance.mean.6s",
        "money",
        "mean balance of the last 6 statements seen",
        NO_STATEMENT,
        _SIX,
        _S[:1],
    ),
)
