"""The features of single cardholders, for tools and evaluations; lanes fill whole matrices instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from features.catalogue import WIDTH
from features.update import pass_time
from features.vector import fill

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.ledger import Ledger


def features_of(ledger: Ledger, slot: int, today: int) -> NDArray[np.float64]:
    """All columns of the catalogue as of 00:00 of `today`, NaN = unknown. The ledger is left as it is."""
    row = ledger.rows[slot : slot + 1].copy()[0]
    out = np.empty(WIDTH)
    pass_time(row, today)
    fill(row, ledger.payments.entries, ledger.unpaid.entries, today, out)
    return out
