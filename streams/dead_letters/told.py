"""Dead letters as text: lines for people, objects for programs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from streams.dead_letters.letter import StoredLetter

DETAIL_WIDTH: Final = 70
HEADING: Final = (
    f"{'place':<12}  {'published':<20}  {'code':<13}  {'source':<42}  {'bytes':>9}  {'retried':<7}  detail"
)


def at(letter: StoredLetter) -> str:
    """When it was published."""
    return datetime.fromtimestamp(letter.at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def source(letter: StoredLetter) -> str:
    """Topic, partition and offset of the record it was."""
    if letter.source_partition is None:
        return letter.source_topic
    return f"{letter.source_topic}:{letter.source_partition}:{letter.source_offset}"


def line(letter: StoredLetter, *, retried: bool) -> str:
    """One line of a list."""
    size = "null" if letter.size is None else f"{letter.size:,}"
    detail = letter.detail
    if len(detail) > DETAIL_WIDTH:
        detail = detail[: DETAIL_WIDTH - 1] + "…"
    return (
        f"{letter.place!s:<12}  {at(letter):<20}  {letter.code:<13}  {source(letter):<42}  {size:>9}  "
        f"{'yes' if retried else '':<7}  {detail}"
    )


def fields(letter: StoredLetter, *, retried: bool, whole: bool) -> dict[str, Any]:
    """For JSON; `whole`: with key and value, in which bytes that are no text are replaced."""
    told: dict[str, Any] = {
        "place": str(letter.place),
        "published_at": at(letter),
        "error_code": letter.code,
        "error_detail": letter.detail,
        "source_topic": letter.source_topic or None,
        "source_partition": letter.source_partition,
        "source_offset": letter.source_offset,
        "bytes": letter.size,
        "masked": letter.masked,
        "retried": retried,
    }
    if whole:
        told |= {"key": text(letter.key), "value": text(letter.value)}
    return told


def text(raw: bytes | None) -> str | None:
    """Bytes to be looked at."""
    return None if raw is None else raw.decode(errors="replace")
