"""`postloan dead-letters show`: one refused record, with its key and value as they are stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.dead_letters import answer, reachable
from streams.cli.exits import MEND, UNUSABLE, leave

if TYPE_CHECKING:
    from streams.adapters.kafka_log import KafkaNames
    from streams.dead_letters.letter import Place, StoredLetter


def show(
    place: Annotated[str, typer.Argument(metavar="PARTITION:OFFSET", help="As `list` shows it.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
) -> None:
    """Show one dead letter as it is stored: card numbers are masked.

    Exit code 1 when none is there, 2 when it is no place, 3 when Kafka does not answer.
    """
    from streams.dead_letters.letter import Place

    try:
        wanted = Place.read(place)
    except ValueError as error:
        leave(UNUSABLE, str(error))
    settings, names = reachable()
    letter, retried = answer(_read(names, settings.lanes, wanted))
    if letter is None:
        leave(MEND, f"there is no dead letter at {place}")
    from streams.dead_letters.told import fields

    told = fields(letter, retried=retried, whole=True)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, value in told.items():
        if isinstance(value, bool):
            typer.echo(f"{name:<17} {'yes' if value else 'no'}")
        else:
            typer.echo(f"{name:<17} {'(null)' if value is None else value}")


async def _read(names: KafkaNames, lanes: int, place: Place) -> tuple[StoredLetter | None, bool]:
    from streams.dead_letters.reading import letter_at, retried

    letter = await letter_at(names, lanes, place)
    return letter, letter is not None and place in await retried(names)
