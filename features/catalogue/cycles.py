"""How statements are paid: cycle by cycle (contract 3.5)."""

from __future__ import annotations

from typing import Final

from features.catalogue.feature import NEVER_UNKNOWN, Feature

_P: Final = ("payment_posted.amount", "payment_posted.occurred_at", "statement_issued.balance")
_M: Final = ("payment_posted.amount", "payment_posted.occurred_at", "statement_issued.minimum_due")
_D: Final = ("payment_posted.occurred_at", "statement_issued.due_on")
_ONE, _THREE, _SIX = "1 cycle", "3 cycles", "6 cycles"
_NO_CYCLE: Final = "no closed cycle"
_NO_BALANCE: Final = "no closed cycle with a balance"
_NO_MINIMUM: Final = "no closed cycle with a minimum due"
_NO_PAYMENT: Final = "no payment in the closed cycles looked at"
_BEFORE: Final = "due date - date of the earliest payment of the cycle (below 0 when after it)"

FEATURES: Final = (
    Feature(
        "cycles.closed",
        "count",
        "cycles closed so far",
        NEVER_UNKNOWN,
        sources=("statement_issued.due_on",),
        since=1,
    ),
    Feature(
        "minimum_cycles.certain",
        "count",
        "of the last 6 closed cycles, those with minimum due <= paid < 1.2 x minimum due and paid < "
        "statement balance",
        NEVER_UNKNOWN,
        _SIX,
        _M,
        since=1,
    ),
    Feature(
        "minimum_cycles.possible",
        "count",
        "the certain ones and the cycles not yet seen",
        NEVER_UNKNOWN,
        _SIX,
        _M,
        since=1,
    ),
    Feature(
        "minimum_cycles.run",
        "count",
        "such cycles in a row, back from the latest",
        NEVER_UNKNOWN,
        _SIX,
        _M,
        since=1,
    ),
    Feature(
        "missed_cycles.6c",
        "count",
        "of the last 6 closed cycles, those with paid < minimum due",
        _NO_CYCLE,
        _SIX,
        _M,
        since=1,
    ),
    Feature(
        "payment.share.3c",
        "ratio",
        "paid / statement balance, summed over the last 3 closed cycles",
        _NO_BALANCE,
        _THREE,
        _P,
        since=1,
    ),
    Feature(
        "payment.share.6c",
        "ratio",
        "paid / statement balance, summed over the last 6 closed cycles",
        _NO_BALANCE,
        _SIX,
        _P,
        since=1,
    ),
    Feature(
        "half_paid_cycles.certain",
        "count",
        "of the last 6 closed cycles, those with paid >= half the statement balance",
        NEVER_UNKNOWN,
        _SIX,
        _P,
        since=1,
    ),
    Feature(
        "missed_cycles.3c",
        "count",
        "of the last 3 closed cycles, those with paid < minimum due",
        _NO_CYCLE,
        _THREE,
        _M,
    ),
    Feature(
        "missed_cycles.run",
        "count",
        "cycles with paid < minimum due in a row, back from the latest",
        NEVER_UNKNOWN,
        _SIX,
        _M,
    ),
    Feature(
        "full_paid_cycles.6c",
        "count",
        "of the last 6 closed cycles, those with paid >= statement balance",
        _NO_CYCLE,
        _SIX,
        _P,
    ),
    Feature(
        "full_paid_cycles.run", "count", "such cycles in a row, back from the latest", NEVER_UNKNOWN, _SIX, _P
    ),
    Feature(
        "payment.share.1c",
        "ratio",
        "paid / statement balance of the last closed cycle",
        "no closed cycle, or it had no balance",
        _ONE,
        _P,
    ),
    Feature(
        "payment.to_minimum.1c",
        "ratio",
        "paid / minimum due of the last closed cycle",
        "no closed cycle, or it had no minimum due",
        _ONE,
        _M,
    ),
    Feature(
        "payment.to_minimum.3c",
        "ratio",
        "paid / minimum due, summed over the last 3 closed cycles",
        _NO_MINIMUM,
        _THREE,
        _M,
    ),
    Feature(
        "payment.to_minimum.6c",
        "ratio",
        "paid / minimum due, summed over the last 6 closed cycles",
        _NO_MINIMUM,
        _SIX,
        _M,
    ),
    Feature("payment.paid.3c", "money", "paid in the last 3 closed cycles", _NO_CYCLE, _THREE, _P),
    Feature("payment.paid.6c", "money", "paid in the last 6 closed cycles", _NO_CYCLE, _SIX, _P),
    Feature(
        "payment.least.6c",
        "ratio",
        "smallest paid / statement balance of the last 6 closed cycles",
        _NO_BALANCE,
        _SIX,
        _P,
    ),
    Feature("days_before_due.1c", "days", _BEFORE + ", last closed cycle", _NO_PAYMENT, _ONE, _D),
    Feature(
        "days_before_due.mean.6c",
        "days",
        "mean of the same over the last 6 closed cycles with a payment",
        _NO_PAYMENT,
        _SIX,
        _D,
    ),
    Feature(
        "days_before_due.least.6c",
        "days",
        "least of the same over the last 6 closed cycles with a payment",
        _NO_PAYMENT,
        _SIX,
        _D,
    ),
)
