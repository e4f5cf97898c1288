"""One judged row, as the scalar code reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import Final

from features.calendar import day_of
from features.inbound.layout import EXEMPTIONS, STATUSES
from rules.facts import COLUMN
from rules.outcome import HIT
from rules.records import Score, Trigger

_LIMIT: Final = COLUMN["account.limit"]
_PRODUCT: Final = COLUMN["account.product"]
_STATUS: Final = COLUMN["account.status"]
_EXEMPTIONS: Final = COLUMN["account.exemptions"]


@dataclass(slots=True)
class Judgement:
    """One row with its verdict."""

    slot: int
    cardholder: str
    now_us: int
    """The watermark, or 00:00 of the date that is entered."""
    tell_trigger: Callable[[], Trigger]
    row: Sequence[float]
    """Facts (rules.facts), NaN = unknown."""
    outcomes: Sequence[int]
    """Of each rule, in the rulebook's order."""
    levels: Sequence[int]
    statement: bool
    """Whether the record brought a statement that was taken."""
    score: Score | None
    _trigger: Trigger | None = field(init=False, default=None)
    hits: list[int] = field(init=False)
    """Places of the rules that are hit."""

    def __post_init__(self) -> None:
        self.hits = [place for place, outcome in enumerate(self.outcomes) if outcome == HIT]

    @property
    def trigger(self) -> Trigger:
        """The record that led here; asked for only when something is decided."""
        if self._trigger is None:
            self._trigger = self.tell_trigger()
        return self._trigger

    @property
    def today(self) -> int:
        """The lane's date."""
        return day_of(self.now_us)

    def known(self, column: int) -> int | None:
        """A whole fact, None where unknown."""
        number = self.row[column]
        return None if isnan(number) else int(number)

    @property
    def limit(self) -> int | None:
        """The limit of the newest snapshot; None without one."""
        return self.known(_LIMIT)

    @property
    def product(self) -> int | None:
        """The code of the newest snapshot's product."""
        return self.known(_PRODUCT)

    @property
    def status(self) -> str | None:
        """The status of the newest snapshot."""
        code = self.known(_STATUS)
        return None if code is None else STATUSES[code]

    @property
    def exemptions(self) -> list[str]:
        """The exemptions of the newest snapshot, in the schema's order."""
        bits = self.known(_EXEMPTIONS) or 0
        return [name for place, name in enumerate(EXEMPTIONS) if bits >> place & 1]
