"""`postloan explain`: why a cardholder was alerted on, cut or spared."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.beginning import FromStart, say
from streams.cli.configured import settings_given
from streams.cli.exits import MEND, UNREACHABLE, UNUSABLE, leave
from streams.cli.files import check_readable, lines_of
from streams.cli.progress import progress
from streams.cli.reach import check_kafka
from streams.cli.rulebooks import evaluator_of

if TYPE_CHECKING:
    from streams.assess import Progress
    from streams.settings import Settings

LANGUAGES = ("en", "zh")
LANES = 12


def explain(
    name: Annotated[
        str,
        typer.Argument(metavar="ID", help="A cardholder's id; without --events also an action's or alert's."),
    ],
    *,
    events: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Input records, one JSON object a line; - is standard input. Kafka if left out.",
        ),
    ] = None,
    action: Annotated[
        str | None, typer.Option(metavar="ID", help="One action or alert; everything if left out.")
    ] = None,
    rulebook: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="With --events: rules and policy; the default rulebook if left out."
        ),
    ] = None,
    language: Annotated[str, typer.Option(metavar="LANGUAGE", help="en or zh.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    lanes: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, max=10_000, show_default=str(LANES), help="With --events: partitions."
        ),
    ] = None,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="With --events: neither learn nor score, hard rules only.")
    ] = False,
    from_start: FromStart = False,
) -> None:
    """Tell the story of a decision or a cardholder: what was known, which rules, which policy steps.

    From a file, the log is judged again, with the same outcome. From Kafka, the lane is run again along its
    journal, up to the batch in question, by the models and rulebooks of then; it needs the settings of the
    workers, and disturbs none of them. For one decision it begins at the newest checkpoint before it, if
    POSTLOAN_CHECKPOINTS has one and --from-start is not given; for all of a cardholder's, at the beginning.

    Exit code 1 when nothing is known of the cardholder, there is no such action, or the lane does not give
    any more what it gave; 2 when something needed is not to be had; 3 when Kafka does not answer.
    """
    if language not in LANGUAGES:
        leave(UNUSABLE, f"--language: {language} is none of {', '.join(LANGUAGES)}")
    if events is not None and from_start:
        leave(UNUSABLE, "--from-start goes with Kafka; a file is always judged from its first line")
    if events is not None:
        told = _from_file(name, events, action, rulebook, lanes or LANES, learns=not no_model)
    elif rulebook is not None or lanes is not None or no_model:
        leave(UNUSABLE, "--rulebook, --lanes and --no-model go with --events; with Kafka the settings count")
    else:
        told = _from_kafka(name, action, from_start=from_start)
    if told is None:
        what = f"'{name}'" if action is None else f"an action or alert {action} of '{name}'"
        leave(MEND, f"nothing is known of {what}")
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        from streams.explain.words import Teller

        typer.echo(Teller("zh" if language == "zh" else "en").tell(told))


def _from_file(
    cardholder: str, events: str, action: str | None, rulebook: str | None, lanes: int, *, learns: bool
) -> dict[str, Any] | None:
    check_readable(events, "events")
    evaluator = evaluator_of(rulebook)
    from streams.explain.story import explain as told_of  # numpy and numba

    with progress() as report:
        return told_of(
            lines_of(events),
            evaluator,
            cardholder,
            action=action,
            lanes=lanes,
            learns=learns,
            progress=report,
        )


def _from_kafka(name: str, action: str | None, *, from_start: bool) -> dict[str, Any] | None:
    settings = settings_given()
    check_kafka(settings.kafka_bootstrap)
    from rules.rulebook import RulebookError  # pydantic
    from streams.explain.journal import DiffersError
    from streams.ports.failures import UnreachableError, UnusableError

    words = {"seek": "decisions looked through", "replay": "replaying records"}
    try:
        with progress(words) as report:
            return asyncio.run(_along_the_journal(settings, name, action, report, from_start=from_start))
    except DiffersError as error:
        leave(MEND, str(error))
    except UnreachableError as error:
        leave(UNREACHABLE, str(error))
    except (UnusableError, RulebookError, OSError) as error:
        leave(UNUSABLE, str(error))


async def _along_the_journal(
    settings: Settings, name: str, action: str | None, report: Progress, *, from_start: bool
) -> dict[str, Any] | None:
    from features.catalogue import NAMES  # numpy and numba
    from streams.explain.journal import batch_of, decided, explain_along
    from streams.partition import lane_of
    from streams.replay.lanes import opened_lane
    from streams.worker.parts import check_topics, make_log

    check_topics(settings)
    found = await decided(make_log(settings), settings.lanes, action or name, report)
    if found is None and action is not None:
        return None
    if found is None:
        cardholder, lane = name, lane_of(name, settings.lanes)
    else:
        cardholder, lane = found.cardholder, found.lane
        if action is not None and name not in {action, cardholder}:
            return None
    async with opened_lane(settings, lane, NAMES) as opened:
        batch = opened.cuts[-1].batch if found is None else batch_of(found, opened.cuts)
        if found is not None and not from_start:
            await opened.skip_to(batch, say)
        return await explain_along(
            opened.walk, opened.up_to(batch), cardholder, None if found is None else found.id, report
        )
