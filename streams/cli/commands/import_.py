"""`postloan import`: public data as input records."""

from __future__ import annotations

from typing import Annotated

import typer

from streams.cli.examples import example
from streams.cli.feed import send
from streams.cli.taiwan_file import taiwan_records_of

group = typer.Typer(help="Turn public data sets into input records.", no_args_is_help=True)


@group.command(
    "taiwan", epilog=example("postloan import taiwan taiwan-credit-default.csv.gz --to events.jsonl")
)
def taiwan(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The data set as csv or csv.gz.")],
    *,
    to: Annotated[
        str, typer.Option(metavar="FILE", help="Where to: a file, - for standard output, or kafka.")
    ] = "-",
) -> None:
    """Write 30,000 real cardholders as records.

    "Default of credit card clients" (UCI), Taiwan 2005, in order of time: limits, statements, payments, and
    who defaulted. docs/taiwan.md tells what had to be assumed. Exit code 2 when the file cannot be read,
    with row and column.
    """
    send(taiwan_records_of(file), to)
