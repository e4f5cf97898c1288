"""The JSON Schema of a rulebook file, as editors use it."""

from __future__ import annotations

import json
from typing import Any, Final

from rules.facts import COUNTED, FACTS
from rules.rulebook import Rulebook

_POINTER: Final = "#/$defs/"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def rulebook_schema() -> dict[str, Any]:
    """The schema of the whole file; names of facts are told where examples name them."""
    schema = Rulebook.model_json_schema()
    facts = {
        fact.name: {
            "type": ["number", "string"] if fact.unit == "code" else "number",
            "description": f"{fact.words} ({fact.unit}); unknown: {fact.unknown}",
        }
        for fact in FACTS
    }
    counted = {name: {"type": "number", "description": "all three counts of it"} for name in COUNTED}
    for part in ("Case", "Story"):
        schema["$defs"][part]["properties"]["facts"] |= {
            "properties": facts | counted,
            "additionalProperties": False,
        }
    _let_parts_be_left_out(schema)
    return {"$schema": DIALECT, "title": "Postloan rulebook"} | schema


def _let_parts_be_left_out(schema: dict[str, Any]) -> None:
    """A policy of a product or a challenger is written as what differs: nothing in it is required."""
    kinds = schema["$defs"]
    of_policy = _named_in(kinds["Policy"], kinds) | {"Policy"}
    for name in sorted(of_policy):
        part = json.loads(json.dumps(kinds[name]))
        part.pop("required", None)
        kinds[f"{name}Part"] = _pointed(part, of_policy)
    partly = {"$ref": "#/$defs/PolicyPart"}
    schema["properties"]["products"]["additionalProperties"] = partly
    kinds["Challenger"]["properties"]["policy"] = partly


def _named_in(part: Any, kinds: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        if isinstance(value, str) and value.startswith(_POINTER):
            name = value.removeprefix(_POINTER)
            found |= {name} | _named_in(kinds[name], kinds)
        else:
            found |= _named_in(value, kinds)
    return found


def _pointed(part: Any, names: set[str]) -> Any:
    if isinstance(part, dict):
        return {key: _pointed(value, names) for key, value in part.items()}
    if isinstance(part, list):
        return [_pointed(value, names) for value in part]
    pointed = isinstance(part, str) and part.removeprefix(_POINTER) in names and part.startswith(_POINTER)
    return f"{part}Part" if pointed else part
