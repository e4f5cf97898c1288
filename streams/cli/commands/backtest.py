"""`postloan backtest`: how good a rulebook's alerts and cuts would have been."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from streams.cli.files import check_readable, lines_of
from streams.cli.progress import progress
from streams.cli.rulebooks import evaluator_of


def backtest(
    *,
    events: Annotated[
        str, typer.Option(metavar="FILE", help="Input records, one JSON object a line; - is standard input.")
    ],
    rulebook: Annotated[
        str | None, typer.Option(metavar="FILE", help="Rules and policy; the default rulebook if left out.")
    ] = None,
    window: Annotated[int, typer.Option(metavar="DAYS", min=1, help="How far an alert looks ahead.")] = 180,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    lanes: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="Partitions.")] = 12,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Neither learn nor score: hard rules only.")
    ] = False,
) -> None:
    """Judge a log, and hold the decisions against what the same log tells later.

    Precision and recall of 60+ days past due, lead time to 30+, exposure saved, and harm: the share of cuts
    on holders who stayed clean, beside that of the control group.
    """
    check_readable(events, "events")
    evaluator = evaluator_of(rulebook)
    from streams.backtest.measure import as_json as report_of  # numpy and numba
    from streams.backtest.measure import backtest as tested
    from streams.backtest.words import told

    lines = list(lines_of(events))
    with progress() as report:
        found = report_of(
            tested(lines, evaluator, window=window, lanes=lanes, learns=not no_model, progress=report)
        )
    typer.echo(json.dumps(found, indent=2) if as_json else told(found))
