"""Rule expressions: what a person writes in a `when`.

    days_past_due >= 31
    small_loan.overdue_accounts >= 1 or small_loan.overdue_amount > 0
    debt.total >= 22 * income.monthly
    account.status in ("active", "blocked") and between(utilisation.now, 0.2, 0.7)
    at_least(4, empty_statements)       # a count, of which some may be unknown
    run_of(6, minimum_cycles)           # the same; what is shown is the run back from the latest
    at_least(2, days_past_due >= 5, cash.share.30d >= 0.5, not known(income.monthly))

Read through a whitelist (rules.syntax) into plain values (rules.tree), evaluated for a whole matrix at once
(rules.program) or for one row (rules.scalar), with unknowns (contract 4.1: or: a true term decides; and: a
false term decides).
"""

from __future__ import annotations

from dataclasses import dataclass

from rules import scalar
from rules.machine import Matrix
from rules.scalar import Row, Shown
from rules.syntax import ExpressionError, name_of, parse
from rules.tree import Condition, Count, Fact, Leaf, columns, leaves, values

__all__ = ["Expression", "ExpressionError", "Matrix", "Term", "compile_expression"]


@dataclass(frozen=True, slots=True)
class Term:
    """A comparison or a function of facts, as a trace shows it: what was observed, against what."""

    leaf: Leaf

    def truth(self, row: Row) -> bool | None:
        """True, False, or None where a needed value is unknown."""
        return scalar.leaf_truth(self.leaf, row)

    def trace(self, row: Row) -> tuple[Shown, str, Shown]:
        """(observed, operator, threshold) for one row; None where unknown; ratios to 4 decimals."""
        return scalar.trace(self.leaf, row)

    @property
    def observed(self) -> int | None:
        """The fact that is observed; None for what is calculated."""
        first = values(self.leaf)[-1 if isinstance(self.leaf, Count) else 0]
        return first.column if isinstance(first, Fact) else None

    @property
    def names(self) -> list[str]:
        """The facts it reads, in the order written."""
        return list(dict.fromkeys(name_of(c) for value in values(self.leaf) for c in columns(value)))


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition that was read."""

    source: str
    condition: Condition
    terms: tuple[Term, ...]

    def truth(self, row: Row) -> bool | None:
        """True, False, or None where a needed value is unknown."""
        return scalar.truth(self.condition, row)

    def first_true(self, row: Row) -> int | None:
        """The place of the first term that holds for one row, in the order written."""
        for place, term in enumerate(self.terms):
            if term.truth(row):
                return place
        return None

    @property
    def columns(self) -> frozenset[int]:
        """The columns it reads."""
        return frozenset(c for term in self.terms for value in values(term.leaf) for c in columns(value))


def compile_expression(source: str) -> Expression:
    """Read a condition. Raises ExpressionError with the place of what is not understood."""
    condition = parse(source)
    return Expression(" ".join(source.split()), condition, tuple(map(Term, leaves(condition))))
