"""A dead letter as it lies in its topic."""

from __future__ import annotations

import re
from typing import Any, Final, Self

import msgspec

_PLACE: Final = re.compile(r"([0-9]{1,9}):([0-9]{1,18})")
_MASK: Final = re.compile(rb"[2-6][0-9]{5}\*{3,9}[0-9]{4}")
"""What a masked card number looks like; every mask leaves one (contract 2.7)."""


class Place(msgspec.Struct, frozen=True, order=True):
    """Where in the dead-letters topic; people write `partition:offset`."""

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}:{self.offset}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ValueError when the text is no place."""
        match = _PLACE.fullmatch(text)
        if match is None:
            raise ValueError(f"{text}: not PARTITION:OFFSET")
        return cls(int(match[1]), int(match[2]))


class StoredLetter(msgspec.Struct, frozen=True, kw_only=True):
    """Key and value are masked already."""

    place: Place
    at_ms: int
    """When it was published, in milliseconds since 1970."""
    code: str
    detail: str
    source_topic: str
    """With its prefix; empty when unknown, as `source_partition` and `source_offset` are None then."""
    source_partition: int | None
    source_offset: int | None
    key: bytes | None
    value: bytes | None
    size: int | None
    """Bytes of the value; None: it is null."""
    masked: bool
    """Whether key or value may not be what it was: a mask, or what looks like one, stands in it."""

    def without_value(self) -> StoredLetter:
        """For lists, which may be long."""
        return msgspec.structs.replace(self, value=None)


def letter_of(record: Any) -> StoredLetter:
    """A record of the topic, as aiokafka gives it. A header that is missing or no number reads as unknown."""
    told = {name: value.decode(errors="replace") for name, value in record.headers}
    return StoredLetter(
        place=Place(record.partition, record.offset),
        at_ms=record.timestamp,
        code=told.get("error_code", ""),
        detail=told.get("error_detail", ""),
        source_topic=told.get("source_topic", ""),
        source_partition=_number(told.get("source_partition", "")),
        source_offset=_number(told.get("source_offset", "")),
        key=record.key,
        value=record.value,
        size=None if record.value is None else len(record.value),
        masked=any(part is not None and _MASK.search(part) for part in (record.key, record.value)),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
