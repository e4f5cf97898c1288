"""Plays the bank: applies actions, decides those that need approval, and sends the snapshots that follow.

Nothing is drawn: the same actions always get the same answers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from features.calendar import DAY_US, HOUR_US, SECOND_US, add_months, date_of, day_number, time_text
from streams.simulator import SimulatedRecord

if TYPE_CHECKING:
    from rules.records import Record

IN_ONE_LINE: Final = (
    "The bank is played too: it applies automatic actions the next morning and raises with the next month; "
    "a clerk decides two days later on what needs approval, and turns one in eight down."
)
_TURNED_DOWN_OF: Final = 8
_LIMIT_SERVICE: Final = "limit-service"
_CLERK: Final = "credit-desk"


@dataclass(slots=True)
class _Standing:
    """What the bank's own systems hold of a card where the monitor's actions changed it."""

    limit: int
    blocked: bool


class Bank:
    """Takes limit actions; gives the records that answer them, day by day."""

    def __init__(self) -> None:
        self._snapshots: dict[str, dict[str, Any]] = {}
        self._changed: dict[str, _Standing] = {}
        self._due: dict[int, list[Record]] = {}
        self._sent = 0
        self.answered: Counter[tuple[str, str]] = Counter()
        """Answers given, by (action, result)."""

    def passes_on(self, record: SimulatedRecord) -> SimulatedRecord:
        """A record of the simulated book; account snapshots get the limits that the monitor has changed."""
        if record.topic != "accounts":
            return record
        snapshot = msgspec.json.decode(record.value)
        standing = self._changed.get(record.key)
        if standing is not None:
            snapshot["credit_limit"] = standing.limit
            if standing.blocked and snapshot["status"] == "active":
                snapshot["status"] = "blocked"
            record = record._replace(value=msgspec.json.encode(snapshot))
        self._snapshots[record.key] = snapshot
        return record

    def receives(self, action: Record) -> None:
        """Take a decision of the monitor; only requested actions are answered."""
        if action["kind"] != "limit_action" or action["status"] != "requested":
            return
        day = day_number(dt.date.fromisoformat(action["occurred_at"][:10]))
        self._due.setdefault(_answered_on(action, day), []).append(action)

    def answers(self, day: int) -> list[SimulatedRecord]:
        """What the bank sends on a day: results, and snapshots of the cards that changed."""
        records: list[SimulatedRecord] = []
        for place, action in enumerate(self._due.pop(day, ())):
            hour = 10 if action["requires_approval"] else 6
            now = day * DAY_US + hour * HOUR_US + place * SECOND_US
            refused = action["requires_approval"] and _turned_down(action["id"])
            records.append(self._result(action, now, applied=not refused))
            if not refused:
                records.append(self._snapshot(action, now + SECOND_US // 2))
        return records

    def _result(self, action: Record, now: int, *, applied: bool) -> SimulatedRecord:
        result = "applied" if applied else "rejected"
        self.answered[action["action"], result] += 1
        return self._record(
            "action-results",
            action["cardholder_id"],
            now,
            {
                "kind": "action_result",
                "action_id": action["id"],
                "result": result,
                "by": _CLERK if action["requires_approval"] else _LIMIT_SERVICE,
            },
        )

    def _snapshot(self, action: Record, now: int) -> SimulatedRecord:
        cardholder = action["cardholder_id"]
        before = self._snapshots[cardholder]
        earlier = self._changed.get(cardholder)
        stays_blocked = earlier is not None and earlier.blocked and action["action"] != "restore"
        standing = _Standing(action["target_limit"], blocked=stays_blocked or action["action"] == "block")
        self._changed[cardholder] = standing
        status = before["status"]
        if status != "closed":
            status = "blocked" if standing.blocked else "active"
        fields = before | {"credit_limit": standing.limit, "status": status}
        fields.pop("balance", None)  # the limit's system does not know it: the balance stays what it was
        self._snapshots[cardholder] = fields
        return self._record("accounts", cardholder, now, fields)

    def _record(self, topic: str, cardholder: str, now: int, fields: dict[str, Any]) -> SimulatedRecord:
        self._sent += 1
        head = {
            "kind": fields["kind"],
            "event_id": f"bank-{self._sent}",
            "cardholder_id": cardholder,
            "occurred_at": time_text(now),
        }
        return SimulatedRecord(topic, cardholder, now, msgspec.json.encode(head | (fields | head)))


def _answered_on(action: Record, day: int) -> int:
    if action["effective"] == "next_cycle":
        return add_months(day - date_of(day).day + 1, 1)
    return day + (2 if action["requires_approval"] else 1)


def _turned_down(action_id: str) -> bool:
    return int(hashlib.sha256(action_id.encode()).hexdigest()[:8], 16) % _TURNED_DOWN_OF == 0
