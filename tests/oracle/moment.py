"""As of when a judgement is made, and how its actions are told (contract 6.4 to 6.6, 7.3, 7.5)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.checks import DAY, Line, moment_text
from tests.oracle.judge import Verdict
from tests.oracle.knowledge import Action, Holder

VERSION = "default-1"
WHOLE = 10_000
Verdicts = dict[str, Verdict]


@dataclass
class Breaker:
    """Contract 6.6; `halves` are the instants, as of which halves were requested."""

    halves: list[int] = field(default_factory=list)
    tripped: bool = False

    def count(self, now: int, active: int) -> None:
        """A halve was requested."""
        self.halves.append(now)
        recent = sum(1 for at in self.halves if now - DAY < at <= now)
        if recent > 20 and recent * 100 > 2 * active:
            self.tripped = True

    def reset(self) -> None:
        """Contract 6.6: empties the count."""
        self.halves, self.tripped = [], False


@dataclass
class Moment:
    """As of when a judgement is made, and the record that caused it."""

    now: int
    trigger: Line
    origin: dict[str, Any]
    issued: bool
    breaker: Breaker
    holders: dict[str, Holder]

    @property
    def day(self) -> int:
        """The lane date of the judgement."""
        return self.now // DAY


def short_hash(name: str) -> str:
    """Contract 7.3."""
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def in_control_group(name: str) -> bool:
    """Contract 6.4."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 10_000 < 200


def record(
    holder: Holder,
    action: Action,
    moment: Moment,
    alert_id: str | None,
    target_limit: int,
    reason: str | None,
    reasons: list[str],
    notice: dict[str, Any] | None,
) -> dict[str, Any]:
    """A limit action as told (contract 7.5, 6.5)."""
    assert holder.account is not None
    by_approval = action.kind in ("cut_to_tenth", "block")
    return {
        "kind": "limit_action",
        "id": action.name,
        "alert_id": alert_id,
        "episode_id": action.episode,
        "cardholder_id": holder.name,
        "occurred_at": moment_text(moment.trigger.at),
        "action": action.kind,
        "base_limit": action.base_limit,
        "current_limit": holder.account["credit_limit"],
        "target_limit": target_limit,
        "requires_approval": by_approval,
        "effective": "approval" if by_approval else "next_cycle" if action.kind == "raise" else "immediate",
        "status": action.status,
        "withheld_because": reason,
        "reason_codes": reasons,
        "notice": notice,
        "policy_version": VERSION,
    }
