"""What must come of a log: the file mode's judgement of it, which no server and no fault can touch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from streams.assess import assess
from streams.lane.messages import messages_of
from streams.lane.persistence import lane_state, rows_of
from streams.ports.outbox import DECISIONS, FLOW_TOPICS
from tests.integration.feed import evaluator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.lane.engine import LaneEngine
    from streams.ports.outbox import Message


@dataclass(frozen=True, slots=True)
class Sent:
    """A record on an output topic."""

    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


@dataclass
class Outcome:
    """What a lane gave out, in order, and what it knows in the end."""

    decisions: list[Sent] = field(default_factory=list)
    dead_letters: list[Sent] = field(default_factory=list)
    rows: dict[str, bytes] = field(default_factory=dict)
    """Packed row of each cardholder."""
    state: bytes | None = None


def undisturbed(lines: Iterable[bytes], lanes: int, prefix: str) -> list[Outcome]:
    """The outcome of each lane."""
    result = assess(lines, evaluator(), lanes=lanes, prefix=prefix, learns=False)
    found = []
    for engine, outputs in zip(result.engines, result.lanes, strict=True):
        found.append(
            outcome_of(messages_of(outputs), engine, rows_of(engine, engine.ledger.known().tolist()))
        )
    return found


def outcome_of(messages: Iterable[Message], engine: LaneEngine, rows: Iterable[tuple[str, bytes]]) -> Outcome:
    """What an engine gave, and what it holds, as it is kept and sent; dead letters as a file has them."""
    outcome = Outcome()
    for message in messages:
        if FLOW_TOPICS[message.flow] in {"risk-decisions", "dead-letters"}:
            headers = tuple(message.headers)
            if message.flow == DECISIONS:
                outcome.decisions.append(Sent(message.key, message.value, headers))
            else:
                outcome.dead_letters.append(Sent(None, message.value, headers))
    outcome.rows = dict(rows)
    outcome.state = lane_state(engine)
    return outcome
