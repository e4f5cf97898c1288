"""`postloan checkpoints`: what a lost store would be rebuilt from."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.configured import settings_given
from streams.cli.examples import example
from streams.cli.exits import MEND, UNREACHABLE, UNUSABLE, leave
from streams.cli.progress import progress
from streams.cli.reach import check_kafka

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.assess import Progress
    from streams.checkpoint.depot import Depot, Kept
    from streams.checkpoint.writing import Written
    from streams.settings import Settings

group = typer.Typer(help="Look at the checkpoints of the lanes, and have some made.", no_args_is_help=True)

_LANE = Annotated[
    int | None, typer.Option("--lane", metavar="P", min=0, help="One lane only; all if left out.")
]
_JSON = Annotated[bool, typer.Option("--json", help="For programs.")]


@group.command(
    "list", epilog=example("postloan checkpoints list", "postloan checkpoints list --lane 3 --json")
)
def list_(*, lane: _LANE = None, as_json: _JSON = False) -> None:
    """List the checkpoints, newest first.

    Exit code 1 when there are none, 2 when POSTLOAN_CHECKPOINTS names no place, 3 when it cannot be reached.
    """
    settings = settings_given()
    found = [_told(number, kept) for number, kept in _all(_depot(settings), settings, lane)]
    _print(found, as_json=as_json)
    if not found:
        leave(MEND, f"there are no checkpoints in {settings.checkpoints}")


@group.command("verify", epilog=example("postloan checkpoints verify"))
def verify(*, lane: _LANE = None, as_json: _JSON = False) -> None:
    """Read checkpoints whole, and say which are damaged.

    Exit code 1 when one of them is, or there are none; 2 when POSTLOAN_CHECKPOINTS names no place; 3 when it
    cannot be reached.
    """
    from streams.checkpoint.form import CheckpointError  # msgspec

    settings = settings_given()
    depot = _depot(settings)
    kept = list(_all(depot, settings, lane))
    found = []
    with progress({"verify": "reading checkpoints"}) as report:
        for done, (number, one) in enumerate(kept, 1):
            try:
                rows = len(depot.read(one, number).rows)
                found.append(_told(number, one) | {"rows": rows, "damaged": None})
            except CheckpointError as error:
                found.append(_told(number, one) | {"rows": None, "damaged": str(error)})
            except OSError as error:
                leave(UNREACHABLE, f"{settings.checkpoints}: {error}")
            report("verify", done, len(kept))
    _print(found, as_json=as_json)
    if not found:
        leave(MEND, f"there are no checkpoints in {settings.checkpoints}")
    damaged = sum(one["damaged"] is not None for one in found)
    if damaged:
        leave(MEND, f"{damaged} of {len(found)} checkpoints are damaged; lanes pass over these")


@group.command(
    "write", epilog=example("postloan checkpoints write", "postloan checkpoints write --lane 3 --wait 60")
)
def write(
    *,
    lane: _LANE = None,
    wait: Annotated[
        float, typer.Option("--wait", metavar="SECONDS", min=0, help="Give up after so long.")
    ] = 600.0,
    as_json: _JSON = False,
) -> None:
    """Have a checkpoint made of each lane as it is now, or later.

    A lane that stands still is copied from Redis, whether a worker has it or not; one that moves is left to
    its owner, who takes it beside its work. No lane is disturbed. A lane of which nothing was taken yet needs
    none. As many are kept as POSTLOAN_CHECKPOINT_KEEP says.

    Exit code 1 when a lane has none of its present state in time: the message says why; 2 when
    POSTLOAN_CHECKPOINTS names no place; 3 when that, Kafka or Redis cannot be reached.
    """
    settings = settings_given()
    depot = _depot(settings)
    lanes = _lanes(settings, lane)
    check_kafka(settings.kafka_bootstrap)
    from streams.ports.failures import UnreachableError, UnusableError

    try:
        with progress({"write": "lanes with a checkpoint"}) as report:
            found = asyncio.run(_written(settings, depot, lanes, wait, report))
    except UnreachableError as error:
        leave(UNREACHABLE, str(error))
    except UnusableError as error:
        leave(UNUSABLE, str(error))
    except OSError as error:
        leave(UNREACHABLE, f"{settings.checkpoints}: {error}")
    if as_json:
        bare: dict[str, Any] = {"batch": None, "chain": None, "bytes": None}
        told = [{"lane": one.lane, "how": one.how} | (bare | _shown(one)) for one in found]
        typer.echo(json.dumps(told, indent=2))
    else:
        for one in found:
            batch = "" if one.kept is None else f"batch {one.kept.batch:>10,}  {one.kept.size:>14,} bytes  "
            typer.echo(f"lane {one.lane:>3}  {batch}{one.how}")
    missing = sum(one.missing for one in found)
    if missing:
        leave(MEND, f"{missing} of {len(found)} lanes have no checkpoint of their present state")


def _shown(one: Written) -> dict[str, Any]:
    return {} if one.kept is None else _told(one.lane, one.kept)


async def _written(
    settings: Settings, depot: Depot, lanes: Sequence[int], wait: float, report: Progress
) -> list[Written]:
    from streams.checkpoint.writing import Writing
    from streams.worker.parts import make_log, make_store, make_view

    view, store = make_view(settings), make_store(settings)
    try:
        writing = Writing(depot, view, store, make_log(settings), keep=settings.checkpoint_keep)
        return await writing.write(lanes, wait, report)
    finally:
        view.close()
        await store.close()


def _depot(settings: Settings) -> Depot:
    from streams.checkpoint.depot import depot_of  # fsspec
    from streams.ports.failures import UnusableError

    try:
        depot = depot_of(settings)
    except UnusableError as error:
        leave(UNUSABLE, str(error))
    if depot is None:
        leave(UNUSABLE, "no place for checkpoints is set: POSTLOAN_CHECKPOINTS names a folder or a URL")
    return depot


def _lanes(settings: Settings, lane: int | None) -> Sequence[int]:
    """Those asked for. Leaves with a message if there is no such lane."""
    if lane is not None and lane >= settings.lanes:
        leave(UNUSABLE, f"--lane: there are the lanes 0 to {settings.lanes - 1}, not {lane}")
    return range(settings.lanes) if lane is None else (lane,)


def _all(depot: Depot, settings: Settings, lane: int | None) -> Iterator[tuple[int, Kept]]:
    for number in _lanes(settings, lane):
        try:
            yield from ((number, kept) for kept in depot.kept(number))
        except OSError as error:
            leave(UNREACHABLE, f"{settings.checkpoints}: {error}")


def _told(lane: int, kept: Kept) -> dict[str, Any]:
    return {"lane": lane, "batch": kept.batch, "chain": kept.chain, "bytes": kept.size}


def _print(found: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for one in found:
        rows = f"  {one['rows']:>10,} rows" if one.get("rows") is not None else ""
        damaged = f"  damaged: {one['damaged']}" if one.get("damaged") else ""
        typer.echo(
            f"lane {one['lane']:>3}  batch {one['batch']:>10,}  {one['bytes']:>14,} bytes{rows}{damaged}"
        )
