"""`postloan rules check`: is a rulebook sound, and do its examples come out?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.exits import MEND, UNUSABLE
from streams.cli.files import text_of

if TYPE_CHECKING:
    from rules.rulebook import Reading


def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A rulebook.")],
) -> None:
    """Check a rulebook: names, types, contradictions, steps that never apply, and its own examples.

    Each problem is one line, FILE:LINE:COLUMN: PART: WHY. Exit code 0 when all is well; 1 when the file can
    be read but contradicts itself or an example fails; 2 when it cannot be read or names what does not exist.
    """
    from rules.rulebook import ContradictionError, Reading, RulebookError  # pydantic

    text = text_of(file, "rulebook")
    try:
        reading = Reading(text, file)
    except ContradictionError as error:
        typer.echo(str(error))
        raise typer.Exit(MEND) from None
    except RulebookError as error:
        typer.echo(str(error))
        raise typer.Exit(UNUSABLE) from None
    raise typer.Exit(_told(reading))


def _told(reading: Reading) -> int:
    from rules.contradictions import doubts
    from rules.trial import try_examples  # numba

    trial = try_examples(reading.book)
    for failure in trial.failures:
        typer.echo(reading.tell(failure.path, failure.message))
    for path, why in doubts(reading.book):
        typer.echo(f"{reading.tell(path, why)} (not refused)")
    book = reading.book
    if trial.failures:
        typer.echo(f"{len(trial.failures)} of {trial.count} examples fail")
        return MEND
    lacking = [rule.id for rule in book.rules if not rule.cases]
    bare = f"; without an example: {', '.join(lacking)}" if lacking else ""
    typer.echo(f"{book.version}: {len(book.rules)} rules, {trial.count} examples, all well{bare}")
    return 0
