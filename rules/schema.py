"""The JSON Schema of a rulebook file, as editors use it."""

from __future__ import annotations

from typing import Any, Final

from rules.facts import COUNTED, FACTS
from rules.rulebook import Rulebook

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
    return {"$schema": DIALECT, "title": "Postloan rulebook"} | schema
