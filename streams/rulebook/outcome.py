"""What a rulebook comes to over a log: alerts, actions, cardholders and money, as plain counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rules.records import Record

CUTS: Final = ("halve", "cut_to_tenth")


@dataclass(slots=True)
class Outcome:
    """All that was decided over a log by one rulebook."""

    version: str
    alerts: Counter[str] = field(default_factory=Counter)
    """By state."""
    severities: Counter[str] = field(default_factory=Counter)
    """Of alerts opened or escalated."""
    rules: Counter[str] = field(default_factory=Counter)
    """How often a rule stands in an alert opened or escalated."""
    requested: Counter[str] = field(default_factory=Counter)
    withheld: Counter[str] = field(default_factory=Counter)
    """By reason."""
    decisions: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    """By cardholder, in order."""

    @property
    def alerted(self) -> set[str]:
        """Cardholders of whom there was an alert."""
        return {h for h, records in self.decisions.items() if any(r["kind"] == "alert" for r in records)}

    @property
    def acted_on(self) -> set[str]:
        """Cardholders for whom an action was requested."""
        return {h for h, records in self.decisions.items() if any(map(_requested, records))}

    @property
    def money(self) -> dict[str, int]:
        """Sums of limits, in minor units."""
        holders = list(self.decisions.values())
        return {
            "limits_cut": sum(map(cut_by, holders)),
            "limits_blocked": sum(map(blocked, holders)),
            "limits_raised": sum(map(raised_by, holders)),
        }


def outcome_of(version: str, decisions: Iterable[Record]) -> Outcome:
    """Count decisions."""
    found = Outcome(version)
    for record in decisions:
        found.decisions[record["cardholder_id"]].append(record)
        if record["kind"] == "alert":
            found.alerts[record["state"]] += 1
            if record["state"] != "resolved":
                found.severities[record["severity"]] += 1
                found.rules.update(trace["id"] for trace in record["rules"])
        elif record["status"] == "requested":
            found.requested[record["action"]] += 1
        else:
            found.withheld[record["withheld_because"]] += 1
    return found


def _requested(record: Record) -> bool:
    return bool(record["kind"] == "limit_action" and record["status"] == "requested")


def cut_by(records: Iterable[Record]) -> int:
    """By how much cuts lower a limit: in each episode from the highest held to the lowest asked for."""
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    for record in filter(_requested, records):
        if record["action"] in CUTS:
            episode = record["episode_id"]
            before[episode] = max(before.get(episode, 0), record["current_limit"])
            after[episode] = min(after.get(episode, record["target_limit"]), record["target_limit"])
    return sum(before[episode] - after[episode] for episode in before)


def blocked(records: Iterable[Record]) -> int:
    """The limit that a block stops, once an episode."""
    found = {r["episode_id"]: r["current_limit"] for r in records if _requested(r) and r["action"] == "block"}
    return sum(found.values())


def raised_by(records: Iterable[Record]) -> int:
    """By how much raises lift a cardholder's limit."""
    raises = [r for r in records if _requested(r) and r["action"] == "raise"]
    return sum(record["target_limit"] - record["current_limit"] for record in raises)
