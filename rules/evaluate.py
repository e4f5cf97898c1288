"""All rules over all rows of a matrix at once: outcomes, and which step of a rule applies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rules.expression import Expression, Matrix, compile_expression
from rules.facts import FACTS, PRODUCT, code_of
from rules.machine import TRUE, Truths
from rules.outcome import HIT, INSUFFICIENT, LADDER, NO_HIT, SEVERITIES
from rules.policy import Policy
from rules.program import Program
from rules.rulebook import Rule, Rulebook
from rules.verdict import LEVEL_SHIFT, verdict_of

_TARGETS: Final = {"alert_only": LADDER.index("hold")} | {name: rank for rank, name in enumerate(LADDER)}
_OUTCOMES: Final = np.array([INSUFFICIENT, HIT, NO_HIT, INSUFFICIENT], np.int8)
"""The outcome of each truth of the machine."""
_VERDICTS_KEPT: Final = 4_096


@dataclass(frozen=True, slots=True)
class Level:
    """What a hit asks for: the rule's own action, or that of one of its steps."""

    target: int
    """Rank on the ladder."""
    severity: int
    """1 (worst) to 4."""
    shown: Expression
    """The condition whose terms a trace shows."""
    windows: tuple[str | None, ...]
    """The window of each of these terms."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule ready to be evaluated; `levels[0]` is its own action, `levels[n]` that of step n."""

    id: str
    place: int
    condition: Expression
    steps: tuple[Expression, ...]
    levels: tuple[Level, ...]
    bureau: bool
    code: str
    """The reason code that output records carry."""


def compile_rule(rule: Rule, place: int) -> CompiledRule:
    """Compile a rule that was checked."""
    condition = compile_expression(rule.when)
    steps = tuple(compile_expression(step.when) for step in rule.steps)
    own = _windows(condition, rule.windows)
    levels = [Level(_TARGETS[rule.action], _severity(rule.severity), condition, own)]
    for step, compiled in zip(rule.steps, steps, strict=True):
        # a step looks at what its rule looks at, so far as windows were written
        mine = _windows(compiled, rule.windows[: len(compiled.terms)])
        shown, windows = (compiled, mine) if step.shown else (condition, own)
        levels.append(Level(_TARGETS[step.action], _severity(step.severity), shown, windows))
    bureau = rule.rests_on == "bureau"
    return CompiledRule(rule.id, place, condition, steps, tuple(levels), bureau, rule.reason_code)


def _windows(expression: Expression, written: list[str | None]) -> tuple[str | None, ...]:
    """Of each term the window as written, else that of the fact it observes."""
    own = tuple(None if t.observed is None else FACTS[t.observed].window for t in expression.terms)
    return tuple(written) + own[len(written) :]


def _severity(name: str) -> int:
    return SEVERITIES.index(name) + 1


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Outcomes of all rules for all rows."""

    outcomes: NDArray[np.int8]
    """(rules, rows), codes of rules.outcome."""
    levels: NDArray[np.int8]
    """(rules, rows), which level of a rule applies where it is hit; 0 elsewhere."""
    hit: NDArray[np.bool_]
    """(rows,), whether any rule is hit."""

    def codes(self, rows: NDArray[np.int64]) -> NDArray[np.int8]:
        """(these rows, rules): outcome and level of each rule as one number (rules.verdict)."""
        codes: NDArray[np.int8] = (self.outcomes[:, rows] | self.levels[:, rows] << LEVEL_SHIFT).T
        return np.ascontiguousarray(codes)


class Evaluator:
    """The compiled rules of a rulebook."""

    def __init__(self, book: Rulebook, rules: Sequence[Rule] | None = None) -> None:
        """`rules`: others than those that act."""
        self.book = book
        chosen = book.acting if rules is None else rules
        self.rules: Final = tuple(compile_rule(rule, place) for place, rule in enumerate(chosen))
        self._policies: Final = {code_of(PRODUCT, name): policy for name, policy in book.products.items()}
        self.verdict: Final = lru_cache(_VERDICTS_KEPT)(partial(verdict_of, self.rules))
        """The verdict on a row, given its codes as bytes."""
        self._steps: Final = np.array(
            [(rule.place, level) for rule in self.rules for level in range(1, len(rule.steps) + 1)], np.int64
        ).reshape(-1, 2)
        """Of each step its rule's place, and the level that it is."""
        self._program: Final = Program([expression.condition for expression in self._expressions()])

    def _expressions(self) -> Iterable[Expression]:
        for rule in self.rules:
            yield rule.condition
        for rule in self.rules:
            yield from rule.steps

    def policy_for(self, product: int | None) -> Policy:
        """The policy of a product (its code), or the one for all."""
        return self.book.policy if product is None else self._policies.get(product, self.book.policy)

    @property
    def policies(self) -> list[Policy]:
        """All there are."""
        return [self.book.policy, *self._policies.values()]

    @property
    def width(self) -> int:
        """How many columns a matrix must have for all rules."""
        return self._program.width

    def verdicts(self, matrix: Matrix) -> Verdicts:
        """Evaluate every rule over `matrix` (rows, facts)."""
        truths = self._program.run(matrix)
        return Verdicts(*_resolved(truths, len(self.rules), self._steps))


@njit(cache=True, nogil=True)
def _resolved(
    truths: Truths, rules: int, steps: NDArray[np.int64]
) -> tuple[NDArray[np.int8], NDArray[np.int8], NDArray[np.bool_]]:
    """Outcomes, levels and whether any is hit, of the truths of rules and behind them of their steps."""
    rows = truths.shape[1]
    outcomes, levels = np.empty((rules, rows), np.int8), np.zeros((rules, rows), np.int8)
    hit = np.zeros(rows, np.bool_)
    for rule in range(rules):
        for row in range(rows):
            truth = truths[rule, row]
            outcomes[rule, row] = _OUTCOMES[truth]
            hit[row] |= truth == TRUE
    for step in range(len(steps)):
        rule, level = steps[step]
        for row in range(rows):
            if truths[rule, row] == TRUE and truths[rules + step, row] == TRUE:
                levels[rule, row] = level
    return outcomes, levels, hit
