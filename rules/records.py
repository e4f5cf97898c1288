"""The two kinds of output record (contract 7): dictionaries in the order the contract lists the fields."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, Final

import msgspec

from features.calendar import date_text, day_of, time_text

ALERT, LIMIT_ACTION = "alert", "limit_action"
CE_TYPES: Final = {ALERT: "postloan.alert.v1", LIMIT_ACTION: "postloan.limit_action.v1"}
CE_SOURCE: Final = "/postloan/lanes"

_encoder = msgspec.json.Encoder()
_DIGESTS_KEPT: Final = 1_024
"""One judgement asks for it several times."""

Record = dict[str, Any]


@lru_cache(_DIGESTS_KEPT)
def digest_of(cardholder: str) -> str:
    """SHA-256 of an id, in hexadecimal: ids of episodes and actions begin with its first 12 digits (7.3)."""
    return hashlib.sha256(cardholder.encode()).hexdigest()


class Trigger(msgspec.Struct, frozen=True):
    """The record that led to a judgement."""

    topic: str
    """Full name, with the prefix."""
    partition: int
    offset: int
    event_id: str
    occurred_us: int


class Score(msgspec.Struct, frozen=True):
    """The champion's score of one row."""

    points: int
    pd: float
    model_id: str
    model_version: int


def alert(
    *,
    alert_id: str,
    cardholder: str,
    trigger: Trigger,
    episode_id: str,
    state: str,
    severity: str,
    rules: list[Record],
    unknown: list[str],
    score: Score | None,
    reason_codes: list[str],
    rulebook_version: str,
) -> Record:
    """An alert (contract 7.4)."""
    return {
        "kind": ALERT,
        "id": alert_id,
        "cardholder_id": cardholder,
        "occurred_at": time_text(trigger.occurred_us),
        "trigger": {
            "topic": trigger.topic,
            "partition": trigger.partition,
            "offset": trigger.offset,
            "event_id": trigger.event_id,
        },
        "episode_id": episode_id,
        "state": state,
        "severity": severity,
        "rules": rules,
        "unknown": unknown,
        "score": None
        if score is None
        else {
            "points": score.points,
            "pd": round(score.pd, 6),
            "model_id": score.model_id,
            "model_version": score.model_version,
        },
        "reason_codes": reason_codes,
        "rulebook_version": rulebook_version,
    }


def notice(basis: str, trigger: Trigger, days: int) -> Record:
    """The adverse-action notice a cut owes the cardholder: on what it rests, and by when it must go out."""
    return {"basis": basis, "send_by": date_text(day_of(trigger.occurred_us) + days)}


def limit_action(
    *,
    action_id: str,
    alert_id: str | None,
    episode_id: str | None,
    cardholder: str,
    trigger: Trigger,
    action: str,
    base_limit: int,
    current_limit: int,
    target_limit: int,
    requires_approval: bool,
    effective: str,
    withheld_because: str | None,
    reason_codes: list[str],
    owed_notice: Record | None,
    policy_version: str,
) -> Record:
    """A limit action, requested or withheld (contract 7.5)."""
    return {
        "kind": LIMIT_ACTION,
        "id": action_id,
        "alert_id": alert_id,
        "episode_id": episode_id,
        "cardholder_id": cardholder,
        "occurred_at": time_text(trigger.occurred_us),
        "action": action,
        "base_limit": base_limit,
        "current_limit": current_limit,
        "target_limit": target_limit,
        "requires_approval": requires_approval,
        "effective": effective,
        "status": "requested" if withheld_because is None else "withheld",
        "withheld_because": withheld_because,
        "reason_codes": reason_codes,
        "notice": owed_notice,
        "policy_version": policy_version,
    }


def encode(record: Record) -> bytes:
    """The record's bytes: compact JSON, fields in order."""
    return _encoder.encode(record)


def headers(record: Record, ce_type: str | None = None) -> list[tuple[str, bytes]]:
    """CloudEvents' Kafka binary mode (contract 7.1). `ce_type`: of a record that the contract has not."""
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", record["id"].encode()),
        ("ce_type", (ce_type or CE_TYPES[record["kind"]]).encode()),
        ("ce_source", CE_SOURCE.encode()),
        ("ce_time", record["occurred_at"].encode()),
        ("content-type", b"application/json"),
    ]
