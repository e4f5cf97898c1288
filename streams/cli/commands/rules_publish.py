"""`postloan rules publish`: every lane takes a rulebook up at its next batch; nothing is released."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from streams.cli.configured import settings_given
from streams.cli.exits import MEND, UNREACHABLE, UNUSABLE, leave
from streams.cli.files import text_of
from streams.cli.reach import check_kafka

if TYPE_CHECKING:
    from rules.rulebook import Reading
    from streams.adapters.kafka_log import KafkaNames

_BY: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


def publish(
    file: Annotated[str | None, typer.Argument(metavar="[FILE]", help="A rulebook.")] = None,
    *,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who answers for it.")],
    again: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Go back to a published version, instead of FILE.")
    ] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="Why, for the history.")] = None,
) -> None:
    """Put a rulebook in force, if `rules check` finds nothing wrong with it.

    Exit code 1 when it is refused: it contradicts itself, an example fails, or its version was published with
    another text; 2 when it cannot be read; 3 when Kafka does not answer.
    """
    if (file is None) == (again is None):
        leave(UNUSABLE, "name either FILE or --again VERSION")
    if _BY.fullmatch(by) is None:
        leave(UNUSABLE, f"--by: {by!r} is not 1 to 64 characters of A-Z a-z 0-9 _ - . :")
    reading, text = (None, "") if file is None else _checked(text_of(file, "rulebook"), file)
    settings = settings_given()
    check_kafka(settings.kafka_bootstrap)
    from streams.adapters.kafka_log import KafkaNames  # slow
    from streams.ports.failures import UnreachableError, UnusableError

    names = KafkaNames(settings.kafka_bootstrap, settings.topic_prefix, settings.group)
    try:
        told = asyncio.run(_publish(names, reading, text, by=by, again=again, note=note))
    except UnreachableError as error:
        leave(UNREACHABLE, str(error))
    except UnusableError as error:
        leave(UNUSABLE, f"{error}; `postloan topics create` makes the topics")
    typer.echo(told)


def _checked(text: str, name: str) -> tuple[Reading, str]:
    from rules.rulebook import ContradictionError, RulebookError  # pydantic
    from streams.rulebook.publishing import PublishingRefusedError, checked  # numba

    try:
        return checked(text, name), text
    except (ContradictionError, PublishingRefusedError) as error:
        leave(MEND, f"refused, nothing was published:\n{error}")
    except RulebookError as error:
        leave(UNUSABLE, f"cannot use the rulebook:\n{error}")


async def _publish(
    names: KafkaNames, reading: Reading | None, text: str, *, by: str, again: str | None, note: str | None
) -> str:
    from streams.adapters.kafka_rulebooks import read_shelf, write
    from streams.rulebook.publishing import PublishingRefusedError, records_of

    shelf = await read_shelf(names)
    if reading is None:
        known = shelf.text_of(again or "")
        if known is None:
            leave(UNUSABLE, f"version {again} was never published; `postloan rules history` lists all")
        reading, text = _checked(known, f"{again}")
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    try:
        records = records_of(shelf, reading, text, by=by, at=at, note=note)
    except PublishingRefusedError as error:
        leave(MEND, f"refused, nothing was published: {error}")
    version = reading.book.version
    if not records:
        return f"{version} is in force already"
    before = shelf.in_force
    await write(names, records)
    return f"{version} is in force" + ("" if before is None else f", in place of {before.version}")
