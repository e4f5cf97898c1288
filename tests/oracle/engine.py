"""The engine behind the same call as the reference."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from features.inbound.deadletters import file_line
from rules.evaluate import Evaluator
from rules.records import encode
from rules.rulebook import read_rulebook
from streams.assess import assess as run

if TYPE_CHECKING:
    from collections.abc import Iterable

Outcome = tuple[list[dict[str, Any]], list[dict[str, Any]]]


@cache
def _evaluator() -> Evaluator:
    return Evaluator(read_rulebook(files("rules").joinpath("default.yaml").read_text(encoding="utf-8")))


def assess(lines: Iterable[bytes], lanes: int = 12, prefix: str = "postloan.") -> Outcome:
    """(decisions, dead letters) as they would be written, without a model."""
    result = run(lines, _evaluator(), lanes=lanes, prefix=prefix, learns=False)
    decisions = [json.loads(encode(record)) for outputs in result.lanes for record in outputs.decisions]
    return decisions, [json.loads(file_line(letter)) for letter in result.dead_letters]
