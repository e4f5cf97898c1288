"""Sends records to a file, to standard output, or to Kafka."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import typer

from streams.cli.files import OutputFile
from streams.cli.progress import progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from streams.simulator import SimulatedRecord

KAFKA: Final = "kafka"
_AT_ONCE: Final = 5_000


def send(records: Iterable[SimulatedRecord], to: str) -> None:
    """Send all records, and tell how many. Leaves with a message if the target cannot take them."""
    with progress({"send": "records sent"}) as report:
        if to == KAFKA:
            from streams.cli.kafka_feed import KafkaFeed

            with KafkaFeed() as feed:
                count = _pour(records, feed.send, report)
        else:
            with OutputFile(to, "records") as file:
                count = _pour(records, lambda record: file.write(record.value), report)
                file.publish()
    typer.echo(f"{count} records sent", err=True)


def _pour(
    records: Iterable[SimulatedRecord],
    put: Callable[[SimulatedRecord], None],
    report: Callable[[str, int, int], None],
) -> int:
    count = 0
    for count, record in enumerate(records, 1):  # the last count is wanted
        put(record)
        if count % _AT_ONCE == 0:
            report("send", count, 0)
    report("send", count, count)
    return count
