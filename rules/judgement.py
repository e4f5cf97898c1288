"""One judged row, as the scalar code reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING, Final

from features.calendar import day_of
from features.inbound.layout import EXEMPTIONS, STATUSES
from models.probability import points
from rules.facts import COLUMN
from rules.records import Score, Trigger
from rules.verdict import Verdict

if TYPE_CHECKING:
    from models.score import Scored

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
    verdict: Verdict
    statement: bool
    """Whether the record brought a statement that was taken."""
    pd: float | None
    """The default probability; None without a champion."""
    champion: Scored | None
    _trigger: Trigger | None = field(init=False, default=None)

    @property
    def trigger(self) -> Trigger:
        """The record that led here; asked for only when something is decided."""
        if self._trigger is None:
            self._trigger = self.tell_trigger()
        return self._trigger

    @property
    def score(self) -> Score | None:
        """The champion's score."""
        if self.pd is None or self.champion is None:
            return None
        return Score(points(self.pd), self.pd, self.champion.model_id, self.champion.version)

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
        bits = self.known(_EXEMPTIONS)
        if not bits:
            return []
        return [name for place, name in enumerate(EXEMPTIONS) if bits >> place & 1]
