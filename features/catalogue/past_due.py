"""Minimums not paid in time: days past due now and over months, rolls and cures (contract 3.6)."""

from __future__ import annotations

from typing import Final

from features.catalogue.feature import NEVER_UNKNOWN, NO_STATEMENT, Feature

_S: Final = (
    "statement_issued.due_on",
    "statement_issued.minimum_due",
    "payment_posted.amount",
    "payment_posted.occurred_at",
)
_WORST: Final = (
    "largest days past due, as known at 00:00 of each date and after each record, of this calendar month"
)
_OVERDUE: Final = "statements before it whose due date had passed with the minimum unpaid (15 at most)"

FEATURES: Final = (
    Feature(
        "days_past_due",
        "days",
        "date - oldest unpaid due date, at least 0",
        NO_STATEMENT,
        sources=_S,
        since=1,
    ),
    Feature(
        "past_due.max.3m", "days", f"{_WORST} and the 2 before", NO_STATEMENT, "3 months", _S, moves=True
    ),
    Feature(
        "past_due.max.6m", "days", f"{_WORST} and the 5 before", NO_STATEMENT, "6 months", _S, moves=True
    ),
    Feature(
        "past_due.max.12m", "days", f"{_WORST} and the 11 before", NO_STATEMENT, "12 months", _S, moves=True
    ),
    Feature(
        "past_due.months.6m",
        "count",
        "of this calendar month and the 5 before, those with days past due > 0",
        NO_STATEMENT,
        "6 months",
        _S,
        moves=True,
    ),
    Feature(
        "past_due.months.12m",
        "count",
        "of this calendar month and the 11 before, those with days past due > 0",
        NO_STATEMENT,
        "12 months",
        _S,
        moves=True,
    ),
    Feature(
        "past_due.bucket",
        "count",
        f"when the last statement was taken: {_OVERDUE}",
        NO_STATEMENT,
        "1 statement",
        _S,
    ),
    Feature(
        "past_due.bucket_max.12s",
        "count",
        "largest of that over the last 12 statements",
        NO_STATEMENT,
        "12 statements",
        _S,
    ),
    Feature(
        "past_due.rolls.6s",
        "count",
        "of the last 6 statements, those with more such than the one before",
        NO_STATEMENT,
        "6 statements",
        _S,
    ),
    Feature(
        "past_due.rolls.12s",
        "count",
        "of the last 12 statements, those with more such than the one before",
        NO_STATEMENT,
        "12 statements",
        _S,
    ),
    Feature(
        "past_due.cures.6s",
        "count",
        "of the last 6 statements, those with none such while the one before had some",
        NO_STATEMENT,
        "6 statements",
        _S,
    ),
    Feature(
        "past_due.cures.12s",
        "count",
        "of the last 12 statements, those with none such while the one before had some",
        NO_STATEMENT,
        "12 statements",
        _S,
    ),
    Feature(
        "unpaid_statements",
        "count",
        "statements whose minimum is not paid, due or not",
        NEVER_UNKNOWN,
        sources=_S,
    ),
    Feature(
        "unpaid_statements.missing",
        "money",
        "what the latest of them still lacks of its minimum (minimums carry arrears); 0 without any",
        NEVER_UNKNOWN,
        sources=_S,
    ),
    Feature(
        "due.in",
        "days",
        "due date of the last statement - date (below 0 once it has passed)",
        NO_STATEMENT,
        sources=_S[:1],
        moves=True,
    ),
)
