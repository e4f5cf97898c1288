"""The rulebook file: what a person writes, checked when it is read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError

from rules.expression import Expression, ExpressionError, compile_expression
from rules.outcome import Severity
from rules.policy import Policy, Written

Action = Literal["alert_only", "halve", "cut_to_tenth", "block"]


class Step(Written):
    """A worse target of the same rule, once `when` holds too."""

    when: str
    action: Action
    severity: Severity
    shown: bool = False
    """Whether a trace shows this threshold in place of the rule's own."""


class Rule(Written):
    """One hard rule."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    title: str
    when: str
    action: Action
    severity: Severity
    rests_on: Literal["own_account", "bureau"] = "own_account"
    windows: list[str | None] = Field(default_factory=list)
    """The window each term of `when` looks at, in their order; none by default."""
    steps: list[Step] = Field(default_factory=list)


class Rulebook(Written):
    """The whole file."""

    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
    rules: Annotated[list[Rule], Field(min_length=1, max_length=200)]
    policy: Policy


class RulebookError(ValueError):
    """A rulebook that cannot be used: which field of which file, and why."""


def read_rulebook(text: str, name: str = "rulebook") -> Rulebook:
    """Parse and check a rulebook file. Raises RulebookError naming the place."""
    try:
        raw: Any = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise RulebookError(f"{place}: not YAML: {getattr(error, 'problem', None) or error}") from None
    try:
        book = Rulebook.model_validate(raw, strict=False)
    except ValidationError as error:
        lines = [f"{name}: {'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors()]
        raise RulebookError("\n".join(lines)) from None
    known: set[str] = set()
    for rule in book.rules:
        if rule.id in known:
            raise RulebookError(f"{name}: rules.{rule.id}: the id occurs twice")
        known.add(rule.id)
        compile_part(rule.when, name, f"rules.{rule.id}.when")
        for number, step in enumerate(rule.steps):
            compile_part(step.when, name, f"rules.{rule.id}.steps.{number}.when")
    named = [*book.policy.raise_.not_hit_is_enough, *(i for c in book.policy.combinations for i in c.rules)]
    for rule_id in named:
        if rule_id not in known:
            raise RulebookError(f"{name}: policy: no rule has the id {rule_id}")
    return book


def compile_part(source: str, name: str, place: str) -> Expression:
    """Compile one condition of a file. Raises RulebookError with file, field and character."""
    try:
        return compile_expression(source)
    except ExpressionError as error:
        raise RulebookError(f"{name}: {place}: character {error.column + 1}: {error.message}") from None
