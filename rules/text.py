"""Trees back to text, term by term: what an explanation shows."""

from __future__ import annotations

from rules.facts import FACTS
from rules.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Between,
    Comparison,
    Condition,
    Count,
    Fact,
    Known,
    Leaf,
    Number,
    Value,
)


def value_text(value: Value) -> str:
    """A value as it is written."""
    if isinstance(value, Fact):
        return FACTS[value.column].name
    if isinstance(value, Number):
        return f"{value.value}" if value.word is None else f'"{value.word}"'
    left, right = value_text(value.left), _braced(value.right, value_text(value.right))
    if value.operator in ("*", "/"):
        left = _braced(value.left, left)
    return f"{left} {value.operator} {right}"


def _braced(value: Value, text: str) -> str:
    return text if isinstance(value, Fact | Number) else f"({text})"


def leaf_text(leaf: Leaf) -> str:
    """One term."""
    if isinstance(leaf, Comparison):
        return f"{value_text(leaf.left)} {leaf.symbol} {value_text(leaf.right)}"
    if isinstance(leaf, Count):
        name = FACTS[leaf.certain].name.removesuffix(".certain")
        function = "at_least" if leaf.shown == leaf.certain else "run_of"
        return f"{'not ' if leaf.negated else ''}{function}({leaf.wanted}, {name})"
    value = value_text(leaf.value)
    if isinstance(leaf, Known):
        return f"{'not ' if leaf.negated else ''}known({value})"
    if isinstance(leaf, Between):
        bounds = f"{value_text(leaf.low)}, {value_text(leaf.high)}"
        return f"{'not ' if leaf.negated else ''}between({value}, {bounds})"
    choices = ", ".join(map(value_text, leaf.choices)) + ("," if len(leaf.choices) == 1 else "")
    return f"{value} {'not in' if leaf.negated else 'in'} ({choices})"


def condition_text(condition: Condition) -> str:
    """A whole condition."""
    if isinstance(condition, AtLeast):
        return f"at_least({condition.wanted}, {', '.join(map(condition_text, condition.parts))})"
    if isinstance(condition, AllOf | AnyOf):
        word = " and " if isinstance(condition, AllOf) else " or "
        return word.join(
            f"({condition_text(part)})" if isinstance(part, AllOf | AnyOf) else condition_text(part)
            for part in condition.parts
        )
    return leaf_text(condition)
