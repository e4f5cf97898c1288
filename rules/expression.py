"""Rule expressions: parsed through a whitelist, evaluated for a whole matrix at once, with unknowns.

Truth is a pair of masks (true, false); where neither is set a needed value was unknown (contract 4.1: or: a
true term decides; and: a false term decides). A comparison with NaN is in neither mask: that is all it takes.

    days_past_due >= 31
    small_loan.overdue_accounts >= 1 or small_loan.overdue_amount > 0
    debt.total >= 22 * income.monthly
    at_least(4, empty_statements)       # a count, of which some may be unknown
    run_of(6, minimum_cycles)           # the same; what is shown is the run back from the latest
"""

from __future__ import annotations

import ast
import difflib
import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rules.facts import COLUMN, COUNTED, FACTS

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]
Number = int | float

MAX_LENGTH: Final = 2_000
MAX_DEPTH: Final = 40

_NAME: Final = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)+")
_DOT: Final = "\u01c3"
"""Stands for the dot while Python parses: `cash.share.30d` is a name here, and `.30d` none to Python."""

_COMPARISONS: Final[dict[type[ast.cmpop], tuple[str, Callable[..., Mask], Callable[..., Mask]]]] = {
    ast.GtE: (">=", np.greater_equal, np.less),
    ast.Gt: (">", np.greater, np.less_equal),
    ast.LtE: ("<=", np.less_equal, np.greater),
    ast.Lt: ("<", np.less, np.greater_equal),
    ast.Eq: ("==", np.equal, lambda a, b: np.less(a, b) | np.greater(a, b)),
    ast.NotEq: ("!=", lambda a, b: np.less(a, b) | np.greater(a, b), np.equal),
}


def _divide(left: Matrix, right: Matrix) -> Matrix:
    return left / np.where(right == 0, np.nan, right)


_ARITHMETIC: Final[
    dict[type[ast.operator], tuple[Callable[..., Matrix], Callable[[Number, Number], Number]]]
] = {
    ast.Add: (np.add, operator.add),
    ast.Sub: (np.subtract, operator.sub),
    ast.Mult: (np.multiply, operator.mul),
    ast.Div: (_divide, lambda a, b: a / b if b else math.nan),
}


class ExpressionError(ValueError):
    """What is wrong with an expression, and at which character (from 0) of it."""

    def __init__(self, message: str, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.column = column


@dataclass(frozen=True, slots=True)
class Value:
    """An arithmetic expression: for a matrix at once, and exactly for one row (whole numbers stay whole)."""

    many: Callable[[Matrix], Matrix]
    one: Callable[[Sequence[float]], Number]


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison, as a trace shows it: what was observed, against what."""

    symbol: str
    observed: Value
    threshold: Value
    true: Callable[[Matrix], Mask]

    def trace(self, row: Sequence[float]) -> tuple[Number | None, str, Number | None]:
        """(observed, operator, threshold) for one row; None where unknown; ratios to 4 decimals."""
        return _shown(self.observed.one(row)), self.symbol, _shown(self.threshold.one(row))


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled condition."""

    source: str
    terms: tuple[Term, ...]
    masks: Callable[[Matrix], tuple[Mask, Mask]]
    columns: frozenset[int]
    """The columns it reads."""

    def first_true(self, row: Sequence[float]) -> Term | None:
        """The first term that holds for one row, in the order written."""
        matrix = np.array([row], np.float64)
        return next((term for term in self.terms if term.true(matrix)[0]), None)


def _shown(number: Number) -> Number | None:
    if isinstance(number, int):
        return number
    return None if math.isnan(number) else round(number, 4)


def compile_expression(source: str) -> Expression:
    """Compile a condition. Raises ExpressionError with the place of what is not understood."""
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"longer than {MAX_LENGTH} characters")
    source = " ".join(source.split())
    if not source.isascii():
        raise ExpressionError(
            "only ASCII characters are expected", next(i for i, c in enumerate(source) if c > "~")
        )
    try:
        tree = ast.parse(_NAME.sub(lambda found: found[0].replace(".", _DOT), source), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = getattr(error, "offset", None) or 1
        raise ExpressionError(f"not an expression: {getattr(error, 'msg', error)}", column - 1) from None
    compiler = _Compiler()
    try:
        masks = compiler.condition(tree.body, 0)
    except ExpressionError as error:
        # the parser counts bytes, and each dot of a name had become two
        read = _NAME.sub(lambda found: found[0].replace(".", _DOT), source).encode()[: error.column]
        raise ExpressionError(error.message, len(read.decode())) from None
    return Expression(source, tuple(compiler.terms), masks, frozenset(compiler.columns))


class _Compiler:
    """Walks the tree; nothing outside the whitelist gets through."""

    def __init__(self) -> None:
        self.terms: list[Term] = []
        self.columns: set[int] = set()

    def condition(self, node: ast.expr, depth: int) -> Callable[[Matrix], tuple[Mask, Mask]]:
        if depth > MAX_DEPTH:
            raise ExpressionError("nested too deep", node.col_offset)
        if isinstance(node, ast.BoolOp):
            parts = [self.condition(value, depth + 1) for value in node.values]
            return _any_of(parts) if isinstance(node.op, ast.Or) else _all_of(parts)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self.condition(node.operand, depth + 1)
            return lambda matrix: inner(matrix)[::-1]
        if isinstance(node, ast.Compare):
            return self._comparison(node, depth)
        if isinstance(node, ast.Call):
            return self._count(node)
        raise ExpressionError(
            "a condition is expected here (a comparison, and, or, not, at_least, run_of)", node.col_offset
        )

    def _comparison(self, node: ast.Compare, depth: int) -> Callable[[Matrix], tuple[Mask, Mask]]:
        if len(node.ops) != 1 or type(node.ops[0]) not in _COMPARISONS:
            raise ExpressionError("one comparison with >= > <= < == or != is expected here", node.col_offset)
        symbol, yes, no = _COMPARISONS[type(node.ops[0])]
        left = self.value(node.left, depth + 1)
        right = self.value(node.comparators[0], depth + 1)
        self.terms.append(
            Term(symbol, left, right, lambda matrix: yes(left.many(matrix), right.many(matrix)))
        )

        def masks(matrix: Matrix) -> tuple[Mask, Mask]:
            a, b = left.many(matrix), right.many(matrix)
            return yes(a, b), no(a, b)

        return masks

    def _count(self, node: ast.Call) -> Callable[[Matrix], tuple[Mask, Mask]]:
        function = node.func.id if isinstance(node.func, ast.Name) else ""
        if function not in ("at_least", "run_of"):
            raise ExpressionError("the functions are at_least(n, …) and run_of(n, …)", node.col_offset)
        if node.keywords or len(node.args) != 2:
            raise ExpressionError(f"{function} takes a number and what is counted", node.col_offset)
        wanted = _literal(node.args[0])
        name = _dotted(node.args[1])
        if not isinstance(wanted, int) or name not in COUNTED:
            raise ExpressionError(
                f"{function} takes a whole number and one of {', '.join(COUNTED)}", node.col_offset
            )
        certain = self._column(f"{name}.certain", node)
        possible = self._column(f"{name}.possible", node)
        shown = self._column(f"{name}.run", node) if function == "run_of" else certain
        self.terms.append(
            Term(">=", _column_value(shown), _constant(wanted), lambda matrix: matrix[:, certain] >= wanted)
        )
        return lambda matrix: (matrix[:, certain] >= wanted, matrix[:, possible] < wanted)

    def value(self, node: ast.expr, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise ExpressionError("nested too deep", node.col_offset)
        literal = _literal(node)
        if literal is not None:
            return _constant(literal)
        name = _dotted(node)
        if name is not None:
            return _column_value(self._column(name, node))
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            many, one = _ARITHMETIC[type(node.op)]
            left, right = self.value(node.left, depth + 1), self.value(node.right, depth + 1)
            return Value(
                lambda matrix: many(left.many(matrix), right.many(matrix)),
                lambda row: one(left.one(row), right.one(row)),
            )
        raise ExpressionError(
            "a number, a name of the catalogue, or + - * / is expected here", node.col_offset
        )

    def _column(self, name: str, node: ast.expr) -> int:
        column = COLUMN.get(name)
        if column is None:
            near = difflib.get_close_matches(name, COLUMN, n=1)
            hint = f": did you mean {near[0]}?" if near else ""
            raise ExpressionError(f"unknown name {name}{hint}", node.col_offset)
        self.columns.add(column)
        return column


def _any_of(parts: list[Callable[[Matrix], tuple[Mask, Mask]]]) -> Callable[[Matrix], tuple[Mask, Mask]]:
    def masks(matrix: Matrix) -> tuple[Mask, Mask]:
        true, false = parts[0](matrix)
        for part in parts[1:]:
            more_true, more_false = part(matrix)
            true, false = true | more_true, false & more_false
        return true, false

    return masks


def _all_of(parts: list[Callable[[Matrix], tuple[Mask, Mask]]]) -> Callable[[Matrix], tuple[Mask, Mask]]:
    def masks(matrix: Matrix) -> tuple[Mask, Mask]:
        true, false = parts[0](matrix)
        for part in parts[1:]:
            more_true, more_false = part(matrix)
            true, false = true & more_true, false | more_false
        return true, false

    return masks


def _constant(number: Number) -> Value:
    array = np.float64(number)
    return Value(lambda _: array, lambda _: number)  # type: ignore[arg-type, return-value]  # a scalar broadcasts


def _column_value(column: int) -> Value:
    whole = FACTS[column].whole

    def one(row: Sequence[float]) -> Number:
        number = row[column]
        return int(number) if whole and not math.isnan(number) else number

    return Value(lambda matrix: matrix[:, column], one)


def _literal(node: ast.expr) -> Number | None:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        number: Number = node.value  # type: ignore[assignment]  # its type was just looked at
        if not math.isfinite(number):
            raise ExpressionError("a finite number is expected here", node.col_offset)
        return number
    return None


def _dotted(node: ast.expr) -> str | None:
    return node.id.replace(_DOT, ".") if isinstance(node, ast.Name) else None
