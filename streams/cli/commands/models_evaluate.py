"""`postloan models evaluate`: every family over a data set of any bank."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.exits import UNUSABLE, leave
from streams.cli.files import OutputFile, check_readable, text_of
from streams.cli.progress import progress

if TYPE_CHECKING:
    from streams.models_report.evaluate import Evaluation
    from streams.models_report.table import Table


def evaluate(
    file: Annotated[str, typer.Argument(metavar="DATA", help="A csv or csv.gz file with a header.")],
    *,
    mapping: Annotated[
        str, typer.Option(metavar="FILE", help="What its columns mean, as YAML (docs/models.md).")
    ],
    family: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this family; may be repeated.")
    ] = None,
    shuffles: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=100, help="Orders that figures are means of; 1 to 10 by size."),
    ] = None,
    out: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write the figures as JSON too.")
    ] = None,
    registry: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Register the taught models there, as drafts.")
    ] = None,
    target: Annotated[
        str, typer.Option(metavar="NAME", help="What bad means, in the names of registered models.")
    ] = "default",
) -> None:
    """Predict, then learn, row by row; measured after the first third, beside batch logistic regression.

    batch_logistic is made anew from all rows before each fifteenth, batch_logistic_folds in five folds; both
    see the same bins. Exit code 2 when the file or its mapping cannot be used, with the place.
    """
    check_readable(file, "data set")
    from streams.models_report.evaluate import DEFAULT  # river
    from streams.models_report.evaluate import evaluate as measure
    from streams.models_report.mapping import MappingError, read_mapping
    from streams.models_report.table import read_table

    families = tuple(family or DEFAULT)
    _check_families(families)
    try:
        told = read_mapping(text_of(mapping, "mapping"), mapping)
        table = read_table(Path(file), told)
        with progress({"teach": "teaching models"}) as report:
            found = measure(table, families, shuffles=shuffles, in_order=told.in_order, told=report)
    except (MappingError, ValueError) as error:
        leave(UNUSABLE, str(error))
    typer.echo(_summary(table, found))
    if out is not None:
        _write_figures(out, Path(file).name, table, found)
    if registry is not None:
        _register(registry, table, found, families, Path(file).name, target)


def _check_families(families: tuple[str, ...]) -> None:
    from models.families import FAMILIES

    for name in families:
        if name not in FAMILIES:
            leave(UNUSABLE, f"there is no family '{name}'; there are {', '.join(FAMILIES)}")


def _summary(table: Table, found: Evaluation) -> str:
    unknown = sum(int(count) for count in (table.rows != table.rows).sum(axis=0))
    size = f"{len(table.labels):,} rows, {table.labels.mean():.1%} bad, {len(table.names)} features"
    lines = [f"{size} ({len(table.categories)} of them categories), {unknown:,} unknown values"]
    lines += [f"note: {note}" for note in table.notes]
    batch = found.figures["batch_logistic"]["auc"]
    lines += ["", f"{'model':<22} {'AUC':>7} {'KS':>7} {'ECE':>7} {'Brier':>7}  AUC against batch_logistic"]
    for name, figures in sorted(found.figures.items(), key=lambda item: -item[1]["auc"]):
        gap = "" if name.startswith("batch") else f"{figures['auc'] - batch:+.4f}"
        numbers = " ".join(f"{figures[figure]:>7.4f}" for figure in ("auc", "ks", "ece", "brier"))
        lines.append(f"{name:<22} {numbers}  {gap}".rstrip())
    strongest = ", ".join(f"{name} {value:.3f}" for name, value in list(found.iv.items())[:8])
    return "\n".join([*lines, "", f"information value: {strongest}"])


def _write_figures(out: str, source: str, table: Table, found: Evaluation) -> None:
    figures = {
        name: {figure: round(value, 6) for figure, value in each.items()}
        for name, each in found.figures.items()
    }
    body = {
        "data": source,
        "rows": len(table.labels),
        "bad_rate": round(float(table.labels.mean()), 6),
        "features": len(table.names),
        "notes": list(table.notes),
        "models": figures,
        "information_value": {name: round(value, 6) for name, value in found.iv.items()},
    }
    with OutputFile(out, "figures") as file:
        file.write(json.dumps(body, indent=2, ensure_ascii=False).encode())
        file.publish()


def _register(
    folder: str, table: Table, found: Evaluation, families: tuple[str, ...], source: str, target: str
) -> None:
    from streams.models_report.registering import register
    from streams.models_report.shelf import Shelf

    try:
        entries = register(
            Shelf(Path(folder)), table, found, families, source=source, target=target, by="models evaluate"
        )
    except (OSError, ValueError) as error:
        leave(UNUSABLE, f"cannot register in '{folder}': {error}")
    typer.echo("\nregistered as drafts: " + ", ".join(entry.name for entry in entries))
