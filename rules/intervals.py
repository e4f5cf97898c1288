"""What terms that hold together leave possible of each fact: enough to prove that a condition never holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from rules.facts import FACTS
from rules.tree import (
    OPPOSITE,
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
    Sum,
    Value,
    columns,
    values,
)

MOST_WAYS: Final = 256
"""Beyond so many ways a condition counts as possible: nothing here takes long."""

_ANY: Final[list[Case]] = [{}]
"""The one way that says nothing: anything may be."""

_FLIPPED: Final[dict[Comparator, Comparator]] = {
    ">=": "<=",
    "<=": ">=",
    ">": "<",
    "<": ">",
    "==": "==",
    "!=": "!=",
}
_MOST_COUNTED: Final = {"6 cycles": 6, "6 statements": 6}


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from low to high, ends included or not, without some."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    without: frozenset[float] = frozenset()
    whole: bool = False

    @property
    def empty(self) -> bool:
        """Whether no number is left."""
        low, high = self.low, self.high
        if self.whole:
            low = _next_whole(low, up=True, beyond=self.low_open)
            high = _next_whole(high, up=False, beyond=self.high_open)
            if low > high:
                return True
            span = high - low
            return span < len(self.without) + 1 and all(
                low + step in self.without for step in range(int(span) + 1)
            )
        if low > high or (low == high and (self.low_open or self.high_open)):
            return True
        return low == high and low in self.without

    def narrowed(self, symbol: Comparator, bound: float) -> Range:
        """What is left where a comparison holds."""
        if symbol == "!=":
            return replace(self, without=self.without | {bound})
        found = self
        if symbol in (">=", ">", "=="):
            is_open = symbol == ">"
            if bound > found.low or (bound == found.low and is_open):
                found = replace(found, low=bound, low_open=is_open)
        if symbol in ("<=", "<", "=="):
            is_open = symbol == "<"
            if bound < found.high or (bound == found.high and is_open):
                found = replace(found, high=bound, high_open=is_open)
        return found


def _next_whole(bound: float, *, up: bool, beyond: bool) -> float:
    if math.isinf(bound):
        return bound
    whole = math.ceil(bound) if up else math.floor(bound)
    if whole == bound and beyond:
        return whole + 1 if up else whole - 1
    return whole


Case = dict[Value, Range]
"""What is left of each value in one way for a condition to hold."""

_UNKNOWN: Final = Range(low=math.inf, high=-math.inf)
"""Of a value that must be unknown: no comparison holds of it."""


def possible(condition: Condition) -> bool:
    """False only if it is certain that the condition never holds, whatever is known."""
    return bool(_ways(condition, _ANY))


def _ways(condition: Condition, cases: list[Case]) -> list[Case]:
    """The ways in which a condition can hold beside what must hold already; too many become any."""
    if isinstance(condition, AllOf):
        for part in condition.parts:
            cases = _ways(part, cases)
        return cases
    if isinstance(condition, AnyOf):
        return _any_way(condition.parts, cases)
    if isinstance(condition, AtLeast):
        count = len(condition.parts)
        if math.comb(count, condition.wanted) > MOST_WAYS:
            return cases
        chosen = combinations(condition.parts, condition.wanted)
        return _any_way(tuple(AllOf(parts) for parts in chosen), cases)
    return [way for case in cases if (way := _with(case, condition)) is not None]


def _any_way(parts: Sequence[Condition], cases: list[Case]) -> list[Case]:
    found: list[Case] = []
    for part in parts:
        found += _ways(part, cases)
        if len(found) > MOST_WAYS:
            return _ANY
    return found


def _with(case: Case, leaf: Leaf) -> Case | None:
    """The case with one more term that holds; None if there is nothing left."""
    if isinstance(leaf, Comparison):
        return _compare(case, leaf)
    if isinstance(leaf, OneOf):
        return _one_of(case, leaf)
    if isinstance(leaf, Known):
        return _must_be_unknown(case, leaf.value) if leaf.negated else _narrow(case, leaf.value, None, 0.0)
    if isinstance(leaf, Count):
        column = leaf.possible if leaf.negated else leaf.certain
        return _narrow(case, Fact(column), "<" if leaf.negated else ">=", float(leaf.wanted))
    return case if leaf.negated else _between(case, leaf)


def _between(case: Case, leaf: Between) -> Case | None:
    above = _compare(case, Comparison(">=", leaf.value, leaf.low))
    return None if above is None else _compare(above, Comparison("<=", leaf.value, leaf.high))


def _one_of(case: Case, leaf: OneOf) -> Case | None:
    if leaf.negated:
        left: Case | None = case
        for choice in leaf.choices:
            left = None if left is None else _narrow(left, leaf.value, "!=", float(choice.value))
        return left
    fitting = [
        choice.value
        for choice in leaf.choices
        if _narrow(case, leaf.value, "==", float(choice.value)) is not None
    ]
    if not fitting:
        return None
    low = _narrow(case, leaf.value, ">=", float(min(fitting)))
    return None if low is None else _narrow(low, leaf.value, "<=", float(max(fitting)))


def _compare(case: Case, leaf: Comparison) -> Case | None:
    left, right, symbol = leaf.left, leaf.right, leaf.symbol
    a, b = _constant(left), _constant(right)
    if a is not None and b is not None:
        return case if _holds(symbol, a, b) else None
    if b is not None:
        return _narrow(case, *_unwrapped(left, symbol, b))
    if a is not None:
        return _narrow(case, *_unwrapped(right, _FLIPPED[symbol], a))
    if left == right:
        return case if _holds(symbol, 0.0, 0.0) else None
    if repr(left) > repr(right):
        left, right, symbol = right, left, _FLIPPED[symbol]
    return _narrow(case, Sum("-", left, right), symbol, 0.0)


def _unwrapped(value: Value, symbol: Comparator, bound: float) -> tuple[Value, Comparator | None, float]:
    """2 * x + 1 >= 5 as x >= 2, with some slack for rounding."""
    plain = value
    while isinstance(value, Sum):
        a, b = _constant(value.left), _constant(value.right)
        if value.operator == "+" and (a is not None or b is not None):
            bound -= a if a is not None else b or 0.0
            value = value.right if a is not None else value.left
        elif value.operator == "-" and b is not None:
            bound, value = bound + b, value.left
        elif value.operator == "-" and a is not None:
            bound, value, symbol = a - bound, value.right, _FLIPPED[symbol]
        elif value.operator in ("*", "/") and (b or (a and value.operator == "*")):
            factor = b or a or 1.0
            bound = bound / factor if value.operator == "*" else bound * factor
            value = value.left if b else value.right
            symbol = _FLIPPED[symbol] if factor < 0 else symbol
        else:
            break
    if value is plain:
        return value, symbol, bound
    if symbol in ("==", "!=") or not math.isfinite(bound):
        return value, None, 0.0
    slack = 1e-9 * max(1.0, abs(bound))
    return (
        value,
        ">=" if symbol in (">", ">=") else "<=",
        bound - slack if symbol in (">", ">=") else bound + slack,
    )


def _constant(value: Value) -> float | None:
    if isinstance(value, Number):
        return float(value.value)
    if isinstance(value, Fact):
        return None
    a, b = _constant(value.left), _constant(value.right)
    if a is None or b is None or (value.operator == "/" and b == 0):
        return None
    return {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else math.nan}[value.operator]


def _holds(symbol: Comparator, left: float, right: float) -> bool:
    return not Range(left, left).narrowed(symbol, right).empty


def _domain(value: Value) -> Range:
    """What a value can be at all."""
    if not isinstance(value, Fact):
        return Range()
    fact = FACTS[value.column]
    high = 1.0 if fact.unit == "probability" and fact.name == "score.pd" else math.inf
    if fact.unit == "count":
        high = _MOST_COUNTED.get(fact.window or "", math.inf)
    low = -math.inf if fact.name == "account.opened_on" or fact.unit == "months" else 0.0
    return Range(low, high, whole=fact.whole)


def _narrow(case: Case, value: Value, symbol: Comparator | None, bound: float) -> Case | None:
    for column in columns(value):
        if case.get(Fact(column)) is _UNKNOWN:
            return None
    before = case.get(value) or _domain(value)
    after = before if symbol is None else before.narrowed(symbol, bound)
    return None if after.empty else case | {value: after}


def _must_be_unknown(case: Case, value: Value) -> Case | None:
    if not isinstance(value, Fact):
        return case
    read = {column for known, left in case.items() if left is not _UNKNOWN for column in columns(known)}
    return None if value.column in read else case | {value: _UNKNOWN}


def opposite(condition: Condition) -> Condition:
    """What is true exactly where the condition is false."""
    if isinstance(condition, AllOf):
        return AnyOf(tuple(map(opposite, condition.parts)))
    if isinstance(condition, AnyOf):
        return AllOf(tuple(map(opposite, condition.parts)))
    if isinstance(condition, AtLeast):
        parts = tuple(map(opposite, condition.parts))
        return AtLeast(len(parts) - condition.wanted + 1, parts)
    if isinstance(condition, Comparison):
        return replace(condition, symbol=OPPOSITE[condition.symbol])
    return replace(condition, negated=not condition.negated)


def facts_of(condition: Condition) -> set[int]:
    """The columns a condition reads."""
    if isinstance(condition, AllOf | AnyOf | AtLeast):
        return {column for part in condition.parts for column in facts_of(part)}
    return {column for value in values(condition) for column in columns(value)}
