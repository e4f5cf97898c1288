"""All rules over all rows of a matrix at once: outcomes, and which step of a rule applies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.catalogue import WIDTH
from rules.expression import Expression, Matrix, compile_expression
from rules.facts import FACTS
from rules.outcome import ERROR, HIT, INSUFFICIENT, LADDER, NO_HIT, SEVERITIES
from rules.rulebook import Rule, Rulebook

_TARGETS: Final = {"alert_only": LADDER.index("hold")} | {name: rank for rank, name in enumerate(LADDER)}


@dataclass(frozen=True, slots=True)
class Level:
    """What a hit asks for: the rule's own action, or that of one of its steps."""

    target: int
    """Rank on the ladder."""
    severity: int
    """1 (worst) to 4."""
    shown: Expression
    """The condition whose terms a trace shows."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule ready to be evaluated; `levels[0]` is its own action, `levels[n]` that of step n."""

    id: str
    place: int
    condition: Expression
    steps: tuple[Expression, ...]
    levels: tuple[Level, ...]
    windows: tuple[str | None, ...]
    bureau: bool


def compile_rule(rule: Rule, place: int) -> CompiledRule:
    """Compile a rule that was checked."""
    condition = compile_expression(rule.when)
    steps = tuple(compile_expression(step.when) for step in rule.steps)
    levels = [Level(_TARGETS[rule.action], _severity(rule.severity), condition)]
    for step, compiled in zip(rule.steps, steps, strict=True):
        shown = compiled if step.shown else condition
        levels.append(Level(_TARGETS[step.action], _severity(step.severity), shown))
    windows = tuple(rule.windows) + (None,) * (len(condition.terms) - len(rule.windows))
    return CompiledRule(rule.id, place, condition, steps, tuple(levels), windows, rule.rests_on == "bureau")


def _severity(name: str) -> int:
    return SEVERITIES.index(name) + 1


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Outcomes of all rules for all rows."""

    outcomes: NDArray[np.int8]
    """(rules, rows), codes of rules.outcome."""
    levels: NDArray[np.int8]
    """(rules, rows), which level of a rule applies where it is hit."""
    hit: NDArray[np.bool_]
    """(rows,), whether any rule is hit."""


class Evaluator:
    """The compiled rules of a rulebook."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.rules: Final = tuple(compile_rule(rule, place) for place, rule in enumerate(book.rules))

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the catalogue that its conditions read."""
        columns: set[int] = set()
        for rule in self.rules:
            columns.update(*(condition.columns for condition in (rule.condition, *rule.steps)))
        return tuple(FACTS[column].name for column in sorted(columns) if column < WIDTH)

    def verdicts(self, matrix: Matrix) -> Verdicts:
        """Evaluate every rule over `matrix` (rows, facts). A rule that fails is in error for all rows."""
        rows = len(matrix)
        outcomes = np.full((len(self.rules), rows), INSUFFICIENT, np.int8)
        levels = np.zeros((len(self.rules), rows), np.int8)
        any_hit = np.zeros(rows, np.bool_)
        with np.errstate(all="ignore"):
            for rule in self.rules:
                mine = outcomes[rule.place]
                try:
                    true, false = rule.condition.masks(matrix)
                    mine[false] = NO_HIT
                    mine[true] = HIT
                    if rule.steps and true.any():
                        for number, step in enumerate(rule.steps, 1):
                            levels[rule.place][step.masks(matrix)[0]] = number
                    any_hit |= true
                except (ArithmeticError, ValueError, TypeError):
                    mine[:] = ERROR
        return Verdicts(outcomes, levels, any_hit)
