"""`postloan cardholder`: what the monitor knows of one cardholder."""

from __future__ import annotations

from typing import Annotated

import typer

from streams.cli.configured import settings_given
from streams.cli.examples import example
from streams.cli.exits import MEND, UNREACHABLE, leave
from streams.cli.rulebooks import evaluator_of

group = typer.Typer(help="Look at one cardholder.", no_args_is_help=True)


@group.command("show", epilog=example("postloan cardholder show ch-0000042"))
def show(cardholder: Annotated[str, typer.Argument(metavar="ID", help="The cardholder's id.")]) -> None:
    """Show state and features of a cardholder.

    As of the lane's date, read from Redis. Exit code 1 when nothing is known of the cardholder, 3 when
    Redis does not answer.
    """
    from streams.partition import lane_of
    from streams.ports.failures import UnreachableError
    from streams.story.portrait import portrait  # numpy, numba
    from streams.worker.parts import make_view  # redis

    settings = settings_given()
    lane = lane_of(cardholder, settings.lanes)
    try:
        view = make_view(settings)
        try:
            state, row = view.cardholder(lane, cardholder)
        finally:
            view.close()
    except UnreachableError as error:
        leave(UNREACHABLE, f"{settings.shown_redis_url}: {error}")
    if row is None or state is None:
        leave(MEND, f"nothing is known of '{cardholder}' in lane {lane}")
    evaluator = evaluator_of(None if settings.rulebook is None else str(settings.rulebook))
    typer.echo(portrait(cardholder, lane, state, row, evaluator))
