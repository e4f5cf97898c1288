"""`postloan topics`: keep the topics in Kafka."""

from __future__ import annotations

import typer

from streams.cli.configured import settings_given
from streams.cli.examples import example
from streams.cli.exits import MEND, UNREACHABLE, UNUSABLE, leave
from streams.cli.reach import check_kafka

group = typer.Typer(help="Keep the topics in Kafka.", no_args_is_help=True)


@group.command("create", epilog=example("postloan topics create"))
def create() -> None:
    """Create the topics that are missing.

    Existing ones stay as they are. Exit code 1 when one of them has another number of partitions than
    POSTLOAN_LANES asks for, 3 when Kafka does not answer.
    """
    from streams.adapters.kafka_admin import KafkaAdmin  # slow
    from streams.adapters.topics import topics
    from streams.ports.failures import UnreachableError, UnusableError

    settings = settings_given()
    check_kafka(settings.kafka_bootstrap)
    wanted = topics(settings.lanes)
    try:
        admin = KafkaAdmin(
            settings.kafka_bootstrap, settings.topic_prefix, replication_factor=settings.replication_factor
        )
        try:
            created = set(admin.create(wanted))
            found = admin.partitions()
        finally:
            admin.close()
    except UnreachableError as error:
        leave(UNREACHABLE, f"{settings.kafka_bootstrap}: {error}")
    except UnusableError as error:
        leave(UNUSABLE, str(error))
    wrong = False
    for topic in wanted:
        partitions = found.get(topic.name, 0)
        bad = partitions != topic.partitions
        wrong |= bad
        state = "created" if topic.name in created else "was there"
        note = f", but must have {topic.partitions}" if bad else ""
        typer.echo(f"{state:<9}  {settings.topic_prefix}{topic.name}  {partitions} partitions{note}")
    if wrong:
        leave(MEND, "partitions cannot be changed without moving cardholders: use another topic prefix")
