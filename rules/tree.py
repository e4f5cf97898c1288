"""What an expression means, as plain values: two that are written alike are equal, and are evaluated once.

There is no `not`: it is pushed down to the leaves when an expression is read, which three-valued logic allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Comparator = Literal[">=", ">", "<=", "<", "==", "!="]

OPPOSITE: Final[dict[Comparator, Comparator]] = {
    ">=": "<",
    "<": ">=",
    ">": "<=",
    "<=": ">",
    "==": "!=",
    "!=": "==",
}


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written."""

    value: int | float

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Number) and type(self.value) is type(other.value) and self.value == other.value
        )


@dataclass(frozen=True, slots=True)
class Fact:
    """A column of the matrix (rules.facts)."""

    column: int


@dataclass(frozen=True, slots=True)
class Sum:
    """left + right, and the other three; division by zero is unknown (contract 3.3)."""

    operator: Literal["+", "-", "*", "/"]
    left: Value
    right: Value


Value: TypeAlias = Number | Fact | Sum


@dataclass(frozen=True, slots=True)
class Comparison:
    """Unknown where a side is."""

    symbol: Comparator
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Between:
    """low <= value <= high, or its opposite."""

    value: Value
    low: Value
    high: Value
    negated: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """Whether a value is one of some numbers, or none of them."""

    value: Value
    choices: tuple[Number, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """Whether a value is known, or unknown; never unknown itself."""

    value: Value
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """At least (negated: less than) `wanted` of something counted, some of which may be unknown (contract 4.1)."""

    certain: int
    possible: int
    shown: int
    """The column that a trace shows."""
    wanted: int
    negated: bool = False


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `wanted` of the parts hold."""

    wanted: int
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds: a false one decides (contract 4.1)."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A part holds: a true one decides (contract 4.1)."""

    parts: tuple[Condition, ...]


Leaf: TypeAlias = Comparison | Between | OneOf | Known | Count
Condition: TypeAlias = Leaf | AtLeast | AllOf | AnyOf


def leaves(condition: Condition) -> Iterator[Leaf]:
    """The terms, in the order written."""
    if isinstance(condition, AtLeast | AllOf | AnyOf):
        for part in condition.parts:
            yield from leaves(part)
    else:
        yield condition


def values(leaf: Leaf) -> tuple[Value, ...]:
    """What a leaf looks at."""
    if isinstance(leaf, Comparison):
        return leaf.left, leaf.right
    if isinstance(leaf, Between):
        return leaf.value, leaf.low, leaf.high
    if isinstance(leaf, Count):
        return Fact(leaf.certain), Fact(leaf.possible), Fact(leaf.shown)
    return (leaf.value,)


def columns(value: Value) -> Iterator[int]:
    """The facts that a value is made of."""
    if isinstance(value, Fact):
        yield value.column
    elif isinstance(value, Sum):
        yield from columns(value.left)
        yield from columns(value.right)
