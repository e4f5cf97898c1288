"""The limit that ratios are taken to."""

from __future__ import annotations

from typing import Any

from features.compiling import spliced
from features.row import NONE


@spliced
def limit_of(row: Any) -> Any:
    """The contract limit, or the floor that an episode of cuts holds under it, if higher (contract 3.3).

    0 when no account was told.
    """
    return max(row.limit, row.floor) if row.account_time != NONE else 0
