"""What the commands on dead letters share: options, and the way to the topics."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from streams.cli.configured import settings_given
from streams.cli.exits import UNREACHABLE, UNUSABLE, leave
from streams.cli.reach import check_kafka

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from streams.adapters.kafka_log import KafkaNames
    from streams.dead_letters.chosen import Chosen
    from streams.settings import Settings

T = TypeVar("T")

Codes = Annotated[
    list[str] | None, typer.Option("--code", metavar="CODE", help="Only this error code; may be repeated.")
]
Topics = Annotated[
    list[str] | None,
    typer.Option("--topic", metavar="TOPIC", help="Only of this input topic, without prefix."),
]
Partition = Annotated[int | None, typer.Option("--partition", min=0, help="Only of this lane.")]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="TIME", help="Published since an RFC 3339 time, or 90m, 24h, 7d ago."),
]


def reachable() -> tuple[Settings, KafkaNames]:
    """The settings and where Kafka is. Leaves with a message if nobody listens there."""
    settings = settings_given()
    check_kafka(settings.kafka_bootstrap)
    from streams.adapters.kafka_log import KafkaNames  # slow

    return settings, KafkaNames(settings.kafka_bootstrap, settings.topic_prefix, settings.group)


def chosen(
    settings: Settings,
    codes: list[str] | None,
    topics: list[str] | None,
    partition: int | None,
    since: str | None,
) -> Chosen:
    """What the options choose. Leaves with a message if there is no such topic or time."""
    from features.inbound.layout import TOPICS
    from streams.dead_letters.chosen import Chosen, since_ms

    for topic in topics or ():
        if topic not in TOPICS:
            leave(UNUSABLE, f"--topic {topic}: none of {', '.join(TOPICS)}")
    try:
        begin = None if since is None else since_ms(since, time.time_ns() // 1_000_000)
    except ValueError as error:
        leave(UNUSABLE, f"--since {error}")
    return Chosen(
        frozenset(codes or ()),
        frozenset(settings.topic_prefix + topic for topic in topics or ()),
        partition,
        begin,
    )


def answer(work: Coroutine[Any, Any, T]) -> T:
    """What Kafka answers; leaves with a message if it does not."""
    from streams.ports.failures import FencedError, UnreachableError, UnusableError

    try:
        return asyncio.run(work)
    except UnreachableError as error:
        leave(UNREACHABLE, str(error))
    except UnusableError as error:
        leave(UNUSABLE, str(error))
    except FencedError:
        leave(UNREACHABLE, "somebody else began to retry dead letters meanwhile; look again")
