"""`postloan demo`: a book of invented cardholders through the whole pipeline, without any server."""

from __future__ import annotations

import datetime as dt
import time
from typing import Annotated, Final

import typer

from streams.cli.progress import progress
from streams.cli.rulebooks import evaluator_of

START: Final = dt.date(2025, 1, 1)
CARDHOLDERS: Final = 800
MONTHS: Final = 18
SEED: Final = 7


def demo(
    *,
    cardholders: Annotated[
        int, typer.Option(metavar="N", min=1, max=1_000_000, help="How many cardholders.")
    ] = CARDHOLDERS,
    months: Annotated[int, typer.Option(metavar="M", min=1, max=240, help="How many months.")] = MONTHS,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Another seed gives another book.")] = SEED,
    rulebook: Annotated[
        str | None, typer.Option(metavar="FILE", help="Rules and policy; the default rulebook if left out.")
    ] = None,
) -> None:
    """Watch an invented book for some months.

    Simulates cardholders, judges them day by day, plays the bank that answers, and shows what came of it.
    Needs no server and takes under a minute. The same seed gives the same picture.
    """
    evaluator = evaluator_of(rulebook)
    began = time.monotonic()
    with progress({"start": "compiling", "play": "days judged"}) as report:
        report("start", 0, 0)
        from streams.demo.play import play  # numpy and numba

        played = play(evaluator, cardholders, months, seed, START, report)
    took = time.monotonic() - began
    from streams.cli.screens.console import show  # rich
    from streams.cli.screens.demo import picture

    title = f"postloan demo: {cardholders:,} cardholders, {months} months from {START}, seed {seed}"
    show(picture(played, evaluator.book, title))
    typer.echo(f"took {took:.0f} s", err=True)
