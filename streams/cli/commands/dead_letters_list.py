"""`postloan dead-letters list`: which records were refused, and why."""

from __future__ import annotations

import json
from collections import Counter, deque
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.dead_letters import Codes, Partition, Since, Topics, answer, chosen, reachable

if TYPE_CHECKING:
    from streams.adapters.kafka_log import KafkaNames
    from streams.dead_letters.chosen import Chosen
    from streams.dead_letters.letter import Place, StoredLetter


def list_(
    *,
    code: Codes = None,
    topic: Topics = None,
    partition: Partition = None,
    since: Since = None,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="No more than so many of each lane, the newest; 0: all.")
    ] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
) -> None:
    """List dead letters by lane, oldest first.

    The first column is the place in the dead-letters topic, by which show and retry find one. Counts go to
    standard error. Exit code 2 when there is no such topic, 3 when Kafka does not answer.
    """
    settings, names = reachable()
    wanted = chosen(settings, code, topic, partition, since)
    shown, counts, done = answer(_read(names, settings.lanes, wanted, limit))
    from streams.dead_letters.told import HEADING, fields, line

    if not as_json and shown:
        typer.echo(HEADING)
    for letter in shown:
        known = letter.place in done
        typer.echo(
            json.dumps(fields(letter, retried=known, whole=False), ensure_ascii=False)
            if as_json
            else line(letter, retried=known)
        )
    total = sum(counts.values())
    by_code = ", ".join(f"{name or '(none)'} {count:,}" for name, count in counts.most_common())
    left_out = f"; {total - len(shown):,} older ones are not shown" if total > len(shown) else ""
    typer.echo(f"{total:,} dead letters{f' ({by_code})' if by_code else ''}{left_out}", err=True)


async def _read(
    names: KafkaNames, lanes: int, wanted: Chosen, limit: int
) -> tuple[list[StoredLetter], Counter[str], set[Place]]:
    from streams.dead_letters.reading import read_letters, retried

    newest: dict[int, deque[StoredLetter]] = {}
    counts: Counter[str] = Counter()
    async for letter in read_letters(names, lanes, partition=wanted.partition, since_ms=wanted.since_ms):
        if letter in wanted:
            lane = newest.setdefault(letter.place.partition, deque(maxlen=limit or None))
            lane.append(letter.without_value())
            counts[letter.code] += 1
    shown = [letter for lane in sorted(newest) for letter in newest[lane]]
    return shown, counts, await retried(names)
