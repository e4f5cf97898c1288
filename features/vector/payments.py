"""Computes the family `payments`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.calendar import DAY_US
from features.catalogue import COLUMN
from features.compiling import borrowing
from features.inbound import layout
from features.plan import ALL, PAYMENTS, Plan
from features.row import NEVER_DUE, Rows

_CERTAIN: Final = COLUMN["relayed_payments.certain"]
_POSSIBLE: Final = COLUMN["relayed_payments.possible"]
_THIRD_30: Final = COLUMN["third_party.count.30d"]
_THIRD_90: Final = COLUMN["third_party.count.90d"]
_SHARE_30: Final = COLUMN["third_party.share.30d"]
_SHARE_90: Final = COLUMN["third_party.share.90d"]
_UNKNOWN_90: Final = COLUMN["unknown_payer.count.90d"]
_RESPENT_24: Final = COLUMN["respent.share.24h"]
_RESPENT_72: Final = COLUMN["respent.share.72h"]
_COUNT_24: Final = COLUMN["respent.count.24h"]
_COUNT_72: Final = COLUMN["respent.count.72h"]
_THIRD_PARTY: Final = layout.PAYERS.index("third_party")
_UNKNOWN: Final = layout.PAYERS.index("unknown")
KEPT_DAYS: Final = 90


@borrowing
def relayed(row: Any, payments: Rows, plan: Plan, today: int, out: NDArray[np.float64]) -> Any:
    """Fill the family; the date on which the next payment leaves the window."""
    certain = possible = 0
    due = NEVER_DUE
    node = row.payments
    while node >= 0:
        paid = payments[node]
        leaves = paid.time // DAY_US + KEPT_DAYS
        if leaves > today:
            due = min(due, leaves)
            if paid.payer == _THIRD_PARTY or 5 * paid.respent >= 4 * paid.amount:
                certain += 1
                possible += 1
            elif paid.payer < 0 or paid.payer == _UNKNOWN:
                possible += 1
        node = paid.next
    out[_CERTAIN] = certain
    out[_POSSIBLE] = possible
    if plan.levels[PAYMENTS] == ALL:
        _more(row, payments, today, out)
    return due


@borrowing
def _more(row: Any, payments: Rows, today: int, out: NDArray[np.float64]) -> None:
    third_30 = third_90 = unknown = count_24 = count_72 = 0
    amount_30 = amount_90 = by_third_30 = by_third_90 = respent_24 = respent_72 = 0
    node = row.payments
    while node >= 0:
        paid = payments[node]
        node = paid.next
        age = today - paid.time // DAY_US
        if age >= KEPT_DAYS:
            continue
        third = paid.payer == _THIRD_PARTY
        amount_90 += paid.amount
        respent_24 += paid.respent_day
        respent_72 += paid.respent
        count_24 += 5 * paid.respent_day >= 4 * paid.amount
        count_72 += 5 * paid.respent >= 4 * paid.amount
        unknown += paid.payer < 0 or paid.payer == _UNKNOWN
        if third:
            third_90 += 1
            by_third_90 += paid.amount
        if age < 30:
            amount_30 += paid.amount
            if third:
                third_30 += 1
                by_third_30 += paid.amount
    out[_THIRD_30] = third_30
    out[_THIRD_90] = third_90
    out[_UNKNOWN_90] = unknown
    out[_COUNT_24] = count_24
    out[_COUNT_72] = count_72
    out[_SHARE_30] = by_third_30 / amount_30 if amount_30 > 0 else np.nan
    out[_SHARE_90] = by_third_90 / amount_90 if amount_90 > 0 else np.nan
    out[_RESPENT_24] = respent_24 / amount_90 if amount_90 > 0 else np.nan
    out[_RESPENT_72] = respent_72 / amount_90 if amount_90 > 0 else np.nan
