"""What a batch gives out, as messages for the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from features.inbound.deadletters import DeadLetter, masked
from features.inbound.deadletters import headers as dead_letter_headers
from models.lessons import Label, Observation, Outcome, Treatment  # msgspec reads the types
from rules.records import encode, headers
from streams.lane.notices import MODEL_ALERT_TYPE
from streams.ports.outbox import (
    DEAD_LETTERS,
    DECISIONS,
    LABELS,
    MODEL_EVENTS,
    OBSERVATIONS,
    OUTCOMES,
    TREATMENTS,
    Message,
)

if TYPE_CHECKING:
    from streams.lane.batch import Lesson, Outputs


class Delivery(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record on the topic learning: one of the four."""

    observation: Observation | None = None
    label: Label | None = None
    treatment: Treatment | None = None
    outcome: Outcome | None = None


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Delivery)


def messages_of(outputs: Outputs) -> list[Message]:
    """All records a batch gives out; the order within each topic is that of the lane."""
    return [
        *(
            Message(DECISIONS, record["cardholder_id"].encode(), encode(record), headers(record))
            for record in outputs.decisions
        ),
        *map(_dead_letter, outputs.dead_letters),
        *map(_lesson, outputs.lessons),
        *(
            Message(
                MODEL_EVENTS, notice["model_id"].encode(), encode(notice), headers(notice, MODEL_ALERT_TYPE)
            )
            for notice in outputs.notices
        ),
    ]


def _lesson(lesson: Lesson) -> Message:
    if isinstance(lesson, Observation):
        flow, delivery = OBSERVATIONS, Delivery(observation=lesson)
    elif isinstance(lesson, Label):
        flow, delivery = LABELS, Delivery(label=lesson)
    elif isinstance(lesson, Outcome):
        flow, delivery = OUTCOMES, Delivery(outcome=lesson)
    else:
        flow, delivery = TREATMENTS, Delivery(treatment=lesson)
    return Message(flow, lesson.cardholder_id.encode(), _encoder.encode(delivery), [])


def _dead_letter(letter: DeadLetter) -> Message:
    key = None if letter.key is None else masked(letter.key)
    value = None if letter.value is None else masked(letter.value)
    return Message(DEAD_LETTERS, key, value, dead_letter_headers(letter))


def delivery_of(value: bytes) -> Delivery:
    """What a record on the topic learning holds. Raises msgspec.MsgspecError."""
    return _decoder.decode(value)
