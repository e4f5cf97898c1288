"""One row, term by term: what a trace and an explanation show. rules.machine says the same of many rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rules.facts import FACTS
from rules.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Between,
    Comparator,
    Comparison,
    Condition,
    Count,
    Fact,
    Known,
    Leaf,
    Number,
    OneOf,
    Value,
)

Row = Sequence[float]
"""Facts (rules.facts), NaN = unknown."""

Shown = int | float | None
"""A number as traces show it; None: unknown."""

_WHOLE: Final = tuple(fact.whole for fact in FACTS)


def amount(value: Value, row: Row, *, exact: bool = False) -> int | float:
    """A value for one row, NaN where unknown; `exact`: whole numbers stay whole."""
    if isinstance(value, Fact):
        number = row[value.column]
        return int(number) if exact and _WHOLE[value.column] and not math.isnan(number) else number
    if isinstance(value, Number):
        return value.value if exact else float(value.value)
    left, right = amount(value.left, row, exact=exact), amount(value.right, row, exact=exact)
    if value.operator == "+":
        return left + right
    if value.operator == "-":
        return left - right
    if value.operator == "*":
        return left * right
    return left / right if right else math.nan


def _compare(symbol: Comparator, left: float, right: float) -> bool | None:
    if math.isnan(left) or math.isnan(right):
        return None
    if symbol in ("==", "!="):
        return (left == right) is (symbol == "==")
    if symbol in (">=", "<"):
        return (left >= right) is (symbol == ">=")
    return (left > right) is (symbol == ">")


def truth(condition: Condition, row: Row) -> bool | None:
    """True, False, or None where a needed value is unknown (contract 4.1)."""
    if isinstance(condition, AllOf | AnyOf | AtLeast):
        parts = [truth(part, row) for part in condition.parts]
        wanted = _wanted(condition)
        if parts.count(True) >= wanted:
            return True
        return None if len(parts) - parts.count(False) >= wanted else False
    return leaf_truth(condition, row)


def _wanted(condition: AllOf | AnyOf | AtLeast) -> int:
    if isinstance(condition, AtLeast):
        return condition.wanted
    return len(condition.parts) if isinstance(condition, AllOf) else 1


def leaf_truth(leaf: Leaf, row: Row) -> bool | None:
    """The same of one term."""
    if isinstance(leaf, Comparison):
        return _compare(leaf.symbol, amount(leaf.left, row), amount(leaf.right, row))
    if isinstance(leaf, Count):
        found: bool | None
        found = True if row[leaf.certain] >= leaf.wanted else None
        found = False if row[leaf.possible] < leaf.wanted else found
        return found if found is None else found is not leaf.negated
    number = amount(leaf.value, row)
    if isinstance(leaf, Known):
        return math.isnan(number) is leaf.negated
    if isinstance(leaf, OneOf):
        if math.isnan(number):
            return None
        return any(number == choice.value for choice in leaf.choices) is not leaf.negated
    return _between(leaf, number, row)


def _between(leaf: Between, number: float, row: Row) -> bool | None:
    above = _compare(">=", number, amount(leaf.low, row))
    below = _compare("<=", number, amount(leaf.high, row))
    if above is False or below is False:
        return leaf.negated
    return None if above is None or below is None else not leaf.negated


def trace(leaf: Leaf, row: Row) -> tuple[Shown, str, Shown]:
    """(observed, operator, threshold) of a term; None where unknown or where there is no one threshold."""
    if isinstance(leaf, Comparison):
        return _shown(leaf.left, row), leaf.symbol, _shown(leaf.right, row)
    if isinstance(leaf, Count):
        return _shown(Fact(leaf.shown), row), "<" if leaf.negated else ">=", leaf.wanted
    observed = _shown(leaf.value, row)
    if isinstance(leaf, Between):
        low = _compare(">=", amount(leaf.value, row), amount(leaf.low, row))
        if not leaf.negated:
            return observed, ">=", _shown(leaf.low, row)
        return (
            (observed, "<", _shown(leaf.low, row))
            if low is False
            else (observed, ">", _shown(leaf.high, row))
        )
    if isinstance(leaf, OneOf):
        only = leaf.choices[0].value if len(leaf.choices) == 1 else None
        return observed, "not in" if leaf.negated else "in", only
    return observed, "unknown" if leaf.negated else "known", None


def _shown(value: Value, row: Row) -> Shown:
    number = amount(value, row, exact=True)
    if isinstance(number, int):
        return number
    return round(number, 4) if math.isfinite(number) else None
