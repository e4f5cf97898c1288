"""What a feature is: one column of the feature matrix, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["count", "money", "days", "months", "ratio", "probability", "code", "deviations"]


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the feature matrix (float64, NaN = unknown)."""

    name: str
    unit: Unit
    words: str
    """Its formula."""
    unknown: str
    """What it means when it is unknown."""
    window: str | None = None
    sources: tuple[str, ...] = ()
    """The record fields it comes from, as `kind.field`."""
    since: int = 3
    """The version of the catalogue that first had it."""
    moves: bool = False
    """Whether the passing of a date alone may change it from one day to the next."""
    model: bool = False
    """Whether the default model reads it."""

    @property
    def whole(self) -> bool:
        """Whether its values are whole numbers."""
        return self.unit not in ("ratio", "probability", "deviations") and ".mean." not in self.name

    @property
    def type(self) -> str:
        """What kind of number it is."""
        return "code" if self.unit == "code" else "integer" if self.whole else "real"


EARLY = 2
"""Up to this version the catalogue was narrow: what default rules and models read."""

NEVER_UNKNOWN = "never unknown: what was not seen did not happen"
NO_SNAPSHOT = "no account snapshot yet"
NO_LIMIT = "no account snapshot yet, or the limit is 0"
NO_STATEMENT = "no statement yet"
STALE = "no report, the report is older than 45 days, or it leaves the field out"
