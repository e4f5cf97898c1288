"""Whatever is written compiles or is refused, quickly; and all ways to evaluate it agree."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules.expression import ExpressionError, compile_expression
from rules.facts import COUNTED, FACTS
from rules.intervals import opposite, possible
from rules.program import Program
from rules.rulebook import RulebookError, read_rulebook
from rules.scalar import truth
from rules.text import condition_text

if TYPE_CHECKING:
    from rules.tree import Condition

_NAMES = [fact.name for fact in FACTS if fact.unit != "code"][:8]
_WORDS = [
    *(
        "and",
        "or",
        "not",
        "in",
        "(",
        ")",
        "[",
        "]",
        ",",
        "+",
        "-",
        "*",
        "/",
        "**",
        "//",
        "%",
        ">=",
        "<",
        "==",
    ),
    *(
        "if",
        "else",
        "lambda",
        ":",
        "for",
        "x",
        "is",
        "None",
        "True",
        "__class__",
        ".",
        "@",
        "~",
        ":=",
        "await",
    ),
    *(
        "1",
        "0.5",
        "1e9",
        "9" * 50,
        "'a'",
        '"active"',
        "f'{x}'",
        "\\",
        "\n",
        "\t",
        "é",
        "\u01c3",
        "\0",
        "#",
        ";",
    ),
    *("any_of(", "at_least(", "run_of(", "between(", "known(", "open(", "eval(", *_NAMES, *COUNTED),
]
_SOUP = st.lists(st.sampled_from(_WORDS), max_size=60).map(" ".join) | st.lists(
    st.sampled_from(_WORDS), max_size=60
).map("".join)

_BOUNDS = st.sampled_from(["0", "0.5", "1", "2", "3.25", "-1"])
_SYMBOLS = st.sampled_from([">=", ">", "<=", "<", "==", "!="])
_PLAIN = st.sampled_from(_NAMES) | _BOUNDS
_VALUES = st.recursive(
    _PLAIN,
    lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({' '.join(t)})"),
    max_leaves=3,
)
_LEAVES = st.one_of(
    st.tuples(_VALUES, _SYMBOLS, _VALUES).map(" ".join),
    st.tuples(_VALUES, _BOUNDS, _BOUNDS).map(lambda t: f"between({', '.join(t)})"),
    st.tuples(_VALUES, st.lists(_BOUNDS, min_size=1, max_size=3)).map(
        lambda t: f"{t[0]} in ({', '.join(t[1])},)"
    ),
    _VALUES.map(lambda value: f"known({value})"),
    st.tuples(st.integers(1, 7), st.sampled_from(COUNTED)).map(lambda t: f"at_least({t[0]}, {t[1]})"),
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=2, max_size=4)
    return st.one_of(
        inner.map(lambda part: f"not ({part})"),
        several.map(lambda parts: f"({' or '.join(parts)})"),
        several.map(lambda parts: f"({' and '.join(parts)})"),
        several.map(lambda parts: f"any_of({', '.join(parts)})"),
        several.map(lambda parts: f"at_least(2, {', '.join(parts)})"),
    )


_CONDITIONS = st.recursive(_LEAVES, _larger, max_leaves=8).filter(lambda text: len(text) < 1_500)
_NUMBERS = st.sampled_from([math.nan, 0.0, 0.5, 1.0, 2.0, 3.25, 6.0, 1e12])


def _as_facts(row: list[float]) -> list[float]:
    """What counts is whole; counts are known, and no more are certain than possible."""
    for column, fact in enumerate(FACTS):
        if fact.whole and not math.isnan(row[column]):
            row[column] = float(math.floor(row[column]))
    names = [fact.name for fact in FACTS]
    for name in COUNTED:
        certain, may = names.index(f"{name}.certain"), names.index(f"{name}.possible")
        low, high = sorted(0.0 if math.isnan(row[k]) else min(row[k], 6.0) for k in (certain, may))
        row[certain], row[may] = float(int(low)), float(int(high))
    return row


_ROWS = st.lists(_NUMBERS, min_size=len(FACTS), max_size=len(FACTS)).map(_as_facts)


@given(st.text(max_size=300) | _SOUP)
@example("(" * 1999)
@example("-" * 1999 + "1")
@example("not " * 499 + "1")
@example("1" * 2000)
@example("1 or " * 399 + "1 > 0")
@example("[" * 900 + "]" * 900)
@settings(max_examples=400, deadline=None)
def test_compiles_or_is_refused_quickly(source: str) -> None:
    started = time.perf_counter()
    try:
        expression = compile_expression(source)
    except ExpressionError as error:
        inside = 0 <= error.column <= max(len(source), 1)
    else:
        inside = possible(expression.condition) in (True, False)
    assert inside
    assert time.perf_counter() - started < 2.0


@given(_CONDITIONS, st.lists(_ROWS, min_size=1, max_size=4))
@example("account.limit - (account.limit + account.limit) >= 0", [[0.5] * len(FACTS)])
@example("income.monthly in (0.5, 1)", [[1.0] * len(FACTS)])
@settings(max_examples=150, deadline=None)
def test_machine_row_text_and_opposite_agree(source: str, rows: list[list[float]]) -> None:
    condition = compile_expression(source).condition
    again = (
        compile_expression(condition_text(condition)[:2_000]).condition if _short(condition) else condition
    )
    many = Program([condition, opposite(condition)]).run(np.array(rows))
    for n, row in enumerate(rows):
        found = truth(condition, row)
        assert many[0, n] == {True: 1, False: 2, None: 0}[found]
        assert many[1, n] == {True: 2, False: 1, None: 0}[found]
        assert truth(again, row) is found
        if found:
            assert possible(condition)


def _short(condition: Condition) -> bool:
    return len(condition_text(condition)) <= 2_000


@given(st.text(max_size=200) | _SOUP)
@settings(max_examples=150, deadline=None)
def test_a_rulebook_is_read_or_refused(text: str) -> None:
    try:
        read_rulebook(text, "r.yaml")
    except RulebookError as error:
        placed = str(error).startswith("r.yaml:")
    else:
        placed = True
    assert placed
