"""`postloan assess`: the whole pipeline over a file (contract 2.2)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.exits import UNUSABLE, leave
from streams.cli.files import STANDARD, OutputFile, check_readable, lines_of
from streams.cli.progress import progress
from streams.cli.rulebooks import evaluator_of

if TYPE_CHECKING:
    from streams.assess import Assessment


def assess(
    *,
    events: Annotated[
        str, typer.Option(metavar="FILE", help="Input records, one JSON object a line; - is standard input.")
    ],
    out: Annotated[
        str,
        typer.Option(metavar="FILE", help="Alerts and limit actions, lane 0 first; - is standard output."),
    ],
    dead_letters: Annotated[
        str | None, typer.Option(metavar="FILE", help="Refused records and why; only counted if left out.")
    ] = None,
    rulebook: Annotated[
        str | None, typer.Option(metavar="FILE", help="Rules and policy; the default rulebook if left out.")
    ] = None,
    lanes: Annotated[
        int, typer.Option(metavar="N", min=1, max=10_000, help="Partitions of each topic.", show_default=True)
    ] = 12,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Neither learn nor score: hard rules only.")
    ] = False,
) -> None:
    """Judge a file of records.

    Needs no server. Writes what was decided, and what was refused. The same file gives the same bytes.
    Counts go to standard error. Exit code 0 also when records were refused; 2 when a file cannot be read or
    written or the rulebook is bad.
    """
    if dead_letters is not None and _same(out, dead_letters):
        leave(UNUSABLE, "--out and --dead-letters name the same file")
    check_readable(events, "events")
    evaluator = evaluator_of(rulebook)
    from rules.records import encode  # numpy and numba
    from streams.assess import assess as assess_lines

    with (
        OutputFile(out, "decisions") as decisions,
        OutputFile(dead_letters or os.devnull, "dead letters") as refused,
    ):
        with progress() as report:
            assessment = assess_lines(
                lines_of(events), evaluator, lanes=lanes, learns=not no_model, progress=report
            )
        for lane in assessment.lanes:
            for record in lane.decisions:
                decisions.write(encode(record))
        _write_dead_letters(assessment, refused)
        decisions.publish()
        refused.publish()
    typer.echo(summary(assessment), err=True)


def _write_dead_letters(assessment: Assessment, refused: OutputFile) -> None:
    from features.inbound.deadletters import file_line

    for dead_letter in assessment.dead_letters:
        refused.write(file_line(dead_letter))


def _same(first: str, second: str) -> bool:
    if STANDARD in (first, second):
        return first == second
    place = Path(first).resolve()
    return place == Path(second).resolve() and (place.is_file() or not place.exists())


def summary(assessment: Assessment) -> str:
    """The counts, one a line."""
    from streams.story.tally import refusals, tally

    found = tally(record for lane in assessment.lanes for record in lane.decisions)
    lines = [
        f"records         {assessment.records}",
        f"alerts          {_counted(found.alerts)}",
        f"actions         {_counted(found.actions)}",
        f"dead letters    {_counted(refusals(assessment.dead_letters))}",
        f"duplicates      {sum(engine.duplicates for engine in assessment.engines)}",
        f"ignored fields  {assessment.extra_fields}",
        f"ignored results {sum(engine.desk.ignored_results for engine in assessment.engines)}",
    ]
    return "\n".join(lines)


def _counted(counts: dict[str, int]) -> str:
    parts = ", ".join(f"{name} {count}" for name, count in counts.items())
    total = sum(counts.values())
    return f"{total} ({parts})" if total else "0"
