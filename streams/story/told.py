"""The story of one cardholder: what happened, what was decided, what came of it, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from streams.story.decided import action_sentence, result_sentence
from streams.story.reasons import reason
from streams.story.words import money, month_text, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rules.records import Record


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a story."""

    time: str
    voice: str
    """`saw` (why an alert), `decided` (an action), `came` (what the bank did), `calm` (an episode's end)."""
    text: str
    mark: str = ""
    """Severity of an alert."""


@dataclass(frozen=True, slots=True)
class Story:
    """A cardholder's story."""

    cardholder: str
    card: str
    """One sentence on the card."""
    lines: list[Line]


def tell(cardholder: str, decisions: Sequence[Record], inputs: Iterable[bytes]) -> Story:
    """Put decisions and the bank's answers into sentences; `inputs` are the holder's records as they came."""
    actions = {record["id"]: record for record in decisions if record["kind"] == "limit_action"}
    alerted = {record["id"]: record["occurred_at"] for record in decisions if record["kind"] == "alert"}
    lines = [_line(record, alerted) for record in decisions]
    card = ""
    for raw in inputs:
        record = msgspec.json.decode(raw)
        if record["kind"] == "account_updated" and not card:
            card = _card(record)
        elif record["kind"] == "action_result" and record["action_id"] in actions:
            text = result_sentence(record, actions[record["action_id"]])
            lines.append(Line(record["occurred_at"], "came", text))
    lines.sort(key=lambda line: line.time)  # stable: one judgement's records stay in their order
    return Story(cardholder, card, lines)


def _line(record: Record, alerted: dict[str, str]) -> Line:
    time = record["occurred_at"]
    if record["kind"] == "limit_action":
        with_alert = alerted.get(record["alert_id"]) == time
        return Line(time, "decided", action_sentence(record, alerted=with_alert))
    if record["state"] == "resolved":
        return Line(time, "calm", "30 days without a hit: the episode is over.", record["severity"])
    clauses = [reason(trace) for trace in _worst_first(record)]
    return Line(time, "saw", sentence("; ".join(clauses)), record["severity"])


def _worst_first(alert: Record) -> list[dict[str, Any]]:
    order = {code: place for place, code in enumerate(alert["reason_codes"])}
    return sorted(alert["rules"], key=lambda trace: order.get(trace["id"], len(order)))


def _card(snapshot: dict[str, Any]) -> str:
    name = f"{snapshot['product'].capitalize()} card" if snapshot.get("product") else "Card"
    parts = [f"{name} with a limit of {money(snapshot['credit_limit'])}"]
    if snapshot.get("opened_on"):
        parts.append(f"opened in {month_text(snapshot['opened_on'])}")
    return sentence(", ".join(parts))
