"""`postloan rules history`: which rulebook was put in force when, and by whom."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.configured import settings_given
from streams.cli.exits import MEND, UNREACHABLE, UNUSABLE, leave
from streams.cli.reach import check_kafka

if TYPE_CHECKING:
    from streams.rulebook.shelf import Publication, Shelf


def history(
    *,
    show: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Print the text of a version instead.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List all publications, oldest first; the last one is in force.

    Exit code 1 when nothing was published or there is no such version, 3 when Kafka does not answer.
    """
    shelf = _shelf()
    if show is not None:
        text = shelf.text_of(show)
        if text is None:
            leave(MEND, f"version {show} was never published")
        typer.echo(text, nl=False)
        return
    if as_json:
        import msgspec  # slow

        typer.echo(json.dumps([msgspec.to_builtins(one) for one in shelf.publications], indent=2))
    elif not shelf.publications:
        leave(MEND, "nothing was published yet; each worker judges by the rulebook of its settings")
    else:
        in_force = shelf.in_force
        for one in shelf.publications:
            typer.echo(_line(one, in_force=one is in_force))


def _line(one: Publication, *, in_force: bool) -> str:
    note = f"  {one.note}" if one.note else ""
    return (
        f"{one.at[:19]}Z  {one.version:<20}  {one.digest[:12]}  {one.by:<20}"
        f"{'  in force' if in_force else ''}{note}".rstrip()
    )


def _shelf() -> Shelf:
    settings = settings_given()
    check_kafka(settings.kafka_bootstrap)
    from streams.adapters.kafka_log import KafkaNames  # slow
    from streams.adapters.kafka_rulebooks import read_shelf
    from streams.ports.failures import UnreachableError, UnusableError

    names = KafkaNames(settings.kafka_bootstrap, settings.topic_prefix, settings.group)
    try:
        return asyncio.run(read_shelf(names))
    except UnreachableError as error:
        leave(UNREACHABLE, str(error))
    except UnusableError as error:
        leave(UNUSABLE, f"{error}; `postloan topics create` makes the topics")
