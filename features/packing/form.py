"""What both sides of the packed form must agree on."""

from __future__ import annotations

from typing import Any, Final

from numba import njit

from features.row import NEVER, NONE

VERSION: Final = 3

ID_BYTES: Final = 6
"""What is remembered of an event id: the low 48 bits of its hash."""

STAYS_OPEN, AT_DUE, AT_NEXT, ELSEWHERE = range(4)
"""When a cycle closes: not yet, at the end of its due date, with the next statement, or else."""

ZERO, FULL, LEAST, OTHER = range(4)
"""What was paid or spent again: nothing, the balance (or amount), the minimum (or as before), or else."""


@njit(cache=True)
def base_of(row: Any) -> Any:
    """The instant that others are told by: the newest that the row bears."""
    base = max(row.balance_set, row.account_time, row.report_time, row.statement_time)
    return 0 if base == NONE else base


@njit(cache=True)
def as_none(day: Any, base_day: Any) -> Any:
    """A date as a distance."""
    return NONE if day == NEVER else base_day - day


@njit(cache=True)
def as_never(distance: Any, base_day: Any) -> Any:
    """The date at a distance."""
    return NEVER if distance == NONE else base_day - distance
