"""`postloan rules trial`: what shadow rules and a challenger policy would have done."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from streams.cli.exits import MEND, leave
from streams.cli.files import OutputFile, check_readable, lines_of
from streams.cli.progress import progress
from streams.cli.rulebooks import evaluator_of


def trial(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A rulebook with something on trial.")],
    *,
    events: Annotated[
        str, typer.Option(metavar="FILE", help="Input records, one JSON object a line; - is standard input.")
    ],
    reports: Annotated[
        str | None, typer.Option(metavar="FILE", help="Each hit and would-be decision, as JSON lines.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    lanes: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="Partitions.")] = 12,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Neither learn nor score: hard rules only.")
    ] = False,
) -> None:
    """Replay a log, and report what the shadow rules and the challenger policy of a rulebook would have done.

    Exit code 1 when nothing in the rulebook is on trial. Workers log the same, as counts, while they judge.
    """
    check_readable(events, "events")
    evaluator = evaluator_of(file)
    book = evaluator.book
    if book.challenger is None and not any(rule.shadow for rule in book.rules):
        leave(MEND, f"{file} has neither a shadow rule nor a challenger")
    from streams.rulebook.on_trial import told_in_words, try_out  # numpy and numba

    with progress() as report:
        found, told = try_out(
            list(lines_of(events)), evaluator, lanes=lanes, learns=not no_model, progress=report
        )
    if reports is not None:
        with OutputFile(reports, "reports") as out:
            for one in found:
                out.write(json.dumps(one, ensure_ascii=False).encode())
            out.publish()
    typer.echo(json.dumps(told, indent=2) if as_json else told_in_words(told))
