"""Two rulebooks over the same log: what one decides otherwise than the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from streams.assess import assess
from streams.rulebook.outcome import Outcome, cut_by, outcome_of, raised_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rules.evaluate import Evaluator
    from rules.records import Record
    from streams.assess import Progress

_TOLD: Final = (
    "kind",
    "occurred_at",
    "state",
    "severity",
    "action",
    "status",
    "withheld_because",
    "target_limit",
)


@dataclass(frozen=True, slots=True)
class Changed:
    """A cardholder of whom the two decide differently."""

    cardholder: str
    old: list[Record]
    new: list[Record]
    money: int
    """By how much less limit is left under the new one."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Both outcomes, and who is treated differently, the most money first."""

    old: Outcome
    new: Outcome
    changed: list[Changed]
    other_answers: int
    """Results in the log that answer another action under the new rulebook than under the old one."""

    def as_json(self, examples: int) -> dict[str, Any]:
        """Everything, for programs."""
        return {
            "old": _side(self.old),
            "new": _side(self.new),
            "cardholders": {
                "changed": len(self.changed),
                "alerted_only_by_old": len(self.old.alerted - self.new.alerted),
                "alerted_only_by_new": len(self.new.alerted - self.old.alerted),
                "acted_on_only_by_old": len(self.old.acted_on - self.new.acted_on),
                "acted_on_only_by_new": len(self.new.acted_on - self.old.acted_on),
            },
            "money": {name: self.new.money[name] - self.old.money[name] for name in self.old.money},
            "results_that_answer_another_action": self.other_answers,
            "examples": [
                {"cardholder_id": c.cardholder, "money": c.money, "old": c.old, "new": c.new}
                for c in self.changed[:examples]
            ],
        }


def _side(outcome: Outcome) -> dict[str, Any]:
    return {
        "version": outcome.version,
        "alerts": dict(outcome.alerts),
        "severities": dict(sorted(outcome.severities.items())),
        "rules": dict(sorted(outcome.rules.items())),
        "requested": dict(outcome.requested),
        "withheld": dict(outcome.withheld),
        "cardholders_alerted": len(outcome.alerted),
        "cardholders_acted_on": len(outcome.acted_on),
        "money": outcome.money,
    }


def compare(
    lines: Sequence[bytes],
    old: Evaluator,
    new: Evaluator,
    *,
    lanes: int = 12,
    learns: bool = True,
    progress: Progress | None = None,
) -> Difference:
    """Replay a log under both."""
    first, second = (
        _replayed(lines, evaluator, lanes, learns=learns, progress=progress) for evaluator in (old, new)
    )
    changed = []
    for holder in {**first.decisions, **second.decisions}:
        before, after = first.decisions.get(holder, []), second.decisions.get(holder, [])
        if list(map(_told, before)) != list(map(_told, after)):
            changed.append(Changed(holder, before, after, _lost(after) - _lost(before)))
    changed.sort(key=lambda one: (-abs(one.money), one.cardholder))
    return Difference(first, second, changed, _other_answers(lines, first, second))


def _replayed(
    lines: Sequence[bytes], evaluator: Evaluator, lanes: int, *, learns: bool, progress: Progress | None
) -> Outcome:
    more: dict[str, Any] = {} if progress is None else {"progress": progress}
    assessment = assess(lines, evaluator, lanes=lanes, learns=learns, **more)
    decisions = (record for lane in assessment.lanes for record in lane.decisions)
    return outcome_of(evaluator.book.version, decisions)


def _lost(records: Sequence[Record]) -> int:
    return cut_by(records) - raised_by(records)


def _told(record: Record) -> tuple[object, ...]:
    """What makes a decision another one; versions and ids do not."""
    rules = tuple(trace["id"] for trace in record.get("rules", ()))
    return (*(record.get(name) for name in _TOLD), rules)


def _other_answers(lines: Sequence[bytes], old: Outcome, new: Outcome) -> int:
    before, after = _actions(old), _actions(new)
    answered: Counter[str] = Counter()
    for line in lines:
        if b"action_result" in line:
            try:
                answered[str(msgspec.json.decode(line)["action_id"])] += 1
            except (msgspec.MsgspecError, KeyError, TypeError):
                continue
    return sum(count for action, count in answered.items() if before.get(action) != after.get(action))


def _actions(outcome: Outcome) -> dict[str, tuple[object, ...]]:
    every = (record for records in outcome.decisions.values() for record in records)
    return {record["id"]: _told(record) for record in every if record["kind"] == "limit_action"}
