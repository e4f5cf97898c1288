"""The rulebook a command was given, or the one that comes with the package."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from streams.cli.exits import UNUSABLE, leave
from streams.cli.files import text_of

if TYPE_CHECKING:
    from rules.evaluate import Evaluator


def evaluator_of(name: str | None) -> Evaluator:
    """The compiled rules of a rulebook file; the default rulebook for None. Leaves with a message if bad."""
    from rules.evaluate import Evaluator  # pydantic and numpy
    from rules.rulebook import RulebookError, read_rulebook

    if name is None:
        text = files("rules").joinpath("default.yaml").read_text(encoding="utf-8")
    else:
        text = text_of(name, "rulebook")
    try:
        return Evaluator(read_rulebook(text, name or "default.yaml"))
    except RulebookError as error:
        leave(UNUSABLE, f"cannot use the rulebook:\n{_indented(str(error))}")
    except ValueError as error:  # what YAML's dates and numbers refuse
        leave(UNUSABLE, f"cannot use the rulebook:\n  {name}: not YAML: {error}")


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
