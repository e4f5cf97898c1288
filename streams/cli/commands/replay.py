"""`postloan replay`: does a lane still give what it gave?"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.beginning import FromStart, say
from streams.cli.configured import settings_given
from streams.cli.exits import MEND, UNREACHABLE, UNUSABLE, leave
from streams.cli.progress import progress
from streams.cli.reach import check_kafka

if TYPE_CHECKING:
    from streams.assess import Progress
    from streams.replay.comparison import Comparison
    from streams.settings import Settings


def replay(
    *,
    lane: Annotated[int, typer.Option(metavar="P", min=0, help="The lane: a partition of the input topics.")],
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="PLACE", help="Compare from here on; the beginning if left out."),
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="PLACE", help="Stop here; the end if left out.")
    ] = None,
    from_start: FromStart = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Run a lane again along its journal, and compare batch by batch with what it gave then.

    Reads Kafka beside the workers and disturbs none of them; needs the settings of the workers. A PLACE is
    the number of a batch, TOPIC:OFFSET (the batch that took this record), or a time of the lane such as
    2024-03-01T00:00:00Z (the batch that came to it); both ends are compared. What a lane knows comes of all
    batches before: they are run too, from the newest checkpoint before --from on if POSTLOAN_CHECKPOINTS has
    one that fits the journal, else from the beginning.

    Exit code 0 when everything is the same, bit for bit; 1 when a batch differs: it is named, with its
    offsets and the first record that differs; 2 when the log, the journal, a model or a rulebook is not to
    be had any more, or a place is none; 3 when Kafka does not answer.
    """
    settings = settings_given()
    if lane >= settings.lanes:
        leave(UNUSABLE, f"--lane: there are the lanes 0 to {settings.lanes - 1}, not {lane}")
    check_kafka(settings.kafka_bootstrap)
    from rules.rulebook import RulebookError  # pydantic
    from streams.ports.failures import UnreachableError, UnusableError

    try:
        with progress({"replay": "replaying records"}) as report:
            found = asyncio.run(_compared(settings, lane, first, last, report, from_start=from_start))
    except UnreachableError as error:
        leave(UNREACHABLE, str(error))
    except (UnusableError, RulebookError, OSError, ValueError) as error:
        leave(UNUSABLE, str(error))
    if as_json:
        typer.echo(json.dumps(found.told(), indent=2, ensure_ascii=False))
    else:
        from streams.replay.words import told_in_words

        typer.echo(told_in_words(found))
    if found.differing is not None:
        raise typer.Exit(MEND)


async def _compared(
    settings: Settings,
    lane: int,
    first: str | None,
    last: str | None,
    report: Progress,
    *,
    from_start: bool,
) -> Comparison:
    from streams.replay.comparison import compare  # numpy and numba
    from streams.replay.lanes import opened_lane
    from streams.replay.places import batch_at

    async with opened_lane(settings, lane) as opened:
        cuts = opened.cuts
        start = cuts[0].batch if first is None else batch_at(first, cuts)
        stop = cuts[-1].batch if last is None else batch_at(last, cuts)
        if start > stop:
            raise ValueError(f"--from is batch {start}, after --to, batch {stop}")
        if not from_start:
            await opened.skip_to(start, say)
        return await compare(opened.log, opened.walk, opened.up_to(stop), start, report)
