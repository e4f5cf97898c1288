"""`postloan models rules|points`: what people take away from a model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.commands.models_life import FOLDER, Folder, refusals, shelf_of
from streams.cli.exits import UNUSABLE, leave
from streams.cli.files import STANDARD, OutputFile

if TYPE_CHECKING:
    from models.families import AnySnapshot

Named = Annotated[str, typer.Argument(metavar="MODEL", help="Its id, id@version, or the file of a snapshot.")]


def rules(
    model: Named,
    *,
    max_depth: Annotated[
        int, typer.Option(metavar="N", min=1, max=12, help="Conditions on a path, at most.")
    ] = 4,
    min_lift: Annotated[
        float, typer.Option(metavar="X", min=1.0, help="Bad rate over that of the book, at least.")
    ] = 2.0,
    min_cases: Annotated[
        int, typer.Option(metavar="N", min=1, help="Lessons a path must rest on, at least.")
    ] = 50,
    out: Annotated[str, typer.Option(metavar="FILE", help="Where to; - is standard output.")] = STANDARD,
    registry: Folder = FOLDER,
) -> None:
    """Write a tree's bad leaves as a rulebook in shadow, worst first, with support and bad rate.

    `postloan rules check` accepts it if the model learned features of the catalogue. Exit code 2 for a model
    without trees, 1 when no leaf is bad enough.
    """
    snapshot = _snapshot(model, registry)
    import yaml

    from features.catalogue import COLUMN
    from models.treerules import bad_leaves
    from streams.models_report.fragment import fragment

    with refusals():
        leaves = bad_leaves(snapshot, max_depth=max_depth, min_lift=min_lift, min_cases=min_cases)
    if not leaves:
        leave(1, f"{snapshot.model_id} has no leaf of {min_cases} cases with {min_lift:g} times the bad rate")
    foreign = sorted({bound.feature for leaf in leaves for bound in leaf.bounds} - set(COLUMN))
    if foreign:
        typer.echo(
            f"postloan: not in the catalogue, so no rule may read them: {', '.join(foreign)}", err=True
        )
    policy: dict[str, Any] = yaml.safe_load(_default_rulebook())["policy"]
    text = fragment(leaves, model=snapshot.model_id, version=snapshot.version, policy=policy)
    with OutputFile(out, "rules") as file:
        file.write(text.rstrip("\n").encode())
        file.publish()


def points(
    model: Named,
    *,
    features: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Only the N with the highest information value.")
    ] = None,
    registry: Folder = FOLDER,
) -> None:
    """Print a scorecard as the table a credit officer knows: attributes, bad rates, points.

    A cardholder's points are the sum over all features; 600 at odds of 50:1, 20 more double them. Exit code 2
    for a model that is no scorecard.
    """
    snapshot = _snapshot(model, registry)
    from models.families.blend import BlendSnapshot
    from models.families.snapshot import CardSnapshot
    from models.points import Points, as_text, scale_as_text

    if isinstance(snapshot, BlendSnapshot):
        snapshot = next(card for card in snapshot.cards if card.kind == "scorecard")
    if not isinstance(snapshot, CardSnapshot):
        leave(UNUSABLE, f"{snapshot.model_id} is no scorecard")
    with refusals():
        scorecard = Points(snapshot)
        typer.echo(as_text(scorecard.attributes(), most=features))
        typer.echo(f"\n{scale_as_text(scorecard)}")


def _snapshot(model: str, registry: str) -> AnySnapshot:
    with refusals():
        if Path(model).is_file():
            from models.families import read  # river

            return read(Path(model).read_bytes())
        shelf = shelf_of(registry)
        return shelf.snapshot(shelf.registry().find(model))


def _default_rulebook() -> str:
    from importlib.resources import files

    return files("rules").joinpath("default.yaml").read_text(encoding="utf-8")
