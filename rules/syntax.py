"""From text to tree: Python's own parser, and a whitelist through which nothing else gets.

Names of the catalogue hold dots (`cash.share.30d`), which Python would take for attributes: while it parses,
each dot is an underscore, and the name is found again by its place. So all columns stay those of the text.
"""

from __future__ import annotations

import ast
import math
import re
from typing import Final

from rules.facts import COLUMN, COUNTED, FACTS, code_of, nearest
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
    Number,
    OneOf,
    Sum,
    Value,
)

MAX_LENGTH: Final = 2_000
MAX_DEPTH: Final = 40

FUNCTIONS: Final = ("any_of", "at_least", "run_of", "between", "known")

_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)
    |(?P<number>(?:[0-9][0-9_]*\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?![A-Za-z0-9_.])
    |(?P<text>"[^"\\\n]*"|'[^'\\\n]*')
    |(?P<mark><=|>=|==|!=|[-+*/<>()\[\],])""",
    re.VERBOSE | re.ASCII,
)
_SPELLED: Final = {"=": "; write == to compare", "&": "; write and", "|": "; write or", "!": "; write not"}

_COMPARATORS: Final[dict[type[ast.cmpop], Comparator]] = {
    ast.GtE: ">=",
    ast.Gt: ">",
    ast.LtE: "<=",
    ast.Lt: "<",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_OPERATORS: Final[dict[type[ast.operator], str]] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


class ExpressionError(ValueError):
    """What is wrong with an expression, and at which character (from 0) of it."""

    def __init__(self, message: str, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.column = column


def parse(source: str) -> Condition:
    """Read a condition. Raises ExpressionError with the place of what is not understood."""
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"longer than {MAX_LENGTH} characters", MAX_LENGTH)
    start = len(source) - len(source.lstrip())
    if start == len(source):
        raise ExpressionError("a condition is expected here")
    text, names = _tokens(source)
    try:
        tree = ast.parse(text[start:], mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        offset = getattr(error, "offset", None)
        why = getattr(error, "msg", None) or "nested too deep"
        if offset == 0:  # so Python says that more is expected
            offset, why = len(source), "something is missing after this"
        column = (offset or 1) - 1 + start
        raise ExpressionError(f"not an expression: {why}", min(column, len(source.rstrip()) - 1)) from None
    return _Reader(names, start).condition(tree.body, negated=False, depth=0)


def _tokens(source: str) -> tuple[str, dict[int, str]]:
    """The text without dots in names and line ends, and the names by their place."""
    names: dict[int, str] = {}
    parts: list[str] = []
    at = 0
    while at < len(source):
        found = _TOKEN.match(source, at)
        if found is None:
            sign = source[at]
            if sign.isdigit() or sign == ".":
                raise ExpressionError("not a number", at)
            raise ExpressionError(f"{sign!r} is not expected here{_SPELLED.get(sign, '')}", at)
        token = found[0]
        if found.lastgroup == "name":
            names[at] = token
            token = token.replace(".", "_")
        elif found.lastgroup == "space":
            token = " " * len(token)
        parts.append(token)
        at = found.end()
    return "".join(parts), names


class _Reader:
    """Walks the tree of Python's parser; every kind of node that is not named here is refused."""

    def __init__(self, names: dict[int, str], start: int) -> None:
        self._names = names
        self._start = start

    def _refuse(self, message: str, node: ast.expr) -> ExpressionError:
        return ExpressionError(message, node.col_offset + self._start)

    # --- conditions -------------------------------------------------------------------------------

    def condition(self, node: ast.expr, *, negated: bool, depth: int) -> Condition:
        if depth > MAX_DEPTH:
            raise self._refuse("nested too deep", node)
        if isinstance(node, ast.BoolOp):
            parts = self._parts(node.values, negated, depth)
            return AnyOf(parts) if isinstance(node.op, ast.Or) != negated else AllOf(parts)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self.condition(node.operand, negated=not negated, depth=depth + 1)
        if isinstance(node, ast.Compare):
            return self._comparison(node, negated, depth)
        if isinstance(node, ast.Call):
            return self._call(node, negated, depth)
        name = self._name(node)
        if name is not None and name not in COLUMN:
            raise self._unknown(name, node)
        raise self._refuse(
            f"a condition is expected here: a comparison, and, or, not, {', '.join(FUNCTIONS)}", node
        )

    def _parts(self, nodes: list[ast.expr], negated: bool, depth: int) -> tuple[Condition, ...]:  # noqa: FBT001
        return tuple(self.condition(node, negated=negated, depth=depth + 1) for node in nodes)

    def _comparison(self, node: ast.Compare, negated: bool, depth: int) -> Condition:  # noqa: FBT001
        if len(node.ops) != 1:
            raise self._refuse("one comparison at a time; between(x, low, high) takes both bounds", node)
        kind, right = node.ops[0], node.comparators[0]
        if isinstance(kind, ast.In | ast.NotIn):
            return self._one_of(node.left, right, isinstance(kind, ast.NotIn) != negated, depth)
        if type(kind) not in _COMPARATORS:
            raise self._refuse("a comparison is >= > <= < == != or in", node)
        symbol = _COMPARATORS[type(kind)]
        left_value, right_value = self._sides(node.left, right, symbol, depth)
        return Comparison(OPPOSITE[symbol] if negated else symbol, left_value, right_value)

    def _sides(self, left: ast.expr, right: ast.expr, symbol: str, depth: int) -> tuple[Value, Value]:
        for word, other in ((left, right), (right, left)):
            if isinstance(word, ast.Constant) and isinstance(word.value, str):
                if symbol not in ("==", "!="):
                    raise self._refuse("a word can only be compared with ==, != or in", word)
                code = self._word(word, other)
                fact = self.value(other, depth + 1)
                return (code, fact) if word is left else (fact, code)
        return self.value(left, depth + 1), self.value(right, depth + 1)

    def _one_of(self, left: ast.expr, right: ast.expr, negated: bool, depth: int) -> OneOf:  # noqa: FBT001
        value = self.value(left, depth + 1)
        if not isinstance(right, ast.Tuple | ast.List) or not right.elts:
            raise self._refuse("after in, a list is expected: (1, 2, 3)", right)
        return OneOf(value, tuple(self._choice(item, left) for item in right.elts), negated)

    def _choice(self, item: ast.expr, left: ast.expr) -> Number:
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            return self._word(item, left)
        choice = self._number(item)
        if choice is None:
            raise self._refuse("a number or a word in quotes is expected here", item)
        return choice

    def _word(self, node: ast.Constant, other: ast.expr) -> Number:
        """The code of a word of the fact on the other side."""
        try:
            word = str(node.value)
            return Number(code_of(self._name(other) or "", word), word)
        except ValueError as error:
            raise self._refuse(str(error), node) from None

    # --- functions --------------------------------------------------------------------------------

    def _call(self, node: ast.Call, negated: bool, depth: int) -> Condition:  # noqa: FBT001
        function = (self._name(node.func) or "") if isinstance(node.func, ast.Name) else ""
        if function not in FUNCTIONS:
            hint = nearest(function, FUNCTIONS)
            raise self._refuse(f"the functions are {', '.join(FUNCTIONS)}{hint}", node)
        if node.keywords or any(isinstance(arg, ast.Starred) for arg in node.args):
            raise self._refuse(f"{function} takes plain arguments", node)
        if function in ("at_least", "run_of"):
            return self._at_least(function, node, negated, depth)
        if function == "any_of":
            if not node.args:
                raise self._refuse("any_of takes conditions: any_of(x > 1, y > 2)", node)
            parts = self._parts(node.args, negated, depth)
            return AllOf(parts) if negated else AnyOf(parts)
        if function == "known":
            if len(node.args) != 1:
                raise self._refuse("known takes one name: known(income.monthly)", node)
            return Known(self.value(node.args[0], depth + 1), negated)
        if len(node.args) != 3:
            raise self._refuse("between takes three: between(x, low, high), bounds included", node)
        value, low, high = (self.value(arg, depth + 1) for arg in node.args)
        return Between(value, low, high, negated)

    def _at_least(self, function: str, node: ast.Call, negated: bool, depth: int) -> Condition:  # noqa: FBT001
        if len(node.args) < 2:
            raise self._refuse(f"{function} takes a number and what is counted", node)
        number = self._number(node.args[0])
        wanted = None if number is None else number.value
        if not isinstance(wanted, int) or not 1 <= wanted <= MAX_LENGTH:
            raise self._refuse("a whole number from 1 is expected here", node.args[0])
        counted = node.args[1:]
        if len(counted) == 1 and isinstance(counted[0], ast.Name):
            return self._count(function, wanted, counted[0], negated)
        if function == "run_of":
            raise self._refuse(f"run_of takes a number and one of {', '.join(COUNTED)}", node)
        if wanted > len(counted):
            raise self._refuse(f"{wanted} of {len(counted)} conditions can never hold", node.args[0])
        parts = self._parts(counted, negated, depth)
        return AtLeast(len(parts) - wanted + 1 if negated else wanted, parts)

    def _count(self, function: str, wanted: int, node: ast.Name, negated: bool) -> Count:  # noqa: FBT001
        name = self._names[node.col_offset + self._start]
        if name not in COUNTED:
            raise self._refuse(
                f"{function} counts one of {', '.join(COUNTED)}, not {name}{nearest(name, COUNTED)}", node
            )
        shown = f"{name}.run" if function == "run_of" else f"{name}.certain"
        if shown not in COLUMN:
            raise self._refuse(f"{name} has no run: use at_least", node)
        certain, possible = COLUMN[f"{name}.certain"], COLUMN[f"{name}.possible"]
        return Count(certain, possible, COLUMN[shown], wanted, negated)

    # --- values -----------------------------------------------------------------------------------

    def value(self, node: ast.expr, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise self._refuse("nested too deep", node)
        number = self._number(node)
        if number is not None:
            return number
        name = self._name(node)
        if name is not None:
            return self._fact(name, node)
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            left, right = self.value(node.left, depth + 1), self.value(node.right, depth + 1)
            return Sum(_OPERATORS[type(node.op)], left, right)  # type: ignore[arg-type]  # one of the four
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return Sum("-", Number(0), self.value(node.operand, depth + 1))
        raise self._refuse("a number, a name of the catalogue, or + - * / is expected here", node)

    def _fact(self, name: str, node: ast.expr) -> Fact:
        if name not in COLUMN:
            raise self._unknown(name, node)
        return Fact(COLUMN[name])

    def _unknown(self, name: str, node: ast.expr) -> ExpressionError:
        if name in COUNTED:
            return self._refuse(f"{name} is counted: at_least(n, {name})", node)
        return self._refuse(f"unknown name {name}{nearest(name, COLUMN)}", node)

    def _number(self, node: ast.expr) -> Number | None:
        """A number, with a minus in front if there is one."""
        sign = 1
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            sign, node = -1, node.operand
        if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
            return None
        number: int | float = node.value  # type: ignore[assignment]  # its type was just looked at
        if (isinstance(number, int) and number > 10**30) or not math.isfinite(number):
            raise self._refuse("the number is too large", node)
        return Number(sign * number)

    def _name(self, node: ast.expr) -> str | None:
        return self._names.get(node.col_offset + self._start) if isinstance(node, ast.Name) else None


def name_of(column: int) -> str:
    """The name of a fact."""
    return FACTS[column].name
