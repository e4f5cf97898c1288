"""`postloan rules schema`: for editors."""

from __future__ import annotations

import json

import typer


def schema() -> None:
    """Print the JSON Schema of rulebook files, for completion and hints in an editor."""
    from rules.schema import rulebook_schema  # pydantic

    typer.echo(json.dumps(rulebook_schema(), indent=2, ensure_ascii=False))
