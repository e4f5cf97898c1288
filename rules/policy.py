"""What a person writes about actions: shares, combinations, waits, who is spared, when a cut is undone."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from features.inbound.layout import EXEMPTIONS
from rules.outcome import Target

Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=0, le=3660)]
Money = Annotated[int, Field(ge=0, le=10**15)]


class Written(BaseModel):
    """A part of the file: frozen, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Cut(Written):
    """A cut of the ladder: to which share of base_limit, and whether a person must approve it (6.2, 6.5)."""

    share: Share
    requires_approval: bool


class Combination(Written):
    """At least `at_least` of `rules` hit together: the target is at least `action` (contract 6.1)."""

    rules: list[str]
    at_least: Annotated[int, Field(ge=2)]
    action: Literal["halve", "cut_to_tenth", "block"]


class ControlGroup(Written):
    """Cardholders on whom nothing is done, to learn from (contract 6.4)."""

    of_ten_thousand: Annotated[int, Field(ge=0, le=10_000)]
    never_for: list[Target]
    never_at: list[Literal["P1", "P2", "P3", "P4"]]


class Breaker(Written):
    """The fuse against a mass of cuts (contract 6.6)."""

    action: Literal["halve", "cut_to_tenth", "block"]
    hours: Annotated[int, Field(ge=1)]
    over_count: Annotated[int, Field(ge=0)]
    over_share: Share
    over_limits: Money | None = None
    """Trips also when the limits of those cut come over this sum."""


class Restore(Written):
    """When cuts are undone (contract 6.8)."""

    clean_cycles: Annotated[int, Field(ge=1)]
    requires_approval: bool


class Raise(Written):
    """When a good cardholder gets more (contract 6.9)."""

    account_age_months: Annotated[int, Field(ge=0)]
    half_paid_cycles: Annotated[int, Field(ge=0, le=6)] = 6
    """Of the last 6 closed cycles, how many must be paid to half of the statement balance or more."""
    not_hit_is_enough: list[str]
    """Rules that must not be hit, but may be unknown; every other one must be no_hit."""
    utilisation_mean: Annotated[tuple[Share, Share], Field(strict=False)]
    """Bounds, included."""
    inquiries_3m_at_most: Annotated[int, Field(ge=0)]
    months_between: Annotated[int, Field(ge=0)]
    factor: Annotated[float, Field(ge=1, le=10)]
    incomes: Annotated[int, Field(ge=0)]
    requires_approval: bool
    effective: Literal["immediate", "next_cycle"]


class Policy(Written):
    """The policy section of a rulebook file."""

    version: str
    halve: Cut
    cut_to_tenth: Cut
    block_requires_approval: bool
    rounding: Annotated[int, Field(ge=1)]
    """Limits are rounded down to a multiple of this (minor units)."""
    product_floors: dict[str, Money]
    combinations: list[Combination]
    exemptions: list[Literal[EXEMPTIONS]]  # type: ignore[valid-type]  # the names of the schema
    cooldown_days: Days
    control_group: ControlGroup
    breaker: Breaker
    resolve_after_days: Days
    notice_days: Days
    restore: Restore
    raise_: Annotated[Raise, Field(alias="raise")]
