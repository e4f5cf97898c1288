"""A lane's journal held against what its batches give now."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import msgspec

from features.inbound.layout import TOPICS
from streams.adapters.topics import JOURNAL
from streams.ports.outbox import (
    DEAD_LETTERS,
    DECISIONS,
    FLOW_TOPICS,
    LABELS,
    MODEL_EVENTS,
    NOTHING_SENT,
    OBSERVATIONS,
    OUTCOMES,
    TREATMENTS,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streams.ports.log import Log
    from streams.ports.outbox import Cut, Message
    from streams.replay.walk import Step, Walk

Told = dict[str, Any]

_NAMES = {
    DECISIONS: "decisions",
    DEAD_LETTERS: "dead letters",
    OBSERVATIONS: "observations",
    LABELS: "labels",
    MODEL_EVENTS: "model events",
    TREATMENTS: "treatments",
    OUTCOMES: "outcomes",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it."""

    lane: int
    first: int
    last: int
    """Batches that were to be compared."""
    batches: int
    """Batches that were compared: up to the first that differs, that one included."""
    records: int
    differing: Step | None
    finding: Told | None
    """How the first message that differs was and is now; None when no batch differs."""
    checkpoint: int | None = None
    """The batch of the checkpoint at which it began; None: at the lane's beginning."""

    def told(self) -> Told:
        """As JSON has it."""
        step = self.differing
        told: Told = {
            "lane": self.lane,
            "from": self.first,
            "to": self.last,
            "batches": self.batches,
            "records": self.records,
            "same": step is None,
            "checkpoint": self.checkpoint,
        }
        if step is not None:
            told["differs"] = {
                "batch": step.was.batch,
                "offsets": offsets_of(step),
                "model": step.was.model,
                "rulebook": step.was.rulebook,
                "digest": {"was": step.was.outputs, "now": step.cut.outputs},
                "first": self.finding,
            }
        return told


def offsets_of(step: Step) -> dict[str, list[int]]:
    """Of each topic the first offset that a batch took, and the one after the last."""
    starts = (0,) * len(TOPICS) if step.before is None else step.before.offsets
    return {
        topic: [start, stop]
        for topic, start, stop in zip(TOPICS, starts, step.was.offsets, strict=True)
        if stop > start
    }


async def compare(
    log: Log, walk: Walk, cuts: Sequence[Cut], first: int, progress: Callable[[str, int, int], None]
) -> Comparison:
    """Run the batches of `cuts`, and compare from number `first` on, until one differs.

    Those before it are only run: what a lane knows comes of all of them.
    """
    lane, last = walk.engine.lane, cuts[-1].batch
    batches = records = done = 0
    total = sum(cuts[-1].offsets) - (0 if walk.after is None else sum(walk.after.offsets))
    begun = None if walk.after is None else walk.after.batch
    async for step in walk.along(cuts):
        done += step.records
        progress("replay", done, total)
        if step.was.batch < first:
            continue
        batches += 1
        records += step.records
        if not step.same:
            finding = await _finding(log, lane, step)
            return Comparison(lane, first, last, batches, records, step, finding, begun)
    return Comparison(lane, first, last, batches, records, None, None, begun)


async def _finding(log: Log, lane: int, step: Step) -> Told:
    """The first message of a batch that is not as it was sent."""
    before = NOTHING_SENT if step.before is None else step.before.counts
    for flow, name in _NAMES.items():
        now = [message for message in step.messages if message.flow == flow]
        sent = step.was.counts[flow] - before[flow]
        if flow in {DECISIONS, DEAD_LETTERS}:
            was = await _sent(log, lane, flow, before[flow], step.was.counts[flow])
            for place, (old, new) in enumerate(zip_longest(was, now)):
                if old != new:
                    found = {"was": _shown(old), "now": _shown(new)}
                    return {"flow": name, "topic": FLOW_TOPICS[flow], "place": place} | found
        elif len(now) != sent:
            return {"flow": name, "topic": FLOW_TOPICS[flow], "was": sent, "now": len(now)}
    if (step.was.outputs, step.was.counts) == (step.cut.outputs, step.cut.counts):
        return {"flow": "chain", "topic": JOURNAL, "was": step.was.chain, "now": step.cut.chain}
    return {"flow": "lessons", "topic": FLOW_TOPICS[LABELS], "was": None, "now": None}


async def _sent(log: Log, lane: int, flow: int, first: int, stop: int) -> list[Message]:
    """Messages that were sent, by their place in the flow from 0."""
    found: list[Message] = []
    at = 0
    async with aclosing(log.sent(lane, flow)) as pages:
        async for page in pages:
            found += page[max(0, first - at) : max(0, stop - at)]
            at += len(page)
            if at >= stop:
                break
    return found


def _shown(message: Message | None) -> Told | None:
    """Key, headers and value; a dead letter's value may be anything, and is not shown."""
    if message is None:
        return None
    headers = {name: value.decode(errors="replace") for name, value in message.headers}
    if message.flow == DEAD_LETTERS:
        return {"headers": headers, "bytes": len(message.value or b"")}
    return {"headers": headers, "record": msgspec.json.decode(message.value or b"null")}
