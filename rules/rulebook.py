"""The rulebook file: what a person writes, checked when it is read (docs/rulebook.md)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, Final, Literal, NoReturn

from pydantic import Field, ValidationError

from rules.because import Because
from rules.contradictions import contradictions
from rules.expression import ExpressionError
from rules.outcome import Severity
from rules.places import Document, Path, PlacedError, suggestion
from rules.policy import Policy, Written
from rules.problems import problems_of

Action = Literal["alert_only", "halve", "cut_to_tenth", "block"]
Line = Annotated[str, Field(min_length=1, max_length=500)]

_MOST_ERRORS: Final = 20
_FIELDS_EXPECTED: Final = ("model_type", "model_attributes_type", "dict_type")
"""pydantic's names for something else where fields must stand."""


class Case(Written):
    """An example that `postloan rules check` runs: facts, and what the rule must say of them."""

    name: Line = ""
    facts: dict[str, int | float | str]
    """By name; what is not named is unknown. `minimum_cycles: 6` says all three counts of what is counted."""
    expect: Literal["hit", "no_hit", "insufficient"]
    action: Action | None = None
    """With a hit: the action it must ask for, if that is to be looked at."""
    severity: Severity | None = None


class Step(Written):
    """A worse target of the same rule, once `when` holds too; of several that hold the last one counts."""

    when: str
    action: Action
    severity: Severity
    shown: bool = False
    """Whether a trace shows this threshold in place of the rule's own."""


class Rule(Written):
    """One rule: when it is hit, why that matters, and what is to be done."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    title: Line
    owner: Line | None = None
    """Who answers for it."""
    legal_basis: Line | None = None
    """On what it rests in law or contract."""
    when: str
    because: Because | None = None
    action: Action
    severity: Severity
    rests_on: Literal["own_account", "bureau"] = "own_account"
    """The basis of the notice that a cut by this rule owes the cardholder."""
    windows: list[str | None] = Field(default_factory=list)
    """The window each term of `when` looks at, in their order; by default that of the fact it observes."""
    steps: Annotated[list[Step], Field(default_factory=list, max_length=20)]
    shadow: bool = False
    """Evaluated and reported, never acting."""
    cases: Annotated[list[Case], Field(default_factory=list, max_length=200)]

    @property
    def reason_code(self) -> str:
        """What output records carry."""
        return self.id if self.because is None or self.because.code is None else self.because.code


class Story(Written):
    """An example of the whole rulebook: facts, the rules that are hit, and the action these come to."""

    name: Line = ""
    facts: dict[str, int | float | str]
    hits: list[str]
    action: Action | Literal["none"]
    """What the resolver picks; `none` without a hit."""


class Challenger(Written):
    """Another policy, tried on a share of cardholders without acting."""

    of_ten_thousand: Annotated[int, Field(ge=0, le=10_000)]
    salt: Annotated[str, Field(max_length=64)] = "challenger"
    """Another word picks other cardholders."""
    policy: Policy


class Rulebook(Written):
    """The whole file."""

    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
    rules: Annotated[list[Rule], Field(min_length=1, max_length=200)]
    policy: Policy
    products: dict[Line, Policy] = Field(default_factory=dict)
    """Policies of products; in the file only what differs from `policy`."""
    challenger: Challenger | None = None
    cases: Annotated[list[Story], Field(default_factory=list, max_length=200)]

    @property
    def acting(self) -> tuple[Rule, ...]:
        """The rules that alerts and actions come from."""
        return tuple(rule for rule in self.rules if not rule.shadow)


class RulebookError(ValueError):
    """A rulebook that cannot be used: `file:line:column: part: why`, one a line."""


class ContradictionError(RulebookError):
    """A rulebook that can be understood, but contradicts itself."""


def read_rulebook(text: str, name: str = "rulebook") -> Rulebook:
    """Parse and check a rulebook file. Raises RulebookError naming the places."""
    return Reading(text, name).book


class Reading:
    """A rulebook and where each part of it stands."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        try:
            self.document = Document(text)
        except PlacedError as error:
            raise RulebookError(f"{name}:{error.line}:{error.column}: {error.message}") from None
        try:
            self.book = Rulebook.model_validate(_whole(self.document.content))
        except ValidationError as error:
            self._refuse_fields(error)
        problems = list(problems_of(self))
        if problems:
            raise RulebookError("\n".join(problems[:_MOST_ERRORS]))
        problems = [self.tell(path, why) for path, why in contradictions(self.book)]
        if problems:
            raise ContradictionError("\n".join(problems[:_MOST_ERRORS]))

    def tell(self, path: Path, why: str, *, value: bool = True) -> str:
        """An error at a part."""
        place = self.document.value_place(path) if value else self.document.place(path)
        return self._line(place, path, why)

    def tell_inside(self, path: Path, error: ExpressionError) -> str:
        """An error at a character of a text."""
        return self._line(self.document.inside(path, error.column), path, error.message)

    def _line(self, place: tuple[int, int], path: Path, why: str) -> str:
        return f"{self.name}:{place[0]}:{place[1]}: {self.shown(path)}{': ' if path else ''}{why}"

    def shown(self, path: Path) -> str:
        """A path as people read it: a rule by its id."""
        parts, node = [], self.document.content
        for step in path:
            node = _step(node, step)
            called = node.get("id") if isinstance(node, dict) and isinstance(step, int) else None
            parts.append(str(step if called is None else called))
        return ".".join(parts)

    def _refuse_fields(self, error: ValidationError) -> NoReturn:
        lines: dict[tuple[str | int, ...], str] = {}
        for found in error.errors(include_url=False):
            kind, why = found["type"], found["msg"]
            path = _known_path(self.document.content, found["loc"], missing=kind == "missing")
            if kind == "extra_forbidden":
                why = f"there is no such field{suggestion(path[-1], _field_names())}"
            elif kind == "missing":
                why = "is missing"
            elif kind == "literal_error":
                expected = str(found.get("ctx", {}).get("expected", ""))
                words = [word.strip("' ") for word in expected.replace(" or ", ",").split(",")]
                why = f"must be {expected}{suggestion(found['input'], words)}"
            elif kind in _FIELDS_EXPECTED:
                empty = not path and self.document.content is None
                why = "the file holds nothing" if empty else "must be fields, one `name: value` a line"
            at_key = kind in ("extra_forbidden", "missing")
            lines.setdefault(tuple(path), self.tell(path, why, value=not at_key))
        raise RulebookError("\n".join(list(lines.values())[:_MOST_ERRORS])) from None


@cache
def _field_names() -> tuple[str, ...]:
    """All names of fields that the file may hold."""
    found: set[str] = set()
    waiting: list[type[Written]] = [Written]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        found.update(field.alias or name for name, field in model.model_fields.items())
    return tuple(sorted(found))


def _whole(content: Any) -> Any:
    """The file with its partial policies filled up from the one for all."""
    if not isinstance(content, dict) or not isinstance(content.get("policy"), dict):
        return content
    filled = dict(content)
    base, products, challenger = content["policy"], content.get("products"), content.get("challenger")
    if isinstance(products, dict):
        filled["products"] = {name: _over(base, part) for name, part in products.items()}
    if isinstance(challenger, dict) and "policy" in challenger:
        filled["challenger"] = challenger | {"policy": _over(base, challenger["policy"])}
    return filled


def _over(base: Any, part: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(part, dict):
        return part
    return base | {key: _over(base.get(key), value) for key, value in part.items()}


def _step(node: Any, step: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    return node[step] if isinstance(node, list) and isinstance(step, int) and step < len(node) else None


def _known_path(content: Any, loc: Sequence[str | int], *, missing: bool) -> list[str | int]:
    """The part of a field's path that stands in the file; pydantic names types on it too."""
    path: list[str | int] = []
    for step in loc:
        below = _step(content, step)
        present = (isinstance(content, dict) and step in content) or below is not None
        if present:
            path.append(step)
            content = below
        elif missing and step == loc[-1]:
            path.append(step)
    return path
