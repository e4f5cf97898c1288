"""What a refused record looks like in the dead letters (contract 2.7)."""

import re
from typing import Final

import msgspec

from features.inbound.pan import RUN, passes_luhn, starred

# In valid JSON a backslash stands only in strings, so its escapes can be told apart without a parser, and
# the same holds as far as it can for broken JSON and invalid UTF-8. Digits, plain or escaped, make one run;
# the hexadecimal digits of another escape belong to none.
_ESCAPED: Final = re.compile(rb"((?:[0-9]|\\u003[0-9])+)|\\u[0-9A-Fa-f]{4}|\\.", re.DOTALL)
_ESCAPED_DIGIT: Final = re.compile(rb"\\u003([0-9])")


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A refused record with the place it came from; key and value as they were."""

    error_code: str
    error_detail: str
    source_topic: str | None
    source_partition: int | None
    source_offset: int
    key: bytes | None = None
    value: bytes | None = b""
    """None as Kafka's own null, which is not the empty value."""


def masked(value: bytes) -> bytes:
    """A key or value with every card number's inner digits starred.

    A run that only shows when JSON escapes are undone is written anew without them; a run that shows as the
    bytes stand is masked as it stands. What is left of two such runs that share digits may look like a third:
    so it goes on until none is found.
    """
    while True:
        starred_value = RUN.sub(_starred, value)
        if b"\\u" in value:
            starred_value = RUN.sub(_starred, _ESCAPED.sub(_read_and_starred, value))
        if starred_value == value:
            return value
        value = starred_value


def file_line(dead_letter: DeadLetter) -> bytes:
    """The dead letter as one JSON object, without a line end."""
    return msgspec.json.encode(
        {
            "error_code": dead_letter.error_code,
            "error_detail": _shown(dead_letter.error_detail),
            "source_topic": dead_letter.source_topic,
            "source_partition": dead_letter.source_partition,
            "source_offset": dead_letter.source_offset,
            "value": masked(dead_letter.value or b"").decode(errors="replace"),
        }
    )


def headers(dead_letter: DeadLetter) -> list[tuple[str, bytes]]:
    """The Kafka headers of a dead letter; what is not known is empty."""
    topic, partition = dead_letter.source_topic, dead_letter.source_partition
    return [
        ("error_code", dead_letter.error_code.encode()),
        ("error_detail", _shown(dead_letter.error_detail).encode()),
        ("source_topic", b"" if topic is None else topic.encode()),
        ("source_partition", b"" if partition is None else str(partition).encode()),
        ("source_offset", str(dead_letter.source_offset).encode()),
    ]


def _shown(detail: str) -> str:
    return masked(detail.encode(errors="replace")).decode()


def _read_and_starred(match: re.Match[bytes]) -> bytes:
    run = match[1]
    if run is None or len(run) < 13:
        return match[0]
    digits = _ESCAPED_DIGIT.sub(rb"\1", run)
    return starred(digits) if RUN.fullmatch(digits) and passes_luhn(digits) else run


def _starred(match: re.Match[bytes]) -> bytes:
    run = match[0]
    return starred(run) if passes_luhn(run) else run
