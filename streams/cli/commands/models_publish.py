"""`postloan models publish`: a model of a folder goes to the running system, as a draft."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from streams.cli.commands.models_life import FOLDER, RUNNING, By, Model, refusals, shelf_of
from streams.cli.exits import UNUSABLE, leave


def publish(
    model: Model,
    *,
    by: By,
    registry: Annotated[
        str, typer.Option("--registry", metavar="FOLDER", help="The folder that the model is registered in.")
    ] = FOLDER,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What it is called there; as in the folder if left out."),
    ] = None,
) -> None:
    """Hand a folder's model to the running system, with its figures and card.

    It enters as a draft and scores nothing; `promote --registry running` takes it on from there, and lanes
    follow without a restart. Its features must be those of the catalogue that models see. Exit code 1 when it
    lacks figures or lessons, 2 when lanes cannot score with it.
    """
    if registry == RUNNING:
        leave(UNUSABLE, "publish takes a model from a folder to the running system: name the folder")
    from streams.models_report.publishing import publication
    from streams.models_report.running import RunningShelf
    from streams.models_report.shelf import Shelf, now_us

    with refusals():
        shelf = Shelf(Path(registry))
        entry = shelf.registry().find(model)
        snapshot, registered = publication(shelf, entry, name, by=by, at_us=now_us())
        running = shelf_of(RUNNING)
        assert isinstance(running, RunningShelf)
        running.put(snapshot, registered)
    if snapshot.worst_band_pd > 1.0:
        typer.echo("note: it has no worst band; as champion of default it would hit nobody", err=True)
    typer.echo(
        f"{registered.entry.name} is a draft in the running system; "
        f"next: postloan models promote {registered.entry.name} --by PERSON --registry {RUNNING}"
    )
