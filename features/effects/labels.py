"""Observations that wait for their outcome: frozen at a statement, matured by time or by an outcome."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.catalogue import COLUMN
from features.compiling import borrowing
from features.inbound import layout
from features.row import NEVER_DUE, PENDING

BAD, GOOD, SET_ASIDE = 1, 0, -1
"""Codes of a matured label."""

WINDOW_DAYS, BAD_DPD, CLEAN_DPD = range(3)
"""Places of the label definition's array (days)."""

_CHARGED_OFF: Final = layout.OUTCOMES.index("charged_off")
_FRAUD: Final = layout.OUTCOMES.index("fraud_confirmed")
_PAST_DUE: Final = COLUMN["days_past_due"]


@borrowing
def await_outcome(row: Any, today: int) -> None:
    """Freeze an observation: it waits for its window to close. With no place left, the oldest goes."""
    place = 0
    for k in range(PENDING):
        if row.pending_statement[k] == 0:
            place = k
            break
        if row.pending_statement[k] < row.pending_statement[place]:
            place = k
    row.pending_statement[place] = row.statements
    row.pending_day[place] = today
    row.pending_worst[place] = 0


@borrowing
def ripen(
    row: Any,
    s: int,
    today: int,
    features: NDArray[np.float64],
    labelling: NDArray[np.int64],
    labels: NDArray[np.int64],
    matured: int,
) -> int:
    """Follow days past due for the waiting observations; those that matured go to `labels`."""
    past = features[_PAST_DUE]
    for k in range(PENDING):
        if row.pending_statement[k] == 0:
            continue
        open_days = labelling[WINDOW_DAYS] - (today - row.pending_day[k])
        if past > row.pending_worst[k] and open_days > 0:
            row.pending_worst[k] = np.int32(past)
        if open_days > 0:
            continue
        worst = row.pending_worst[k]
        code = BAD if worst >= labelling[BAD_DPD] else GOOD if worst <= labelling[CLEAN_DPD] else SET_ASIDE
        matured = _mature(row, s, k, code, 0, labels, matured)
    return matured


@borrowing
def _mature(row: Any, s: int, k: int, code: int, told: int, labels: NDArray[np.int64], matured: int) -> int:
    labels[matured, 0] = s
    labels[matured, 1] = row.pending_statement[k]
    labels[matured, 2] = code
    labels[matured, 3] = told
    row.pending_statement[k] = 0
    return matured + 1


@borrowing
def outcome(row: Any, s: int, what: int, labels: NDArray[np.int64], matured: int) -> int:
    """A confirmed outcome matures what waits: charge-off bad, fraud set aside, cured and false alarm good."""
    code = BAD if what == _CHARGED_OFF else SET_ASIDE if what == _FRAUD else GOOD
    for k in range(PENDING):
        if row.pending_statement[k] != 0:
            matured = _mature(row, s, k, code, 1, labels, matured)
    return matured


@borrowing
def pending_due(row: Any, labelling: NDArray[np.int64]) -> int:
    due = NEVER_DUE
    for k in range(PENDING):
        if row.pending_statement[k] != 0:
            due = min(due, row.pending_day[k] + labelling[WINDOW_DAYS])
    return due
