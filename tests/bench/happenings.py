"""What happens in the benchmark's book: drawn once, then written in each engine's own form of record.

Transactions 90 %, repayments 6 %, bureau reports 4 %, spread evenly and in order over sixty days. A repayment
is a statement first and, about ten days later, what the same cardholder pays on it; few miss it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

TRANSACTION: Final = 0
STATEMENT: Final = 1
PAYMENT: Final = 2
REPORT: Final = 3

FIRST_MS: Final = 1_767_225_600_000
"""2026-01-01T00:00Z."""
DAYS: Final = 60
SPAN_MS: Final = DAYS * 86_400_000
LIMIT: Final = 5_000_000
"""Everybody's credit limit, in minor units."""

_DUE_DAYS: Final = 20
_PAID_AFTER_DAYS: Final = 10
_MISSED: Final = 0.02
_OVERDUE_ELSEWHERE: Final = 0.02
_DEEP_IN_DEBT: Final = 0.02
_FACTORS: Final = np.array([1.0, 1.1, 3.0, 10.0])


@dataclass(frozen=True, slots=True)
class Happenings:
    """One entry per event, in order of time."""

    cardholders: int
    holder: NDArray[np.int64]
    kind: NDArray[np.int64]
    at_ms: NDArray[np.int64]
    """No two are equal."""
    amount: NDArray[np.int64]
    """Of a transaction, a payment, or a statement's balance; of a report all debt."""
    cash: NDArray[np.bool_]
    merchant: NDArray[np.int64]
    minimum: NDArray[np.int64]
    """What was due: of statements and payments."""
    inquiries: NDArray[np.int64]
    overdue: NDArray[np.int64]
    """Accounts overdue elsewhere: of reports."""
    income: NDArray[np.int64]
    due_days: int
    """After how many days the minimum of a statement is due."""

    def __len__(self) -> int:
        return len(self.holder)


def draw(events: int, cardholders: int, *, seed: int = 7, each_once: bool = False) -> Happenings:
    """Draw a book. `each_once`: nobody twice before everybody once, so that no event finds a warm row.

    Then nobody can pay what is due of them, so nothing is due within the book: it would be one of debtors.
    """
    chance = np.random.default_rng(seed)
    if each_once:
        rounds = -(-events // cardholders)
        holder = np.concatenate([chance.permutation(cardholders) for _ in range(rounds)])[:events]
    else:
        holder = chance.integers(0, cardholders, events)
    which = chance.random(events)
    kind = np.where(which < 0.90, TRANSACTION, np.where(which < 0.96, STATEMENT, REPORT))
    minimum = chance.integers(10_000, 100_000, events)
    repaid = np.flatnonzero(kind == STATEMENT)
    _pay(repaid, kind, holder, minimum, chance, move=not each_once)
    amount = np.select(
        [kind == TRANSACTION, kind == STATEMENT, kind == PAYMENT],
        [
            chance.integers(1_000, 300_000, events),
            minimum * chance.integers(10, 40, events),
            (minimum * chance.choice(_FACTORS, events)).astype(np.int64),
        ],
    )
    income = chance.integers(500_000, 4_000_000, events)
    months = np.where(
        chance.random(events) < _DEEP_IN_DEBT, chance.uniform(22, 40, events), chance.uniform(0, 20, events)
    )
    amount = np.where(kind == REPORT, (income * months).astype(np.int64), amount)
    return Happenings(
        cardholders=cardholders,
        holder=holder.astype(np.int64),
        kind=kind.astype(np.int64),
        at_ms=FIRST_MS + SPAN_MS * np.arange(events, dtype=np.int64) // events,
        amount=amount,
        cash=chance.random(events) < 0.05,
        merchant=chance.integers(0, 20_000, events),
        minimum=minimum,
        inquiries=chance.integers(0, 4, events),
        overdue=(chance.random(events) < _OVERDUE_ELSEWHERE).astype(np.int64),
        income=income,
        due_days=DAYS + 1 if each_once else _DUE_DAYS,
    )


def _pay(
    repaid: NDArray[np.int64],
    kind: NDArray[np.int64],
    holder: NDArray[np.int64],
    minimum: NDArray[np.int64],
    chance: np.random.Generator,
    *,
    move: bool,
) -> None:
    """Make every second of the places `repaid` what is paid on the statement of some days before."""
    statements, payments = repaid[0::2], repaid[1::2]
    kind[payments] = PAYMENT
    shift = len(repaid) * _PAID_AFTER_DAYS // DAYS // 2
    paying, paid = payments[shift:], statements[: max(0, len(payments) - shift)]
    minimum[paying] = minimum[paid]
    if move:
        missed = chance.random(len(paying)) < _MISSED
        holder[paying] = np.where(missed, holder[paying], holder[paid])
