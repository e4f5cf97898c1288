"""How many of what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from features.inbound.deadletters import DeadLetter
    from rules.records import Record

STATES: Final = ("opened", "escalated", "resolved")
ACTIONS: Final = ("halve", "cut_to_tenth", "block", "restore", "raise")


@dataclass(slots=True)
class Tally:
    """Counts of decisions, in a fixed order of names."""

    states: Counter[str] = field(default_factory=Counter)
    """Alerts by state."""
    severities: Counter[str] = field(default_factory=Counter)
    """Alerts opened or escalated, by severity."""
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Rules hit in opened and escalated alerts, by (rule, severity of the alert)."""
    requested: Counter[str] = field(default_factory=Counter)
    """Requested actions by kind."""
    withheld: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Withheld actions by (kind, reason)."""

    @property
    def alerts(self) -> dict[str, int]:
        """Alerts by state."""
        return {state: self.states[state] for state in STATES if self.states[state]}

    @property
    def actions(self) -> dict[str, int]:
        """Requested actions by kind, then all withheld ones."""
        found = {action: self.requested[action] for action in ACTIONS if self.requested[action]}
        withheld = sum(self.withheld.values())
        return found | ({"withheld": withheld} if withheld else {})


def tally(decisions: Iterable[Record]) -> Tally:
    """Count decisions."""
    found = Tally()
    for record in decisions:
        if record["kind"] == "alert":
            found.states[record["state"]] += 1
            if record["state"] != "resolved":
                found.severities[record["severity"]] += 1
                found.rules.update((rule["id"], record["severity"]) for rule in record["rules"])
        elif record["status"] == "requested":
            found.requested[record["action"]] += 1
        else:
            found.withheld[record["action"], record["withheld_because"]] += 1
    return found


def refusals(dead_letters: Iterable[DeadLetter]) -> dict[str, int]:
    """Dead letters by error code, most frequent first."""
    counts = Counter(letter.error_code for letter in dead_letters)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
