"""`postloan models list|show|compare|promote|retire|card`: the registry, and the life of its models."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.configured import settings_given
from streams.cli.exits import MEND, UNREACHABLE, UNUSABLE, leave
from streams.cli.reach import check_kafka

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.registry import Entry
    from streams.models_report.running import RunningShelf
    from streams.models_report.shelf import Shelf

Folder = Annotated[
    str,
    typer.Option(
        "--registry",
        metavar="FOLDER",
        help="Where the models are registered: a folder, or `running` for the system that the settings name.",
    ),
]
Model = Annotated[
    str, typer.Argument(metavar="MODEL", help="Its id, or id@version; the newest version of an id.")
]
By = Annotated[str, typer.Option(metavar="PERSON", help="Who approves it.")]
FOLDER = "registry"
RUNNING = "running"


def shelf_of(folder: str) -> Shelf | RunningShelf:
    """Leaves with a message when the running system is meant and does not answer."""
    if folder == RUNNING:
        settings = settings_given()
        check_kafka(settings.kafka_bootstrap)
        from streams.models_report.running import RunningShelf
        from streams.worker.parts import names_of

        return RunningShelf(names_of(settings))
    from streams.models_report.shelf import Shelf  # river

    return Shelf(Path(folder))


@contextmanager
def refusals() -> Iterator[None]:
    """Leave with a message for what cannot be done: code 1 for a refused step, 2 for what is not there."""
    from models.registry import PromotionRefusedError
    from models.snapshot import SnapshotRefusedError
    from streams.ports.failures import UnreachableError, UnusableError

    try:
        yield
    except PromotionRefusedError as error:
        leave(MEND, f"refused: {error}")
    except UnreachableError as error:
        leave(UNREACHABLE, str(error))
    except UnusableError as error:
        leave(UNUSABLE, f"{error}; `postloan topics create` makes the topics")
    except LookupError as error:
        leave(UNUSABLE, str(error.args[0]))
    except (SnapshotRefusedError, ValueError) as error:
        leave(UNUSABLE, str(error))
    except OSError as error:
        leave(UNUSABLE, f"cannot use the registry: {error}")


def list_(
    *,
    registry: Folder = FOLDER,
    target: Annotated[str | None, typer.Option(help="Only of this target.")] = None,
) -> None:
    """List all models: stage, family, and figures on their labels."""
    with refusals():
        entries = [one for one in shelf_of(registry).registry().entries if target in (None, one.target)]
    if not entries:
        typer.echo(f"no model is registered in '{registry}'")
        return
    typer.echo(f"{'model':<34} {'target':<14} {'family':<12} {'stage':<11} {'AUC':>7} {'KS':>7} {'ECE':>7}")
    for entry in entries:
        found = entry.figures
        numbers = "" if found is None else f"{found.auc:>7.4f} {found.ks:>7.4f} {found.ece:>7.4f}"
        line = f"{entry.name:<34} {entry.target:<14} {entry.family:<12} {entry.stage:<11} {numbers}"
        typer.echo(line.rstrip())


def show(model: Model, *, registry: Folder = FOLDER) -> None:
    """Show a model's life, and what it still lacks for its next stage."""
    with refusals():
        held = shelf_of(registry).registry()
        entry = held.find(model)
        lacking = list(held.lacking(entry, "somebody"))
    typer.echo(f"{entry.name}: {entry.family} for {entry.target}, {entry.stage}")
    for change in entry.history:
        because = f": {change.because}" if change.because else ""
        typer.echo(f"  {_day(change.at_us)}  {change.stage:<10}  by {change.by}{because}")
    if entry.figures is not None:
        found = entry.figures
        psi = "not measured" if found.psi is None else f"{found.psi:.3f}"
        typer.echo(
            f"  on {found.count:,} labels of {found.labels}, {found.bads:,} bad: AUC {found.auc:.4f}, "
            f"KS {found.ks:.4f}, ECE {found.ece:.4f}, Brier {found.brier:.4f}, PSI of the score {psi}"
        )
    if entry.stage not in ("champion", "retired"):
        typer.echo("  lacks for the next stage: " + ("; ".join(lacking) or "nothing but a person's approval"))


def compare(first: Model, second: Model, *, registry: Folder = FOLDER) -> None:
    """Show the figures of two models side by side. Exit code 2 when they rest on different labels."""
    from models.registry import compared

    with refusals():
        held = shelf_of(registry).registry()
        entries = held.find(first), held.find(second)
        rows = compared(*entries)
    typer.echo(f"{'':<8} {entries[0].name:>30} {entries[1].name:>30}  difference")
    for name, (left, right) in rows:
        gap = "" if left is None or right is None else _gap(left, right)
        typer.echo(f"{name:<8} {_shown(left):>30} {_shown(right):>30}  {gap}".rstrip())


def promote(
    model: Model,
    *,
    by: By,
    because: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the record.")] = "",
    registry: Folder = FOLDER,
) -> None:
    """Take a model one stage on: draft, shadow, challenger, champion.

    Beyond shadow it needs figures that are good enough, and to become champion figures on the very labels of
    the present one that are no worse. Exit code 1 when refused, with every reason.
    """
    from streams.models_report.shelf import now_us

    with refusals():
        entry = shelf_of(registry).change(lambda held: held.promote(model, by, now_us(), because), model)
    typer.echo(f"{entry.name} is {entry.stage}")


def retire(
    model: Model,
    *,
    by: By,
    because: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the record.")],
    registry: Folder = FOLDER,
) -> None:
    """Take a model out of use. It stays in the registry with its card."""
    from streams.models_report.shelf import now_us

    with refusals():
        entry = shelf_of(registry).change(lambda held: held.retire(model, by, now_us(), because), model)
    typer.echo(f"{entry.name} is {entry.stage}")


def card(
    model: Model,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    registry: Folder = FOLDER,
) -> None:
    """Print a model's card: data, labels, features, figures, drift, known limits, history."""
    from models.cards import as_text

    with refusals():
        shelf = shelf_of(registry)
        found = shelf.card(_entry(shelf, model))
    typer.echo(found.to_json().decode() if as_json else as_text(found), nl=as_json)


def _entry(shelf: Shelf | RunningShelf, model: str) -> Entry:
    return shelf.registry().find(model)


def _day(at_us: int) -> str:
    return dt.datetime.fromtimestamp(at_us / 1e6, dt.UTC).strftime("%Y-%m-%d %H:%M")


def _gap(left: float, right: float) -> str:
    gap = left - right
    return f"{gap:+,}" if isinstance(gap, int) else f"{gap:+.4f}"


def _shown(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"
