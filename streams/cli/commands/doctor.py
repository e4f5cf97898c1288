"""`postloan doctor`: is everything there that a worker needs?"""

from __future__ import annotations

import typer

from streams.cli.configured import settings_given
from streams.cli.exits import MEND


def doctor() -> None:
    """Check Kafka, Redis, topics and libraries.

    Says for each fault what to mend. Changes nothing. Exit code 1 when something must be mended.
    """
    from streams.cli.checks import kafka_findings, library_findings, redis_findings  # slow

    settings = settings_given()
    faults = 0
    for findings in (library_findings(), kafka_findings(settings), redis_findings(settings)):
        for finding in findings:
            faults += bool(finding.mend)
            mark = typer.style("mend", fg="red") if finding.mend else typer.style("ok", fg="green") + "  "
            typer.echo(f"{mark}  {finding.what:<28}  {finding.found}")
            if finding.mend:
                typer.echo(f"      {'':<28}  -> {finding.mend}")
    typer.echo(f"\n{faults or 'nothing'} to mend")
    if faults:
        raise typer.Exit(MEND)
