"""One decision on one line."""

from __future__ import annotations

from typing import Final

import msgspec

from streams.story.decided import action_sentence
from streams.story.reasons import reason
from streams.story.words import sentence

_STATES: Final = {"opened": "opened", "escalated": "worse "}


def ticker_line(value: bytes) -> str:
    """A published record: time, cardholder, severity or kind, and a sentence."""
    record = msgspec.json.decode(value)
    time = record["occurred_at"][:16].replace("T", " ")
    head = f"{time}  {record['cardholder_id']:<12}"
    if record["kind"] == "limit_action":
        return f"{head}  {record['status']:<9}  {action_sentence(record)}"
    if record["state"] == "resolved":
        return f"{head}  {record['severity']} ended   all calm for 30 days."
    why = sentence("; ".join(map(reason, record["rules"])))
    return f"{head}  {record['severity']} {_STATES[record['state']]}  {why}"
