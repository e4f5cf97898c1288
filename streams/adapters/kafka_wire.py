"""Requests to a broker that are written down here, each in one version of its API.

aiokafka writes and reads every field by itself, by a description of the message. For requests of which there
are hundreds a second that is most of what they cost.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiokafka.errors import IncompatibleBrokerVersion
from aiokafka.protocol.api import ResponseHeader_v0

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from io import BytesIO

_HEADER: Final = struct.Struct(">hhi")
"""Which API, its version, and the number of the request."""
SHORT: Final = struct.Struct(">h")
INT: Final = struct.Struct(">i")


@dataclass(frozen=True, slots=True)
class _Header:
    written: bytes

    def encode(self) -> bytes:
        return self.written


@dataclass(frozen=True, slots=True)
class _Answer:
    read: Callable[[memoryview], Any]

    def decode(self, answer: BytesIO) -> Any:
        return self.read(answer.getbuffer()[answer.tell() :])


class Written:
    """A request as connections of aiokafka take it; `read` makes of an answer what the sender is given."""

    def __init__(self, api: int, version: int, body: bytes, read: Callable[[memoryview], Any]) -> None:
        self._api, self._version = api, version
        self._body = body
        self.RESPONSE_TYPE = _Answer(read)

    def prepare(self, versions: Mapping[int, tuple[int, int]]) -> Written:
        """Raises IncompatibleBrokerVersion."""
        least, most = versions.get(self._api, (0, -1))
        if not least <= self._version <= most:
            raise IncompatibleBrokerVersion(f"the broker has no version {self._version} of API {self._api}")
        return self

    def build_request_header(self, correlation_id: int, client_id: str) -> _Header:
        return _Header(_HEADER.pack(self._api, self._version, correlation_id) + text(client_id))

    def encode(self) -> bytes:
        return self._body

    def parse_response_header(self, answer: BytesIO) -> Any:
        return ResponseHeader_v0.decode(answer)


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
