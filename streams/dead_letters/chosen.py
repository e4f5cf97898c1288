"""Which dead letters are meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from features.inbound.times import parse_time

if TYPE_CHECKING:
    from streams.dead_letters.letter import StoredLetter

_AGO: Final = re.compile(r"([0-9]{1,6})([smhd])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is not given does not choose."""

    codes: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    """Source topics, with their prefix."""
    partition: int | None = None
    """Of the source; a lane's dead letters are in the same partition of their own topic."""
    since_ms: int | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not (self.codes or self.topics) and self.partition is None and self.since_ms is None

    def __contains__(self, letter: StoredLetter) -> bool:
        return (
            (not self.codes or letter.code in self.codes)
            and (not self.topics or letter.source_topic in self.topics)
            and (self.partition is None or letter.source_partition == self.partition)
            and (self.since_ms is None or letter.at_ms >= self.since_ms)
        )


def since_ms(text: str, now_ms: int) -> int:
    """Milliseconds since 1970 of an RFC 3339 time, or of `90m` ago (s, m, h, d). Raises ValueError."""
    ago = _AGO.fullmatch(text)
    if ago is not None:
        return now_ms - timedelta(**{_UNITS[ago[2]]: int(ago[1])}) // timedelta(milliseconds=1)
    at = parse_time(text)
    if at is None:
        raise ValueError(f"{text}: neither an RFC 3339 time nor a span such as 90m, 24h or 7d")
    return at // 1000
