"""The compiled pass over a segment: each record into its cardholder's row, and out comes the feature matrix.

A segment is a run of records in lane order within one lane date. Decisions taken on a row can move only one
thing that features read, the floor under the limit (contract 3.3); so the pass stops early where a row would
be touched again although a decision on it might move that floor, and goes on once decisions were taken.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.ahead import fetch_lists, fetch_rest, fetch_row, fetch_tiles
from features.catalogue import COLUMN
from features.compiling import borrowing, spliced
from features.effects.labels import BAD, BAD_DPD, GOOD, SET_ASIDE, await_outcome, outcome, pending_due, ripen
from features.effects.passing import pass_time
from features.effects.payment import payment
from features.effects.snapshot import account, report
from features.effects.statement import statement
from features.effects.transaction import transaction
from features.inbound import layout
from features.order import TAKEN
from features.plan import Plan
from features.row import Rows
from features.streaming import stream
from features.tiles import has_room
from features.vector.dates import month_of
from features.vector.fill import fill

__all__ = ["BAD", "GOOD", "SET_ASIDE", "pass_time", "sweep", "update"]

_ACCOUNT, _REPORT, _STATEMENT, _PAYMENT = layout.ACCOUNT, layout.REPORT, layout.STATEMENT, layout.PAYMENT
_TRANSACTION, _OUTCOME, _TICK, _RESET = layout.TRANSACTION, layout.OUTCOME, layout.TICK, layout.RESET
_PAST_DUE: Final = COLUMN["days_past_due"]
_ROW_AHEAD: Final = 8
"""So many records before its turn the first part of a row is fetched ..."""
_LISTS_AHEAD: Final = 4
"""... and the rest of it, with the lists that it names."""


@spliced
def _copy(line: NDArray[np.float64], to: NDArray[np.float64]) -> None:
    """As many of its first features as there is room for."""
    for column in range(len(to)):
        to[column] = line[column]


@spliced
def _write(
    row: Any,
    payments: Rows,
    unpaid: Rows,
    tiles: Rows,
    plan: Plan,
    today: int,
    month: int,
    n: int,
    matrix: NDArray[np.float64],
    early: NDArray[np.float64],
    sheet: NDArray[np.float64],
) -> Any:
    """Write the n-th line of features; the date that the row is next due."""
    apart = matrix.shape[1] > early.shape[1]
    line = sheet if apart else early[n]
    due = fill(row, payments, unpaid, tiles, plan, today, month, line)
    if apart:
        _copy(line, early[n])
        stream(line, matrix, n)
    return due


@spliced
def _fetch_rest(rows: Rows, slot: Any, tiles: Rows, payments: Rows, plan: Plan) -> None:
    """Fetch what else of a row will be read, once its first part is here."""
    fetch_rest(rows, slot)
    fetch_lists(rows[slot], tiles, payments)
    if plan.windows > 0:
        fetch_tiles(rows[slot], tiles)


@borrowing
def update(
    start: int,
    stop: int,
    order: NDArray[np.int64],
    fate: NDArray[np.uint8],
    kind: NDArray[np.uint8],
    occurred: NDArray[np.int64],
    slot: NDArray[np.int64],
    fields: NDArray[np.int64],
    today: int,
    segment: int,
    rows: Rows,
    due: NDArray[np.int64],
    payments: Rows,
    payments_free: NDArray[np.int64],
    unpaid: Rows,
    unpaid_free: NDArray[np.int64],
    tiles: Rows,
    tiles_heads: NDArray[np.int64],
    plan: Plan,
    labelling: NDArray[np.int64],
    judged: NDArray[np.int64],
    matrix: NDArray[np.float64],
    early: NDArray[np.float64],
    sheet: NDArray[np.float64],
    labels: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> int:
    """Apply the records order[start:stop] of one lane date; where the pass stopped (stop, or earlier).

    It also stops where the pool of tiles might not hold what comes (ledger.tiles.reserve makes room).
    For the n-th record judged: its features (`matrix[n]`; those of the first catalogue in `early[n]`, too,
    which may be a part of it), and in `judged[n]` its place in `order`, the number of the statement that it
    brought (0 without), whether that was frozen as an observation, and the lane's active accounts. `labels`
    gets (slot, statement number, label code, whether an outcome record told it) of observations that matured.
    `sheet` is one line to write on, as wide as `matrix`: where that is wider than `early`, it is streamed to.
    `counts` = [judged, labels, active accounts of the lane, sum of their limits, ignored records]; the last
    three carry over.
    """
    month = month_of(today)
    n = 0
    matured = 0
    for place in range(start, stop):
        if place + _ROW_AHEAD < stop:
            fetch_row(rows, slot[order[place + _ROW_AHEAD]])
            soon = slot[order[place + _LISTS_AHEAD]]
            if soon >= 0:
                _fetch_rest(rows, soon, tiles, payments, plan)
        i = order[place]
        what = kind[i]
        if fate[place] != TAKEN or what == _TICK or what == _RESET:
            continue
        s = slot[i]
        row = rows[s]
        if row.segment == segment and (
            row.alone or (what == _ACCOUNT and fields[i, layout.ACCOUNT_CREDIT_LIMIT] < row.limit)
        ):
            counts[0] = n
            counts[1] = matured
            return place
        if (what == _TRANSACTION or what == _PAYMENT) and not has_room(row, tiles, tiles_heads):
            counts[0] = n
            counts[1] = matured
            return place
        row.segment = segment
        pass_time(row, today, month)
        time = occurred[i]
        issued = 0
        if what == _TRANSACTION:
            transaction(row, time, fields[i], today, payments, tiles, tiles_heads)
        elif what == _PAYMENT:
            payment(
                row, time, fields[i], today, payments, payments_free, unpaid, unpaid_free, tiles, tiles_heads
            )
        elif what == _STATEMENT:
            if statement(row, time, fields[i], today, payments, unpaid, unpaid_free, tiles):
                issued = row.statements
            else:
                counts[4] += 1
        elif what == _ACCOUNT:
            if not account(row, time, fields[i], tiles, counts):
                counts[4] += 1
        elif what == _REPORT:
            if not report(row, time, fields[i]):
                counts[4] += 1
        elif what == _OUTCOME:
            matured = outcome(row, s, fields[i, layout.OUTCOME_OUTCOME], labels, matured)
        due[s] = _write(row, payments, unpaid, tiles, plan, today, month, n, matrix, early, sheet)
        matured = ripen(row, s, today, early[n], labelling, labels, matured)
        frozen = issued > 0 and early[n, _PAST_DUE] < labelling[BAD_DPD]
        if frozen:
            await_outcome(row, today)
        due[s] = min(due[s], pending_due(row, labelling))
        judged[n, 0] = place
        judged[n, 1] = issued
        judged[n, 2] = frozen
        judged[n, 3] = counts[2]
        n += 1
    counts[0] = n
    counts[1] = matured
    return stop


@borrowing
def sweep(
    slots: NDArray[np.int64],
    today: int,
    rows: Rows,
    due: NDArray[np.int64],
    payments: Rows,
    unpaid: Rows,
    tiles: Rows,
    plan: Plan,
    labelling: NDArray[np.int64],
    matrix: NDArray[np.float64],
    early: NDArray[np.float64],
    sheet: NDArray[np.float64],
    labels: NDArray[np.int64],
) -> int:
    """Let time pass for `slots` up to 00:00 of `today`; fill a line each; how many labels matured."""
    month = month_of(today)
    matured = 0
    for n in range(len(slots)):
        if n + _ROW_AHEAD < len(slots):
            fetch_row(rows, slots[n + _ROW_AHEAD])
            _fetch_rest(rows, slots[n + _LISTS_AHEAD], tiles, payments, plan)
        s = slots[n]
        row = rows[s]
        pass_time(row, today, month)
        due[s] = _write(row, payments, unpaid, tiles, plan, today, month, n, matrix, early, sheet)
        matured = ripen(row, s, today, early[n], labelling, labels, matured)
        due[s] = min(due[s], pending_due(row, labelling))
    return matured
