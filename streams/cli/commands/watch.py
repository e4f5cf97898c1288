"""`postloan watch`: follow what is decided, one readable line a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.configured import settings_given
from streams.cli.exits import UNREACHABLE, UNUSABLE, leave
from streams.cli.reach import check_kafka

if TYPE_CHECKING:
    from streams.settings import Settings


def watch(
    *,
    from_start: Annotated[bool, typer.Option("--from-start", help="Begin with the oldest record.")] = False,
    until_end: Annotated[
        bool, typer.Option("--until-end", help="Stop at what is there now, instead of waiting for more.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the records as they are.")] = False,
) -> None:
    """Follow what is decided, line by line.

    Prints alerts and limit actions as they are published, until Ctrl-C.
    """
    from kafka.errors import KafkaError  # slow

    settings = settings_given()
    check_kafka(settings.kafka_bootstrap)
    try:
        _follow(settings, from_start=from_start, until_end=until_end, json=json)
    except KafkaError as error:
        leave(UNREACHABLE, f"Kafka at {settings.kafka_bootstrap}: {type(error).__name__}: {error}")


def _follow(settings: Settings, *, from_start: bool, until_end: bool, json: bool) -> None:
    from kafka import KafkaConsumer, TopicPartition

    from streams.adapters.topics import DECISIONS
    from streams.story.ticker import ticker_line

    consumer: Any = KafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        client_id="postloan-watch",
        enable_auto_commit=False,
        isolation_level="read_committed",
    )
    try:
        topic = settings.topic_prefix + DECISIONS
        found = consumer.partitions_for_topic(topic)
        if not found:
            leave(UNUSABLE, f"topic {topic} is not there; `postloan topics create` makes the topics")
        partitions = [TopicPartition(topic, number) for number in sorted(found)]
        consumer.assign(partitions)
        (consumer.seek_to_beginning if from_start else consumer.seek_to_end)(*partitions)
        ends = consumer.end_offsets(partitions)
        while not (until_end and all(consumer.position(p) >= ends[p] for p in partitions)):
            for records in consumer.poll(timeout_ms=500).values():
                for record in records:
                    if record.value is not None:
                        typer.echo(record.value if json else ticker_line(record.value))
    finally:
        consumer.close()
