"""`postloan dead-letters retry`: send refused records to their topics again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Final

import typer

from streams.cli.dead_letters import Codes, Partition, Since, Topics, answer, chosen, reachable
from streams.cli.exits import MEND, UNUSABLE, leave

if TYPE_CHECKING:
    from streams.adapters.kafka_log import KafkaNames
    from streams.dead_letters.chosen import Chosen
    from streams.dead_letters.letter import Place, StoredLetter
    from streams.dead_letters.retrying import Sorted

SHOWN_REFUSALS: Final = 20
MOST_BYTES: Final = 512 * 1024 * 1024
"""They are held in memory until they are sent."""


def retry(
    places: Annotated[
        list[str] | None, typer.Argument(metavar="PARTITION:OFFSET", help="As `list` shows them.")
    ] = None,
    *,
    code: Codes = None,
    topic: Topics = None,
    partition: Partition = None,
    since: Since = None,
    everything: Annotated[bool, typer.Option("--all", help="All dead letters there are.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; else only say what would be done.")] = False,
) -> None:
    """Send dead letters to their source topics again, with their keys, each once.

    Those named by their places, or those that the options choose. They are judged anew by all checks: what
    was refused for what it says is refused again, unless the checks have changed. A record in which a card
    number was masked is not what it was and cannot be sent again. One that was sent again before is passed
    over. Exit code 1 when some cannot be sent, 2 when none is chosen, 3 when Kafka does not answer.
    """
    named = _places(places or [])
    settings, names = reachable()
    wanted = chosen(settings, code, topic, partition, since)
    if named and not wanted.everything:
        leave(UNUSABLE, "name places, or choose by options, not both")
    if not named and wanted.everything and not everything:
        leave(UNUSABLE, "which ones? name places, choose by options, or say --all")
    found, missing = answer(_sorted(names, named, wanted, settings.lanes))
    for place in missing:
        typer.echo(f"{place}  there is no dead letter", err=True)
    for letter, why in found.refused[:SHOWN_REFUSALS]:
        typer.echo(f"{letter.place}  cannot be sent again: {why}", err=True)
    sent = before = 0
    if yes and found.ready:
        sent, before = answer(_send(names, found))
    done = "sent again" if yes else "would be sent again (--yes does it)"
    typer.echo(f"{done}: {sent if yes else len(found.ready):,}")
    for target, count in sorted(Counter(letter.source_topic for letter in found.ready).items()):
        typer.echo(f"  {target}: {count:,}")
    typer.echo(f"sent again before: {len(found.before) + before:,}")
    typer.echo(f"cannot be sent again: {len(found.refused) + len(missing):,}")
    if not (found.ready or found.before or found.refused or missing):
        leave(UNUSABLE, "there is no dead letter of that kind")
    if found.refused or missing:
        raise typer.Exit(MEND)


def _places(texts: list[str]) -> list[Place]:
    from streams.dead_letters.letter import Place

    try:
        return sorted({Place.read(text) for text in texts})
    except ValueError as error:
        leave(UNUSABLE, str(error))


async def _sorted(
    names: KafkaNames, named: list[Place], wanted: Chosen, lanes: int
) -> tuple[Sorted, list[Place]]:
    from streams.dead_letters.reading import letter_at, read_letters, retried
    from streams.dead_letters.retrying import sort_out

    missing: list[Place] = []
    letters: list[StoredLetter] = []
    size = 0
    if named:
        for place in named:
            letter = await letter_at(names, lanes, place)
            if letter is None:
                missing.append(place)
            else:
                letters.append(letter)
    else:
        async for letter in read_letters(names, lanes, partition=wanted.partition, since_ms=wanted.since_ms):
            if letter in wanted:
                letters.append(letter)
                size += letter.size or 0
                if size > MOST_BYTES:
                    leave(UNUSABLE, "too many at once: choose fewer, by --partition or --since")
    return sort_out(letters, await retried(names), names, lanes), missing


async def _send(names: KafkaNames, found: Sorted) -> tuple[int, int]:
    from streams.dead_letters.retrying import retry as send_again

    total = len(found.ready)
    return await send_again(names, found.ready, lambda sent: typer.echo(f"{sent:,} of {total:,}", err=True))
