"""Which column of a file means what, as a person writes it (docs/models.md)."""

from __future__ import annotations

from typing import Annotated, Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

Name = Annotated[str, Field(min_length=1)]
Value = str | int | float | bool

UNKNOWN: Final = ("", "?", "na", "n/a", "nan", "null", "none", "unknown", ".")
"""Texts that mean unknown in every file, in any case and with spaces around."""


class MappingError(ValueError):
    """A mapping that cannot be used, or that does not fit the file; the message says where."""


class Mapping(BaseModel):
    """The mapping file. Columns neither named nor ignored are read as numbers or categories, as they look."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: Name
    """The column that tells who turned out bad."""
    bad: list[Value] = Field(default_factory=lambda: list[Value]((1, "true", "yes", "bad")))
    """Its values that mean bad; numbers are compared as numbers, texts in any case."""
    good: list[Value] | None = None
    """Its values that mean good: all other known ones if left out. The rest is left aside."""
    numbers: list[Name] = Field(default_factory=list)
    categories: list[Name] = Field(default_factory=list)
    ignore: list[Name] = Field(default_factory=list)
    unknown: list[Value] = Field(default_factory=list)
    """Further values that mean unknown, in any column but the target."""
    only: bool = False
    """Read the named columns alone."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    """Found out if left out."""
    in_order: bool = False
    """The rows are in order of time: they are not shuffled."""


def read_mapping(text: str, name: str) -> Mapping:
    """Parse and check. Raises MappingError with the place."""
    try:
        raw: Any = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise MappingError(f"{place}: not YAML: {getattr(error, 'problem', None) or error}") from None
    if not isinstance(raw, dict):
        raise MappingError(f"{name}: expected fields such as `target: default`")
    try:
        return Mapping.model_validate(raw)
    except ValidationError as error:
        lines = [
            f"{name}: {'.'.join(str(part) for part in found['loc'])}: {found['msg']}"
            for found in error.errors(include_url=False)
        ]
        raise MappingError("\n".join(lines)) from None
