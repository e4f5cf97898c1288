"""Default rates of groups against the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True, slots=True)
class Lift:
    """One group of cardholders, and all others."""

    name: str
    count: int
    defaulted: int
    rest: int
    rest_defaulted: int

    @property
    def rate(self) -> float | None:
        """Share of the group that defaulted; None of nobody."""
        return self.defaulted / self.count if self.count else None

    @property
    def rest_rate(self) -> float | None:
        """Share of all others that defaulted."""
        return self.rest_defaulted / self.rest if self.rest else None

    @property
    def lift(self) -> float | None:
        """How many times as often the group defaulted as the rest."""
        rate, rest = self.rate, self.rest_rate
        return rate / rest if rate is not None and rest else None


def lift_of(name: str, group: Collection[str], labels: Mapping[str, bool]) -> Lift:
    """The lift of a group of cardholder ids; `labels` says of everybody who defaulted."""
    members = set(group)
    defaulted = sum(labels[cardholder] for cardholder in members)
    everybody = sum(labels.values())
    return Lift(name, len(members), defaulted, len(labels) - len(members), everybody - defaulted)
