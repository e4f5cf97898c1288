"""`postloan rules diff`: what a new rulebook would have decided otherwise, in alerts, actions and money."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.files import check_readable, lines_of
from streams.cli.progress import progress
from streams.cli.rulebooks import evaluator_of

if TYPE_CHECKING:
    from streams.rulebook.difference import Difference


def diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="A rulebook; `default` is the one that comes along.")
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Another one.")],
    *,
    events: Annotated[
        str, typer.Option(metavar="FILE", help="Input records, one JSON object a line; - is standard input.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    examples: Annotated[int, typer.Option(metavar="N", min=0, help="Cardholders to show.")] = 5,
    lanes: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="Partitions.")] = 12,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Neither learn nor score: hard rules only.")
    ] = False,
) -> None:
    """Replay a log under two rulebooks, and tell what the new one decides otherwise.

    Exit code 0 whether they differ or not; 2 when a file cannot be used.
    """
    check_readable(events, "events")
    first, second = (evaluator_of(None if name == "default" else name) for name in (old, new))
    from streams.rulebook.difference import compare  # numpy and numba

    lines = list(lines_of(events))
    with progress() as report:
        found = compare(lines, first, second, lanes=lanes, learns=not no_model, progress=report)
    if as_json:
        typer.echo(json.dumps(found.as_json(examples), indent=2, ensure_ascii=False))
    else:
        titles = {rule.id: rule.title for book in (first.book, second.book) for rule in book.rules}
        typer.echo(_words(found, examples, titles))


def _words(found: Difference, examples: int, titles: dict[str, str]) -> str:
    from streams.rulebook.comparison import told

    return told(found, examples, titles)
