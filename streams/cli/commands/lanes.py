"""`postloan lanes`: the operator's word to the lanes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.configured import settings_given
from streams.cli.examples import example
from streams.cli.exits import UNREACHABLE, UNUSABLE, leave
from streams.cli.reach import check_kafka

if TYPE_CHECKING:
    from streams.settings import Settings

group = typer.Typer(help="Speak to the lanes of running workers.", no_args_is_help=True)


@group.callback()
def lanes() -> None:
    """Speak to the lanes of running workers."""


@group.command("resume", epilog=example("postloan lanes resume 3", "postloan lanes resume --all"))
def resume(
    wanted: Annotated[list[int] | None, typer.Argument(metavar="LANE", help="Which lanes.")] = None,
    *,
    everywhere: Annotated[bool, typer.Option("--all", help="All lanes.")] = False,
) -> None:
    """Let lanes go on that a flood of dead letters has halted.

    What the lanes' topics hold now may be refused in any number; what comes later is watched again. A lane
    takes the word within a second, or when a worker claims it next. Exit code 2 when there is no such lane,
    3 when Kafka or Redis does not answer.
    """
    settings = settings_given()
    if bool(wanted) == everywhere:
        leave(UNUSABLE, "name lanes, or say --all")
    numbers = list(range(settings.lanes)) if everywhere else sorted(set(wanted or ()))
    for lane in numbers:
        if not 0 <= lane < settings.lanes:
            leave(UNUSABLE, f"there is no lane {lane}: POSTLOAN_LANES is {settings.lanes}")
    check_kafka(settings.kafka_bootstrap)
    from streams.ports.failures import UnreachableError, UnusableError

    try:
        ends = _ends(settings, numbers)
        news = asyncio.run(_accept(settings, ends))
    except UnreachableError as error:
        leave(UNREACHABLE, str(error))
    except UnusableError as error:
        leave(UNUSABLE, str(error))
    for lane in numbers:
        told = "goes on" if lane in news else "had been told to go on already, as far or farther"
        typer.echo(f"lane {lane} {told}, up to {sum(ends[lane]):,} records of its topics")


def _ends(settings: Settings, lanes: list[int]) -> dict[int, list[int]]:
    from features.inbound.layout import TOPICS
    from streams.adapters.kafka_admin import KafkaAdmin  # slow

    admin = KafkaAdmin(settings.kafka_bootstrap, settings.topic_prefix)
    try:
        by_topic = [admin.ends(topic) for topic in TOPICS]
    finally:
        admin.close()
    return {lane: [ends[lane] for ends in by_topic] for lane in lanes}


async def _accept(settings: Settings, ends: dict[int, list[int]]) -> set[int]:
    from streams.lane.flood import accept
    from streams.worker.parts import make_store

    store = make_store(settings)
    try:
        return {lane for lane, offsets in ends.items() if await accept(store, lane, offsets)}
    finally:
        await store.close()
