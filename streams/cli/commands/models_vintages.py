"""`postloan models vintages`: the share that turned bad, by months on book and opening."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer

from streams.cli.exits import UNUSABLE, leave
from streams.cli.files import check_readable, lines_of
from streams.cli.progress import progress


def vintages(
    *,
    events: Annotated[
        str, typer.Option(metavar="FILE", help="Input records, one JSON object a line; - is standard input.")
    ],
    by: Annotated[Literal["quarter", "month"], typer.Option(help="Accounts opened in one.")] = "quarter",
    dpd: Annotated[
        int, typer.Option(metavar="DAYS", min=1, max=360, help="Days past due from which on it is bad.")
    ] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Vintage curves: the share of accounts that was bad by each month on book, by when they were opened.

    Each month counts accounts that the log shows all through it and that were not bad before. Exit code 2
    when the log cannot be read, or tells of no account when it was opened (`opened_on`).
    """
    check_readable(events, "events")
    from streams.backtest.vintages import report, told  # numpy

    lines = []
    with progress() as tell:
        for line in lines_of(events):
            lines.append(line)
            if len(lines) % 50_000 == 0:
                tell("read", len(lines), 0)
    found = report(lines, by=by, days_past_due=dpd)
    if not found["accounts"]:
        leave(UNUSABLE, "the log tells of no account when it was opened: account_updated lacks opened_on")
    typer.echo(json.dumps(found, indent=2) if as_json else told(found))
