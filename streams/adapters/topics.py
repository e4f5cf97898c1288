"""All topics of a monitor, as `postloan topics create` makes them."""

from __future__ import annotations

from typing import Final

from features.inbound.layout import TOPICS
from streams.ports.log import Topic

DECISIONS: Final = "risk-decisions"
DEAD_LETTERS: Final = "dead-letters"
RETRIED: Final = "dead-letters-retried"
PROGRESS: Final = "lane-progress"
JOURNAL: Final = "lane-journal"
LEARNING: Final = "learning"
SNAPSHOTS: Final = "model-snapshots"
MODEL_EVENTS: Final = "model-events"
RULEBOOKS: Final = "rulebooks"

LARGEST_MESSAGE: Final = 2 * 1024 * 1024
"""Twice what a record may have, so that a record too large reaches the lane (contract 2.4)."""

LARGEST_DEAD_LETTER: Final = LARGEST_MESSAGE + 64 * 1024
"""The largest record with its headers around it."""


def topics(lanes: int) -> list[Topic]:
    """Each topic with its partition count and settings; kept for ever where nothing else is said."""
    keep = {"retention.ms": "-1"}
    compact = {"cleanup.policy": "compact"}
    return [
        *(Topic(name, lanes, keep | {"max.message.bytes": str(LARGEST_MESSAGE)}) for name in TOPICS),
        Topic(DECISIONS, lanes, keep),
        Topic(DEAD_LETTERS, lanes, keep | {"max.message.bytes": str(LARGEST_DEAD_LETTER)}),
        Topic(RETRIED, 1, keep),
        Topic(PROGRESS, lanes, compact),
        Topic(JOURNAL, lanes, keep),
        Topic(LEARNING, 1, keep),
        Topic(MODEL_EVENTS, lanes, keep),
        Topic(SNAPSHOTS, 1, compact | {"max.message.bytes": str(8 * 1024 * 1024)}),
        Topic(RULEBOOKS, 1, compact | {"max.message.bytes": str(8 * 1024 * 1024)}),
    ]
