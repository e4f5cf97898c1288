"""The state row of a cardholder: what the lane remembers, with fixed places for what is bounded.

Three lists have no bound: tiles (features.tiles), payments of 90 days, and statements whose minimum is
unpaid; they live in pools beside the rows and are linked from them.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from features.measures import MEASURES

NONE: Final = -(2**63)
"""An absent instant or number in a row (the same marker as in the record columns)."""

NEVER: Final = -(2**31)
"""An absent date in a row."""

NEVER_DUE: Final = 2**63 - 1
"""The date that never comes."""

CYCLES: Final = 7
"""Six closed cycles and the open one (contract 4.2: the last 6 closed cycles)."""

IDS: Final = 16
"""Accepted event ids remembered a topic (contract 2.6)."""

TOPICS_WITH_IDS: Final = 6
PENDING: Final = 8
"""Observations waiting for their outcome window to close: one a monthly statement, and some to spare."""

REPORT_FIELDS: Final = 13
MONTHS: Final = 12
"""Calendar months of which the worst days past due are kept."""

MERCHANTS: Final = 64
CITIES: Final = 16
"""Places of the sketches of distinct merchants and cities: a text falls into one of them by its hash."""
UNSEEN: Final = 255
"""A place of a sketch that nothing fell into lately."""

ROW: Final = np.dtype(
    [
        # what is looked at on every event first: features.ahead fetches that alone before it knows more
        ("limit", "i8"),
        ("floor", "i8"),  # base_limit of an open episode or standing applied cut, 0 without (contract 3.3)
        ("balance", "i8"),
        ("balance_set", "i8"),
        ("account_time", "i8"),
        ("report_time", "i8"),
        ("statement_time", "i8"),
        ("statement_id", "i8"),
        ("segment", "i8"),  # the last segment that touched the row
        ("opened_on", "i8"),
        ("income", "i8"),
        ("product", "i8"),  # the upper half of the hash of its name
        ("oldest_due", "i8"),  # the oldest due date in the list of unpaid statements, NEVER_DUE without any
        ("tiles", "i8"),  # first tile of the row's block
        ("over_days", "u8"),  # bit k: the balance was over the limit at 00:00 of over_day - k
        ("statements", "i4"),  # statements taken, ever
        ("closed", "i4"),  # cycles closed, ever
        ("payments", "i4"),  # head of the payment list, -1 when empty
        ("unpaid", "i4"),  # head of the list of unpaid statements, -1 when empty
        ("window_purchases", "i8"),
        ("window_cash", "i8"),
        ("window_day", "i4"),  # the date of the window of 30 days, NEVER when it must be summed anew
        ("window_first", "i4"),  # place of its first tile
        ("tile_count", "i4"),
        ("rolled", "i4"),  # the week of the lane to which the tiles were rolled
        ("over_day", "i4"),
        ("month", "i4"),  # the last calendar month noted in past_due
        ("first_day", "i4"),  # date of the first transaction taken
        ("tile_class", "i1"),  # class of the row's block, -1 without
        ("status", "u1"),
        ("exemptions", "u1"),
        ("alone", "u1"),  # at most one event of this row a segment: decisions may move its floor
        ("home_votes", "u1"),
        ("past_due", "u2", (MONTHS,)),  # worst days past due of each month, at month % 12
        ("last_day", "i4", (len(MEASURES),)),  # latest date of each measure
        ("home", "u4"),  # hash of the home country
        ("seen_day", "i4"),  # the last date on which the sketches were rid of what is past
        ("merchants", "u1", (MERCHANTS,)),  # date % 255 on which something last fell into the place
        ("cities", "u1", (CITIES,)),
        ("buckets", "u8"),  # four bits a statement: minimums overdue when it was taken, the newest lowest
        ("limit_before", "i8"),  # the limit before it last changed
        ("limit_day", "i4"),
        ("limit_raises", "u2"),
        ("limit_cuts", "u2"),
        ("pending_statement", "i4", (PENDING,)),  # statement number of a waiting observation, 0 = free
        ("id_count", "u4", (TOPICS_WITH_IDS,)),
        # only of those who had a statement
        ("cycle_issue", "i8", (CYCLES,)),
        ("cycle_close", "i8", (CYCLES,)),
        ("cycle_minimum", "i8", (CYCLES,)),
        ("cycle_balance", "i8", (CYCLES,)),
        ("cycle_paid", "i8", (CYCLES,)),
        ("cycle_limit", "i8", (CYCLES,)),  # the limit ratios were taken with, 0 = unknown
        ("cycle_due", "i4", (CYCLES,)),
        ("cycle_first", "i4", (CYCLES,)),  # date of the earliest payment
        ("pending_day", "i4", (PENDING,)),
        ("pending_worst", "i4", (PENDING,)),  # worst days past due since
        # only of those of whom there was a report
        ("report", "i8", (REPORT_FIELDS,)),
        ("report_before", "i8", (REPORT_FIELDS,)),
        ("report_before_day", "i4"),
        ("reports", "i4"),  # reports taken, ever
        # of each topic as many as there were records
        ("id_low", "u4", (TOPICS_WITH_IDS, IDS)),  # the low 32 bits of hashed event ids
        ("id_high", "u2", (TOPICS_WITH_IDS, IDS)),  # and the next 16
    ],
    align=True,
)

PAYMENT: Final = np.dtype(
    [
        ("time", "i8"),
        ("amount", "i8"),
        ("respent", "i8"),
        ("respent_day", "i8"),
        ("next", "i4"),
        ("payer", "i4"),
    ]
)
"""One payment of the last 90 days, and what was spent within 72 and 24 hours from it, never past its amount;
the payer is the schema's, -1 when it is not told."""

UNPAID: Final = np.dtype(
    [("issue", "i8"), ("due", "i8"), ("minimum", "i8"), ("paid", "i8"), ("next", "i4"), ("_", "i4")]
)
"""One statement whose minimum payments since its issue have not reached."""

Rows: TypeAlias = NDArray[Any]


def blank() -> Any:
    """The row of a cardholder of whom nothing is known."""
    row = np.zeros(1, ROW)
    for name in (
        "balance_set",
        "account_time",
        "report_time",
        "statement_time",
        "opened_on",
        "income",
        "product",
        "report",
        "report_before",
        "limit_before",
    ):
        row[name] = NONE
    for name in (
        "over_day",
        "rolled",
        "window_day",
        "month",
        "first_day",
        "last_day",
        "seen_day",
        "cycle_first",
        "report_before_day",
        "limit_day",
    ):
        row[name] = NEVER
    row["oldest_due"] = NEVER_DUE
    row["payments"] = row["unpaid"] = row["tile_class"] = -1
    row["merchants"] = row["cities"] = UNSEEN
    return row[0]
