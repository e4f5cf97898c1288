"""Computes the family `recency`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.calendar import DAY_US
from features.catalogue import COLUMN
from features.compiling import borrowing
from features.measures import MEASURES
from features.row import NEVER

_FIRST: Final = COLUMN[f"{MEASURES[0].name}.recency"]
_MANY: Final = len(MEASURES)
_STATEMENT: Final = COLUMN["statement.recency"]


@borrowing
def recency(row: Any, today: int, out: NDArray[np.float64]) -> None:
    """Fill the family."""
    for measure in range(_MANY):
        last = row.last_day[measure]
        out[_FIRST + measure] = today - last if last != NEVER else np.nan
    out[_STATEMENT] = today - row.statement_time // DAY_US if row.statements > 0 else np.nan
