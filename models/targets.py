"""What models may be asked to expect, beside the champion's default: one line a target (docs/models.md).

A target looks at an observation and at what was seen of its cardholder later: the rows of later statements
inside the window, and what an outcome told. It says 1 (it happened), 0 (it did not), or None: set aside,
because it lies in the indeterminate band or because too little was seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.catalogue import MODEL_NAMES

DEFAULT: Final = "default"
"""The champion's own target: labelled by the compiled pass (models.maturity)."""

CHARGED_OFF, FRAUD, CLEARED = "charged_off", "fraud", "cleared"
"""What an outcome told of an observation that still waited."""

_AT: Final = {name: place for place, name in enumerate(MODEL_NAMES)}
_PAST_DUE: Final = _AT["days_past_due"]
_USE: Final = _AT["utilisation.now"]
_SPEND: Final = _AT["spend.to_limit.30d"]
_CASH: Final = _AT["cash.share.30d"]
_RELAYED: Final = _AT["relayed_payments.certain"]
_DEBT: Final = _AT["debt.to_limit"]
_BURDEN: Final = _AT["debt.to_income"]

Row = NDArray[np.float64]
"""The features of an observation, float64[k] in the order of MODEL_NAMES; NaN unknown."""
Rows = NDArray[np.float64]
"""Those of later statements inside the window, float64[n, k], oldest first."""


@dataclass(frozen=True, slots=True)
class Target:
    """window_days: how long what comes is watched. features: what its model reads.

    concerns: whose observations it asks about. label: 1, 0 or None of the observation, later rows and what
    was told. bad_weight: as how many lessons a rare 1 is learned; calibration undoes it.
    """

    id: str
    happens: str
    aside: str
    window_days: int
    features: tuple[str, ...]
    concerns: Callable[[Row], bool]
    label: Callable[[Row, Rows, str | None], int | None]
    bad_weight: float = 1.0

    @property
    def columns(self) -> NDArray[np.int64]:
        """The places of its features among MODEL_NAMES."""
        return np.array([_AT[name] for name in self.features], np.int64)


def _largest(rows: Rows, column: int) -> float:
    known = rows[:, column][~np.isnan(rows[:, column])]
    return float(known.max()) if len(known) else 0.0


def _anybody(row: Row) -> bool:  # noqa: ARG001  # concerns all
    return True


def _roll_30(row: Row, later: Rows, told: str | None) -> int | None:  # noqa: ARG001
    worst = _largest(later, _PAST_DUE)
    if worst >= 30 or told == CHARGED_OFF:
        return 1
    return 0 if len(later) and worst < 15 else None


def _late_while(later: Rows, holds: NDArray[np.bool_], told: str | None) -> int | None:
    if told == FRAUD or not len(later):
        return None
    late = later[:, _PAST_DUE] >= 10
    if (late & holds).any():
        return 1
    return 0 if _largest(later, _PAST_DUE) == 0 else None


def _cannot(row: Row, later: Rows, told: str | None) -> int | None:  # noqa: ARG001
    return 1 if told == CHARGED_OFF else _late_while(later, later[:, _USE] >= 0.9, told)


def _will_not(row: Row, later: Rows, told: str | None) -> int | None:  # noqa: ARG001
    return _late_while(later, (later[:, _USE] < 0.7) & (later[:, _SPEND] > 0.0), told)


def _fraud_like(row: Row, later: Rows, told: str | None) -> int | None:  # noqa: ARG001
    if told in (FRAUD, CLEARED):
        return int(told == FRAUD)
    if not len(later):
        return None
    if ((later[:, _CASH] >= 0.8) & (later[:, _RELAYED] >= 2)).any():
        return 1
    return None if ((later[:, _CASH] >= 0.5) & (later[:, _RELAYED] >= 1)).any() else 0


def _third_party(row: Row, later: Rows, told: str | None) -> int | None:  # noqa: ARG001
    most = _largest(later, _RELAYED)
    if most >= 3:
        return 1
    return 0 if len(later) and most <= 1 else None


def _indebted(row: Row) -> bool:
    return bool(row[_DEBT] >= 0.7 or row[_BURDEN] >= 22)


def _over_indebted(row: Row, later: Rows, told: str | None) -> int | None:  # noqa: ARG001
    if (later[:, _DEBT] >= 0.7).any() or (later[:, _BURDEN] >= 22).any():
        return 1
    known = later[~np.isnan(later[:, _DEBT])]
    return 0 if len(known) and _largest(known, _DEBT) < 0.6 and _largest(known, _BURDEN) < 18 else None


def _attrition(row: Row, later: Rows, told: str | None) -> int | None:  # noqa: ARG001
    if told is not None or len(later) < 3:
        return None
    idle = (np.nan_to_num(later[:, _SPEND]) == 0.0) & (np.nan_to_num(later[:, _USE]) == 0.0)
    if idle[-2:].all():
        return 1
    return None if idle[-1] else 0


def _cure(row: Row, later: Rows, told: str | None) -> int | None:  # noqa: ARG001
    if told == CHARGED_OFF or _largest(later, _PAST_DUE) >= 30:
        return 0
    if not len(later):
        return None
    current = later[:, _PAST_DUE] == 0
    if told == CLEARED or (len(current) >= 2 and current[-2:].all()):
        return 1
    return 0 if not current.any() else None


def _bust_out(row: Row, later: Rows, told: str | None) -> int | None:  # noqa: ARG001
    drawn = _largest(later, _USE) >= 0.9
    worst = _largest(later, _PAST_DUE)
    if drawn and (worst >= 30 or told in (CHARGED_OFF, FRAUD)):
        return 1
    if not len(later) or told == CHARGED_OFF or (drawn and worst > 0):
        return None
    return 0


_BUREAU: Final = ("inquiries.hard.1m", "inquiries.hard.3m", "inquiries.hard.6m", "report.lenders",
                  "small_loan.lenders", "report.max_dpd", "report.new_accounts_6m", "debt.to_limit",
                  "debt.to_income")  # fmt: skip
_HABIT: Final = ("utilisation.now", "utilisation.statement_mean", "missed_cycles.6c", "minimum_cycles.run",
                 "payment.share.3c", "payment.share.6c", "days_past_due", "account.age")  # fmt: skip
_FLOW: Final = ("cash.share.30d", "cash.to_limit.30d", "spend.to_limit.30d",
                "relayed_payments.certain")  # fmt: skip

TARGETS: Final = (
    Target("roll_30", "30 or more days past due at a later statement", "15 to 29 days", 90,
           (*_HABIT, *_FLOW, "report.max_dpd"), lambda row: not row[_PAST_DUE] >= 30, _roll_30),
    Target("ability", "10 or more days past due with 90 % of the limit used, or charged off",
           "late otherwise; fraud", 180, (*_HABIT, "debt.to_limit", "debt.to_income"), _anybody, _cannot),
    Target("willingness", "10 or more days past due with less than 70 % used and spending going on",
           "late otherwise; fraud", 180, (*_HABIT, *_FLOW), _anybody, _will_not, 3.0),
    Target("fraud_like", "fraud confirmed, or cash of 80 % and two relayed payments",
           "cash of 50 % and one relayed payment", 120, (*_FLOW, *_BUREAU, "utilisation.now", "account.age"),
           _anybody, _fraud_like, 3.0),
    Target("third_party", "three or more relayed payments in 90 days", "two", 90,
           (*_FLOW, "utilisation.now", "payment.share.3c", "small_loan.lenders", "inquiries.hard.3m",
            "account.age"), lambda row: row[_RELAYED] < 3, _third_party),
    Target("over_indebted", "a report with debt of 70 % of limits or 22 incomes",
           "from 60 % or 18 incomes on; no fresh report", 180, (*_BUREAU, "utilisation.now", "account.age"),
           lambda row: not _indebted(row), _over_indebted),
    Target("attrition", "nothing owed and nothing spent at the last two statements of the window",
           "only at the last; fewer than three statements; an outcome", 180,
           ("utilisation.now", "utilisation.statement_mean", "payment.share.3c", "payment.share.6c",
            "spend.to_limit.30d", "cash.share.30d", "account.age"), _anybody, _attrition),
    Target("cure", "of those past due: not past due at the last two statements of the window",
           "not at the last two, but once", 90, (*_HABIT, "debt.to_income", "spend.to_limit.30d"),
           lambda row: row[_PAST_DUE] >= 1, _cure),
    Target("bust_out", "90 % of the limit used and then 30 days past due, charged off or fraud",
           "90 % used and late", 120, (*_FLOW, *_HABIT, *_BUREAU), lambda row: row[_USE] < 0.6, _bust_out,
           3.0),
)  # fmt: skip
"""Nine; with the default they are ten."""

BY_ID: Final = {target.id: target for target in TARGETS}
