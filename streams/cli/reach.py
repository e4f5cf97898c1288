"""A quick look whether anybody listens, before a client library tries for half a minute."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import Final

from streams.cli.exits import UNREACHABLE, leave

_PATIENCE: Final = 3.0


def why_unreachable(bootstrap: str) -> str | None:
    """Why none of the servers in `host:port,host:port` takes a connection; None when one does."""
    why = "no server named"
    for place in bootstrap.split(","):
        host, _, port = place.strip().rpartition(":")
        try:
            with closing(socket.create_connection((host.strip("[]"), int(port)), _PATIENCE)):
                return None
        except (OSError, ValueError) as error:
            why = (getattr(error, "strerror", None) or str(error)).lower()
    return why


def check_kafka(bootstrap: str) -> None:
    """Leave with a message if nobody listens at Kafka's address."""
    why = why_unreachable(bootstrap)
    if why is not None:
        leave(UNREACHABLE, f"Kafka does not answer at {bootstrap}: {why}")
