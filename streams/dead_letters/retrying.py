"""Sends dead letters to their source topics again, each once.

A note of each goes out in the same transaction, to a topic of its own. All who retry share one transactional
id: who comes later fences who came before, and reads the notes of what that one finished. So a retry that is
interrupted or done by two people at once neither loses a record nor sends it twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiokafka import AIOKafkaProducer

from features.inbound.layout import TOPICS
from streams.adapters.kafka_failures import reached
from streams.adapters.topics import LARGEST_DEAD_LETTER, RETRIED
from streams.dead_letters.letter import Place, StoredLetter
from streams.dead_letters.reading import retried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from streams.adapters.kafka_log import KafkaNames

TOGETHER: Final = 200
"""Records in one transaction."""
TOGETHER_BYTES: Final = 8 * 1024 * 1024
FROM: Final = "retried_from"
"""Header of a record that was sent again: the place of its dead letter."""


@dataclass(slots=True)
class Sorted:
    """Dead letters by what can be done with them."""

    ready: list[StoredLetter] = field(default_factory=list)
    before: list[StoredLetter] = field(default_factory=list)
    """Sent again already."""
    refused: list[tuple[StoredLetter, str]] = field(default_factory=list)
    """Those that cannot be, and why."""


def sort_out(letters: Iterable[StoredLetter], done: set[Place], names: KafkaNames, lanes: int) -> Sorted:
    """What a retry would do."""
    found = Sorted()
    for letter in letters:
        why = _why_not(letter, names, lanes)
        if letter.place in done:
            found.before.append(letter)
        elif why is not None:
            found.refused.append((letter, why))
        else:
            found.ready.append(letter)
    return found


def _why_not(letter: StoredLetter, names: KafkaNames, lanes: int) -> str | None:
    if letter.masked:
        return "a card number in it was masked: the record is not what it was; its sender must send it anew"
    if letter.source_topic not in {names.prefix + topic for topic in TOPICS}:
        return f"its source {letter.source_topic or '(none)'} is no input topic here"
    if letter.source_partition is None or letter.source_partition >= lanes:
        return f"its source partition {letter.source_partition} is none of the {lanes} lanes"
    return None


async def retry(
    names: KafkaNames, letters: Sequence[StoredLetter], progress: Callable[[int], None]
) -> tuple[int, int]:
    """Send those again that nobody has yet; how many were sent, and how many somebody else had sent.

    Raises UnreachableError, UnusableError; FencedError when somebody else began to retry.
    """
    sent = 0
    with reached():
        producer: Any = AIOKafkaProducer(
            bootstrap_servers=names.bootstrap,
            client_id=f"{names.group}-dead-letters",
            transactional_id=f"{names.group}-dead-letters",
            acks="all",
            max_request_size=LARGEST_DEAD_LETTER + 64 * 1024,
        )
        await producer.start()
        try:
            done = await retried(names)  # after the start: what another had under way is ended by it
            ready = [letter for letter in letters if letter.place not in done]
            for together in _parts(ready):
                async with producer.transaction():
                    for letter in together:
                        await _send(producer, names, letter)
                sent += len(together)
                progress(sent)
        finally:
            await producer.stop()
    return sent, len(letters) - len(ready)


def _parts(letters: Sequence[StoredLetter]) -> Iterable[list[StoredLetter]]:
    part: list[StoredLetter] = []
    size = 0
    for letter in letters:
        part.append(letter)
        size += len(letter.value or b"")
        if len(part) >= TOGETHER or size >= TOGETHER_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


async def _send(producer: Any, names: KafkaNames, letter: StoredLetter) -> None:
    place = str(letter.place).encode()
    await producer.send(
        letter.source_topic,
        letter.value,
        letter.key,
        partition=letter.source_partition,
        headers=[(FROM, place)],
    )
    note = {"source_topic": letter.source_topic, "source_offset": letter.source_offset, "code": letter.code}
    await producer.send(names.prefix + RETRIED, msgspec.json.encode(note), place, partition=0)
