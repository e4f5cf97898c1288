"""Reads the Taiwan file for the commands that need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cli.exits import UNUSABLE, leave
from streams.cli.files import check_readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.simulator import SimulatedRecord


def taiwan_records_of(file: str) -> Iterator[SimulatedRecord]:
    """The records of the file. Leaves with a message if it cannot be read or a row is bad."""
    from streams.taiwan import taiwan_records  # numpy

    check_readable(file, "data set")
    try:
        yield from taiwan_records(file)
    except (OSError, ValueError, EOFError) as error:  # a broken gzip, or a row that cannot be read
        leave(UNUSABLE, f"cannot use the data set '{file}': {error}")


def taiwan_labels_of(file: str) -> dict[str, bool]:
    """Who defaulted in October 2005. Leaves with a message if the file is bad."""
    from streams.taiwan import labels

    try:
        return labels(file)
    except (OSError, ValueError, EOFError) as error:
        leave(UNUSABLE, f"cannot use the data set '{file}': {error}")
