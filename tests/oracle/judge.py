"""The rules: four outcomes, targets, severities and traces (contract 4)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracle.checks import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.oracle.knowledge import Holder

HOUR = DAY // 24
RULES = ("small_loan_overdue", "minimum_payment", "empty_card", "third_party_repayment", "high_debt",
         "days_past_due", "inquiry_surge", "cash_hungry", "model_score")  # fmt: skip
TARGET_RANK = {"raise": 0, "hold": 1, "halve": 2, "cut_to_tenth": 3, "block": 4}
Number = int | Fraction


@dataclass(frozen=True)
class Term:
    """One comparison: what was seen, what it is held against, and whether it holds (None: unknown)."""

    observed: Number | None
    operator: str
    threshold: Number | None
    window: str | None
    holds: bool | None


@dataclass(frozen=True)
class Verdict:
    """One rule at one judgement. `target` is None for alert only; it and `severity` matter on a hit only."""

    rule: str
    outcome: str
    term: Term
    target: str | None
    severity: str

    def trace(self) -> dict[str, Any]:
        """Contract 4.3, 7.4."""
        term = self.term
        breach = None
        if term.observed is not None and term.threshold is not None:
            breach = term.observed - term.threshold
        return {
            "id": self.rule,
            "breached_by": plain(breach),
            "observed": plain(term.observed),
            "operator": term.operator,
            "threshold": plain(term.threshold),
            "window": term.window,
        }


def plain(value: Number | None) -> int | float | None:
    """Ratios to 4 decimals, integers as they are (contract 4.3)."""
    return float(round(value, 4)) if isinstance(value, Fraction) else value


def at_least(observed: Number | None, threshold: Number | None, window: str | None = None) -> Term:
    """observed >= threshold."""
    if observed is None or threshold is None:
        return Term(observed, ">=", threshold, window, None)
    return Term(observed, ">=", threshold, window, observed >= threshold)


def more_than(observed: Number | None, threshold: Number, window: str | None = None) -> Term:
    """observed > threshold."""
    return Term(observed, ">", threshold, window, None if observed is None else observed > threshold)


def either(terms: Sequence[Term]) -> str:
    """Or: a true term decides (contract 4.1)."""
    if any(term.holds is True for term in terms):
        return "hit"
    return "insufficient" if any(term.holds is None for term in terms) else "no_hit"


def all_of(parts: Sequence[bool | None]) -> str:
    """And: a false term decides (contract 4.1)."""
    if any(part is False for part in parts):
        return "no_hit"
    return "insufficient" if any(part is None for part in parts) else "hit"


def count_of(certain: int, unknown: int, needed: int) -> str:
    """A count (contract 4.1)."""
    if certain >= needed:
        return "hit"
    return "no_hit" if certain + unknown < needed else "insufficient"


def first_that_holds(terms: Sequence[Term]) -> Term:
    """The term that a trace shows (contract 4.3); the first if none holds."""
    return next((term for term in terms if term.holds), terms[0])


def judge(holder: Holder, day: int) -> dict[str, Verdict]:
    """All rules of a cardholder on a lane date, in the table's order (contract 4.2)."""
    verdicts = (
        small_loan_overdue(holder, day),
        minimum_payment(holder),
        empty_card(holder),
        third_party_repayment(holder, day),
        high_debt(holder, day),
        days_past_due(holder, day),
        inquiry_surge(holder, day),
        cash_hungry(holder, day),
        Verdict("model_score", "insufficient", at_least(None, None), "halve", "P2"),
    )
    return {verdict.rule: verdict for verdict in verdicts}


def small_loan_overdue(holder: Holder, day: int) -> Verdict:
    """Contract 4.2, 5.2."""
    terms = (
        at_least(holder.fresh(day, "small_loan_overdue_accounts"), 1),
        more_than(holder.fresh(day, "small_loan_overdue_amount"), 0),
    )
    outcome = either(terms)
    utilisation = holder.utilisation() if outcome == "hit" else None
    high = utilisation is not None and utilisation >= Fraction(9, 10)
    target, severity = ("cut_to_tenth", "P1") if high else ("halve", "P2")
    return Verdict("small_loan_overdue", outcome, first_that_holds(terms), target, severity)


def minimum_payment(holder: Holder) -> Verdict:
    """Contract 4.2, 3.5, 3.7."""
    fits: list[bool] = []
    for cycle in holder.closed_cycles()[-6:]:
        paid = holder.paid(cycle)
        little = cycle.minimum_due <= paid and paid * 10 < cycle.minimum_due * 12
        fits.append(little and paid < cycle.balance)
    run = 0
    while run < len(fits) and fits[-1 - run]:
        run += 1
    outcome = all_of([*fits, *([None] * (6 - len(fits)))])
    return Verdict("minimum_payment", outcome, at_least(run, 6, "6 cycles"), "halve", "P2")


def empty_card(holder: Holder) -> Verdict:
    """Contract 4.2, 3.3, 3.7."""
    ratios = [statement.ratio for statement in holder.statements[-6:]]
    certain = sum(1 for ratio in ratios if ratio is not None and ratio >= Fraction(9, 10))
    unknown = 6 - len(ratios) + ratios.count(None)
    outcome = count_of(certain, unknown, 4)
    return Verdict("empty_card", outcome, at_least(certain, 4, "6 statements"), "halve", "P2")


def third_party_repayment(holder: Holder, day: int) -> Verdict:
    """Contract 4.2; the 72 h are measured to the instant (2.3)."""
    certain = unknown = 0
    for payment in holder.payments:
        if day - payment.at // DAY >= 90:
            continue
        spent = sum(
            move.amount
            for move in holder.spent_since(payment.at, payment.turn)
            if move.at - payment.at <= 72 * HOUR
        )
        if payment.payer == "third_party" or spent * 10 >= payment.amount * 8:
            certain += 1
        elif payment.payer != "holder":
            unknown += 1
    outcome = count_of(certain, unknown, 3)
    return Verdict("third_party_repayment", outcome, at_least(certain, 3, "90 days"), "halve", "P2")


def high_debt(holder: Holder, day: int) -> Verdict:
    """Contract 4.2, 3.4."""
    debt, total_limit = holder.fresh(day, "total_debt"), holder.fresh(day, "total_limit")
    income = holder.income(day)
    ratio = Fraction(debt, total_limit) if debt is not None and total_limit else None
    terms = (at_least(ratio, Fraction(7, 10)), at_least(debt, None if income is None else 22 * income))
    return Verdict("high_debt", either(terms), first_that_holds(terms), "halve", "P2")


def days_past_due(holder: Holder, day: int) -> Verdict:
    """Contract 4.2, 3.6: 1 to 30 is an alert only, from 31 on a block and P1 (5.2)."""
    days = holder.days_past_due(day)
    term = at_least(days, 31 if days is not None and days >= 31 else 1)
    target, severity = ("block", "P1") if term.threshold == 31 else (None, "P3")
    return Verdict("days_past_due", either([term]), term, target, severity)


def inquiry_surge(holder: Holder, day: int) -> Verdict:
    """Contract 4.2."""
    terms = (
        more_than(holder.fresh(day, "hard_inquiries_1m"), 3, "1 month"),
        at_least(holder.fresh(day, "hard_inquiries_6m"), 10, "6 months"),
    )
    return Verdict("inquiry_surge", either(terms), first_that_holds(terms), None, "P3")


def cash_hungry(holder: Holder, day: int) -> Verdict:
    """Contract 4.2, 3.3: a share of nothing is unknown, and so is a share of no limit."""
    spent = cash = 0
    for move in holder.spent_since((day - 29) * DAY):
        spent += move.amount
        cash += move.amount if move.kind == "cash_advance" else 0
    limit = holder.limit()
    share = at_least(Fraction(cash, spent) if spent else None, Fraction(1, 2), "30 days")
    of_limit = at_least(Fraction(cash, limit) if limit else None, Fraction(3, 10), "30 days")
    return Verdict("cash_hungry", all_of([share.holds, of_limit.holds]), share, None, "P3")
