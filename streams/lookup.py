"""The features of single cardholders, for tools and evaluations; lanes fill whole matrices instead."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from features.catalogue import WIDTH
from features.plan import plan_of
from features.update import pass_time
from features.vector.dates import month_of
from features.vector.fill import fill

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.ledger import Ledger


_everything = cache(plan_of)


def features_of(ledger: Ledger, slot: int, today: int) -> NDArray[np.float64]:
    """All columns (rules.facts) as of 00:00 of `today`; NaN: unknown, as all scores are.

    The ledger is left as it is.
    """
    row = ledger.rows[slot : slot + 1].copy()[0]
    out = np.full(WIDTH, np.nan)
    month = month_of(today)
    pass_time(row, today, month)
    entries = ledger.payments.entries, ledger.unpaid.entries, ledger.tiles.entries
    fill(row, *entries, _everything(), today, month, out)
    return out
