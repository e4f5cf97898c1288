"""`postloan simulate`: a believable book as input records."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final

import typer

from streams.cli.exits import UNUSABLE, leave
from streams.cli.feed import send

_START: Final = "2025-01-01"


def simulate(
    *,
    cardholders: Annotated[int, typer.Option(metavar="N", min=1, help="How many cardholders.")] = 1000,
    months: Annotated[int, typer.Option(metavar="M", min=1, max=240, help="How many months.")] = 12,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Another seed gives another book.")] = 7,
    start: Annotated[str, typer.Option(metavar="DATE", help="First day of the first month.")] = _START,
    transactions: Annotated[
        float, typer.Option(metavar="X", help="Mean transactions a month of one cardholder.")
    ] = 20.0,
    ticks: Annotated[int, typer.Option(metavar="N", min=0, max=1440, help="Control ticks a day.")] = 1,
    to: Annotated[
        str, typer.Option(metavar="FILE", help="Where to: a file, - for standard output, or kafka.")
    ] = "-",
) -> None:
    """Write the records of an invented book.

    They come in order of arrival; the same options give the same bytes. With `--to kafka` the records go to
    their topics, keyed by cardholder, and control records to every partition.
    """
    from streams.simulator import simulate as records_of  # numpy

    try:
        first = dt.date.fromisoformat(start)
        records = records_of(cardholders, months, seed, first, transactions, ticks)
    except ValueError as error:
        leave(UNUSABLE, str(error))
    send(records, to)
