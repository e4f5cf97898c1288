"""The topic of rulebooks in Kafka, for the command line: read whole, and written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.adapters.kafka_records import append_records, read_records
from streams.adapters.topics import RULEBOOKS
from streams.rulebook.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.adapters.kafka_log import KafkaNames
    from streams.rulebook.shelf import Pair


async def read_shelf(names: KafkaNames) -> Shelf:
    """All that was published. Raises UnreachableError, or UnusableError when there is no such topic."""
    shelf = Shelf()
    for key, value in await read_records(names, RULEBOOKS):
        take(shelf, key, value)
    return shelf


def take(shelf: Shelf, key: bytes | None, value: bytes | None) -> None:
    """Take a record that may be none of ours."""
    try:
        shelf.take(key, value)
    except msgspec.MsgspecError:
        return


async def write(names: KafkaNames, records: Sequence[Pair]) -> None:
    """Append records, one after the other. Raises UnreachableError."""
    await append_records(names, RULEBOOKS, records)
