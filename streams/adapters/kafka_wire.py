"""Requests to a broker that are written down here, each in one version of its API.

aiokafka writes and reads every field by itself, by a description of the message. For requests of which there
are hundreds a second that is most of what they cost.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiokafka.errors import IncompatibleBrokerVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_HEADER: Final = struct.Struct(">hhi")
"""Which API, its version, and the number of the request."""
SHORT: Final = struct.Struct(">h")
INT: Final = struct.Struct(">i")


@dataclass(frozen=True, slots=True)
class Written:
    """A request to a version of an API."""

    api: int
    version: int
    body: bytes
    read: Callable[[memoryview], Any]
    """Makes of an answer, without its header, what the sender is given; keeps none of its bytes."""

    def check(self, versions: Mapping[int, tuple[int, int]]) -> None:
        """Raises IncompatibleBrokerVersion."""
        least, most = versions.get(self.api, (0, -1))
        if not least <= self.version <= most:
            raise IncompatibleBrokerVersion(f"the broker has no version {self.version} of API {self.api}")

    def frame(self, number: int, client_id: str) -> bytes:
        """All that goes over the wire. number: the answer bears it."""
        head = _HEADER.pack(self.api, self.version, number) + text(client_id)
        return b"".join((INT.pack(len(head) + len(self.body)), head, self.body))


def text(value: str) -> bytes:
    """A string behind its length."""
    encoded = value.encode()
    return SHORT.pack(len(encoded)) + encoded


def array(parts: Iterable[bytes]) -> bytes:
    """Entries behind their number."""
    known = list(parts)
    return INT.pack(len(known)) + b"".join(known)


def _read_text(answer: memoryview, at: int) -> tuple[str, int]:
    """The string at a place, and the place behind it."""
    start = at + SHORT.size
    (length,) = SHORT.unpack_from(answer, at)
    return str(answer[start : start + length], "utf-8"), start + length


def read_partitions(answer: memoryview, at: int, read: Callable[[str, int], int]) -> None:
    """Go through an array of topics at a place, each with an array of partitions.

    `read` is given the topic and where a partition's entry begins, and tells where it ends.
    """
    (topics,) = INT.unpack_from(answer, at)
    at += INT.size
    for _ in range(topics):
        topic, at = _read_text(answer, at)
        (partitions,) = INT.unpack_from(answer, at)
        at += INT.size
        for _ in range(partitions):
            at = read(topic, at)
