"""The records of a round: a simulated book, answers to what is decided on it, senders that repeat themselves,
and some lines that end as dead letters. All from one seed.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import msgspec

from features.inbound.layout import KINDS, TOPIC_OF_KIND, TOPICS
from streams.assess import assess
from streams.partition import lane_of
from streams.simulator import simulate
from tests.integration.feed import Placed, evaluator

if TYPE_CHECKING:
    from streams.simulator import SimulatedRecord

HOUR_US: Final = 3_600_000_000
BAD_SHARE: Final = 0.001
BURST: Final = 40
"""A sender that is not sure repeats up to so many records."""
_KIND: Final = re.compile(rb'"kind":"(\w+)"')
_HOLDER: Final = re.compile(rb'"cardholder_id":"([^"]+)"')


@dataclass(frozen=True)
class Book:
    """Lines in order of arrival."""

    lines: list[bytes]
    repeats: int
    """How often a sender sent some of them twice."""


def make_book(seed: int, cardholders: int, months: int, *, repeats: int, per_month: float = 4.0) -> Book:
    """Lines of a book; `repeats` runs of them come twice."""
    draw = random.Random(f"book {seed}")
    records = list(simulate(cardholders, months, seed, transactions_per_month=per_month))
    lines = _with_answers(records, draw)
    lines = [_spoilt(line, draw) if draw.random() < BAD_SHARE else line for line in lines]
    return Book(_repeated(lines, repeats, draw), repeats)


def in_order(lines: list[bytes], lanes: int) -> list[Placed]:
    """Where a producer puts each line, in order of arrival; control goes to every lane."""
    found = []
    for line in lines:
        kind, holder = _KIND.search(line), _HOLDER.search(line)
        assert kind is not None, "every line of a book has its kind"
        topic = TOPICS[TOPIC_OF_KIND[KINDS.index(kind[1].decode())]]
        if holder is None:
            found += [Placed(topic, lane, None, line) for lane in range(lanes)]
        else:
            found.append(Placed(topic, lane_of(holder[1].decode(), lanes), holder[1], line))
    return found


def _with_answers(records: list[SimulatedRecord], draw: random.Random) -> list[bytes]:
    """The lines, and between them what a bank says to the actions that they lead to."""
    arrival = list(accumulate((record.occurred_us for record in records), max))
    snapshots = {
        record.key: msgspec.json.decode(record.value) for record in records if record.topic == "accounts"
    }
    decided = assess([record.value for record in records], evaluator(), learns=False).lanes
    placed = [(at, 0, record.value) for at, record in zip(arrival, records, strict=True)]
    for action in (record for lane in decided for record in lane.decisions if "action" in record):
        at = _microseconds(action["occurred_at"]) + draw.randrange(HOUR_US, 60 * HOUR_US)
        result = draw.choice(("applied", "applied", "applied", "rejected", "failed"))
        answer = {
            "kind": "action_result",
            "event_id": f"r-{action['id']}",
            "cardholder_id": action["cardholder_id"],
            "occurred_at": _text(at),
            "action_id": action["id"],
            "result": result,
        }
        placed.append((at, 1, msgspec.json.encode(answer)))
        if result == "applied":
            at += HOUR_US
            snapshot: dict[str, Any] = snapshots[action["cardholder_id"]] | {
                "event_id": f"s-{action['id']}",
                "occurred_at": _text(at),
                "credit_limit": action["target_limit"],
            }
            snapshot.pop("balance", None)
            placed.append((at, 1, msgspec.json.encode(snapshot)))
    last = arrival[bisect_right(arrival, arrival[-1]) - 1]
    placed = [entry for entry in placed if entry[0] <= last]
    return [line for *_, line in sorted(placed, key=lambda entry: entry[:2])]


def _microseconds(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)


def _text(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _spoilt(line: bytes, draw: random.Random) -> bytes:
    """A line that is refused, most often; it keeps its topic and its cardholder."""
    old, new = draw.choice(
        (
            (b'"amount":', b'"amount":-'),
            (b'"amount":', b'"amount":1e3,"was":'),
            (b'"amount":', b'"amount":NaN,"was":'),
            (b'"occurred_at":"2025', b'"occurred_at":"2019'),
            (b'"occurred_at":"2025', b'"occurred_at":"2031'),
            (b'"event_id":"', b'"event_id":"4111111111111111-'),
            (b'"credit_limit":', b'"credit_limit":-'),
        )
    )
    return line.replace(old, new, 1)


def _repeated(lines: list[bytes], repeats: int, draw: random.Random) -> list[bytes]:
    """With `repeats` runs of lines that come again, at once or a little later."""
    again: list[tuple[int, int, int]] = []
    for _ in range(repeats):
        start = draw.randrange(len(lines))
        stop = min(len(lines), start + draw.randrange(1, BURST))
        again.append((min(len(lines), stop + draw.randrange(200)), start, stop))
    found: list[bytes] = []
    done = 0
    for at, start, stop in sorted(again):
        found += lines[done:at] + lines[start:stop]
        done = at
    return found + lines[done:]
