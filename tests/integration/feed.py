"""Lines of a book as records of a log, and what the file mode makes of the same lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec

from features.inbound.layout import CONTROL_TOPIC, TOPICS
from rules.evaluate import Evaluator
from rules.records import encode, headers
from rules.rulebook import read_rulebook
from streams.assess import _Reader, assess
from streams.lane.engine import LaneEngine

if TYPE_CHECKING:
    from collections.abc import Iterable

STAMP = 4_102_444_800_000
"""2100-01-01: no record of a book is ahead of it."""


def evaluator() -> Evaluator:
    return Evaluator(read_rulebook(files("rules").joinpath("default.yaml").read_text(encoding="utf-8")))


def engine_maker(prefix: str = "postloan.", *, learns: bool = False) -> Any:
    rules = evaluator()
    return lambda lane: LaneEngine(lane, rules, prefix, learns=learns)


@dataclass(frozen=True)
class Placed:
    """A record and where it belongs."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


def placed(lines: Iterable[bytes], lanes: int) -> list[Placed]:
    """The records of lines that belong to a topic, in the order of each partition."""
    reader = _Reader(lanes)
    reader.read(lines, lambda *_: None)
    return [
        Placed(TOPICS[topic], lane, None if topic == CONTROL_TOPIC else _key(value), value)
        for lane, queues in enumerate(reader.queues)
        for topic, queue in enumerate(queues)
        for value in queue.values
        if value is not None
    ]


def _key(value: bytes) -> bytes | None:
    try:
        found = msgspec.json.decode(value).get("cardholder_id")
    except (msgspec.MsgspecError, ValueError, AttributeError):
        return None
    return found.encode() if isinstance(found, str) else None


@dataclass
class Expected:
    """What must come out: by lane, in order."""

    decisions: list[list[tuple[bytes, bytes]]] = field(default_factory=list)
    headers: list[list[list[tuple[str, bytes]]]] = field(default_factory=list)
    dead: list[set[tuple[str, str, int, int]]] = field(default_factory=list)
    """(code, topic, partition, offset)"""


def expected(lines: Iterable[bytes], lanes: int, prefix: str = "postloan.") -> Expected:
    """What the file mode makes of it."""
    found = Expected()
    for outputs in assess(lines, evaluator(), lanes=lanes, prefix=prefix, learns=False).lanes:
        found.decisions.append([(r["cardholder_id"].encode(), encode(r)) for r in outputs.decisions])
        found.headers.append([headers(record) for record in outputs.decisions])
        found.dead.append(
            {
                (d.error_code, str(d.source_topic), int(d.source_partition or 0), d.source_offset)
                for d in outputs.dead_letters
            }
        )
    return found
