"""The compiled pass over a segment: each record into its cardholder's row, and out comes the feature matrix.

A segment is a run of records in lane order within one lane date. Decisions taken on a row can move only one
thing that features read, the floor under the limit (contract 3.3); so the pass stops early where a row would
be touched again although a decision on it might move that floor, and goes on once decisions were taken.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.calendar import DAY_US, HOUR_US
from features.catalogue import COLUMN
from features.inbound import layout
from features.ledger import CYCLES, NONE, PENDING, REPORT_FIELDS, TILES, Rows
from features.order import TAKEN
from features.vector import NEVER_DUE, fill

RESPEND_US: Final = 72 * HOUR_US
KEPT_DAYS: Final = 90

BAD, GOOD, SET_ASIDE = 1, 0, -1
"""Codes of a matured label."""

WINDOW_DAYS, BAD_DPD, CLEAN_DPD = range(3)
"""Places of the label definition's array (days)."""

_ACCOUNT, _REPORT, _STATEMENT, _PAYMENT = layout.ACCOUNT, layout.REPORT, layout.STATEMENT, layout.PAYMENT
_TRANSACTION, _OUTCOME, _TICK, _RESET = layout.TRANSACTION, layout.OUTCOME, layout.TICK, layout.RESET
_CASH = layout.TYPES.index("cash_advance")
_PURCHASE = layout.TYPES.index("purchase")
_REFUND = layout.TYPES.index("refund")
_CHARGED_OFF = layout.OUTCOMES.index("charged_off")
_FRAUD = layout.OUTCOMES.index("fraud_confirmed")
_PAST_DUE = COLUMN["days_past_due"]
_ACTIVE = layout.STATUSES.index("active")


@njit(cache=True)
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
    labelling: NDArray[np.int64],
    judged: NDArray[np.int64],
    matrix: NDArray[np.float64],
    labels: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> int:
    """Apply the records order[start:stop] of one lane date; where the pass stopped (stop, or earlier).

    For the n-th record judged: its features (`matrix[n]`), and in `judged[n]` its place in `order`, the
    number of the statement it brought (0 without), whether that was frozen as an observation, and the lane's
    active accounts. `labels` gets (slot, statement number, label code, whether an
    outcome record told it) of observations that matured.
    `counts` = [judged, labels, active accounts of the lane, sum of their limits, ignored records]; the last
    three carry over.
    """
    n = 0
    matured = 0
    for place in range(start, stop):
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
        row.segment = segment
        pass_time(row, today)
        time = occurred[i]
        statement = 0
        if what == _TRANSACTION:
            _transaction(row, time, fields[i], payments)
        elif what == _PAYMENT:
            _payment(row, time, fields[i], today, payments, payments_free, unpaid, unpaid_free)
        elif what == _STATEMENT:
            if _statement(row, time, fields[i], today, payments, unpaid, unpaid_free):
                statement = row.statements
            else:
                counts[4] += 1
        elif what == _ACCOUNT:
            if not _account(row, time, fields[i], counts):
                counts[4] += 1
        elif what == _REPORT:
            if row.report_time == NONE or time >= row.report_time:
                row.report_time = time
                for k in range(REPORT_FIELDS):
                    row.report[k] = fields[i, k]
            else:
                counts[4] += 1
        elif what == _OUTCOME:
            matured = _outcome(row, s, fields[i, layout.OUTCOME_OUTCOME], labels, matured)
        due[s] = fill(row, payments, unpaid, today, matrix[n])
        matured = _ripen(row, s, today, matrix[n], labelling, labels, matured)
        frozen = statement > 0 and matrix[n, _PAST_DUE] < labelling[BAD_DPD]
        if frozen:
            _await(row, today)
        due[s] = min(due[s], _pending_due(row, labelling))
        judged[n, 0] = place
        judged[n, 1] = statement
        judged[n, 2] = frozen
        judged[n, 3] = counts[2]
        n += 1
    counts[0] = n
    counts[1] = matured
    return stop


@njit(cache=True)
def sweep(
    slots: NDArray[np.int64],
    today: int,
    rows: Rows,
    due: NDArray[np.int64],
    payments: Rows,
    unpaid: Rows,
    labelling: NDArray[np.int64],
    matrix: NDArray[np.float64],
    labels: NDArray[np.int64],
) -> int:
    """Let time pass for `slots` up to 00:00 of `today`; fill a matrix line each; how many labels matured."""
    matured = 0
    for n in range(len(slots)):
        s = slots[n]
        row = rows[s]
        pass_time(row, today)
        due[s] = fill(row, payments, unpaid, today, matrix[n])
        matured = _ripen(row, s, today, matrix[n], labelling, labels, matured)
        due[s] = min(due[s], _pending_due(row, labelling))
    return matured


@njit(cache=True)
def pass_time(row: Any, today: int) -> None:
    """Close the open cycle at 00:00 of its due date + 1 once the lane is there (contract 3.5)."""
    if row.closed < row.statements:
        c = (row.statements - 1) % CYCLES
        if today > row.cycle_due[c]:
            row.cycle_close[c] = (row.cycle_due[c] + 1) * DAY_US
            row.closed = row.statements


@njit(cache=True)
def _tile(row: Any, time: int) -> int:
    day = time // DAY_US
    tile = day % TILES
    if row.tile_day[tile] != day:
        row.tile_day[tile] = day
        row.tile_net[tile] = row.tile_purchases[tile] = row.tile_cash[tile] = 0
    return tile


@njit(cache=True)
def _settle(row: Any, time: int, balance: int) -> None:
    """Set the balance, and keep what later dates already did to it (contract 3.2)."""
    if row.balance_set != NONE and time < row.balance_set:
        return
    day = time // DAY_US
    for tile in range(TILES):
        if row.tile_day[tile] > day:
            balance += row.tile_net[tile]
    row.balance = balance
    row.balance_set = time


@njit(cache=True)
def _move(row: Any, time: int, tile: int, amount: int) -> None:
    row.tile_net[tile] += amount
    if row.balance_set == NONE or time >= row.balance_set:
        row.balance += amount


@njit(cache=True)
def _transaction(row: Any, time: int, fields: NDArray[np.int64], payments: Rows) -> None:
    amount = fields[layout.TRANSACTION_AMOUNT]
    what = fields[layout.TRANSACTION_TYPE]
    tile = _tile(row, time)
    _move(row, time, tile, -amount if what == _REFUND else amount)
    if what == _PURCHASE:
        row.tile_purchases[tile] += amount
    elif what == _CASH:
        row.tile_cash[tile] += amount
    else:
        return
    node = row.payments
    while node >= 0:
        paid = payments[node]
        if 0 <= time - paid.time <= RESPEND_US:
            paid.respent = min(paid.amount, paid.respent + amount)
        node = paid.next


@njit(cache=True)
def _payment(
    row: Any,
    time: int,
    fields: NDArray[np.int64],
    today: int,
    payments: Rows,
    payments_free: NDArray[np.int64],
    unpaid: Rows,
    unpaid_free: NDArray[np.int64],
) -> None:
    amount = fields[layout.PAYMENT_AMOUNT]
    _move(row, time, _tile(row, time), -amount)
    for c in range(min(row.statements, CYCLES)):
        if row.cycle_issue[c] <= time < row.cycle_close[c]:
            row.cycle_paid[c] += amount
    before = np.int32(-1)
    node = row.unpaid
    while node >= 0:
        owed = unpaid[node]
        after = owed.next
        if owed.issue <= time:
            owed.paid += amount
        if owed.paid >= owed.minimum:
            if before < 0:
                row.unpaid = after
            else:
                unpaid[before].next = after
            _give_back(unpaid, unpaid_free, node)
        else:
            before = node
        node = after
    # what has left the window of 90 days goes, then the new payment comes first
    before = np.int32(-1)
    node = row.payments
    while node >= 0:
        after = payments[node].next
        if today - payments[node].time // DAY_US >= KEPT_DAYS:
            if before < 0:
                row.payments = after
            else:
                payments[before].next = after
            _give_back(payments, payments_free, node)
        else:
            before = node
        node = after
    node = get_entry(payments, payments_free)
    new = payments[node]
    new.time = time
    new.amount = amount
    new.respent = 0
    new.payer = fields[layout.PAYMENT_PAYER]
    new.next = row.payments
    row.payments = node


@njit(cache=True)
def get_entry(pool: Rows, free: NDArray[np.int64]) -> Any:
    """Take an entry from a pool's free list; there must be one."""
    node = free[0]
    free[0] = pool[node].next
    free[1] -= 1
    return node


@njit(cache=True)
def _give_back(pool: Rows, free: NDArray[np.int64], node: int) -> None:
    pool[node].next = free[0]
    free[0] = node
    free[1] += 1


@njit(cache=True)
def _statement(
    row: Any,
    time: int,
    fields: NDArray[np.int64],
    today: int,
    payments: Rows,
    unpaid: Rows,
    unpaid_free: NDArray[np.int64],
) -> bool:
    """Open a cycle and close the one before it; whether the statement was taken (contract 3.1, 3.5, 3.6)."""
    name = fields[layout.STATEMENT_ID]
    if row.statements > 0 and (time < row.statement_time or name == row.statement_id):
        return False
    if row.closed < row.statements:
        c = (row.statements - 1) % CYCLES
        row.cycle_close[c] = time
        node = row.payments
        while node >= 0:
            paid = payments[node]
            if paid.time >= time and paid.time >= row.cycle_issue[c]:
                row.cycle_paid[c] -= paid.amount
            node = paid.next
        row.closed = row.statements
    c = row.statements % CYCLES
    row.statements += 1
    row.statement_time = time
    row.statement_id = name
    balance, least, last_day = (
        fields[layout.STATEMENT_BALANCE],
        fields[layout.STATEMENT_MINIMUM_DUE],
        fields[layout.STATEMENT_DUE_ON],
    )
    row.cycle_issue[c] = time
    row.cycle_close[c] = NEVER_DUE
    row.cycle_due[c] = last_day
    row.cycle_minimum[c] = least
    row.cycle_balance[c] = balance
    row.cycle_limit[c] = max(row.limit, row.floor) if row.account_time != NONE else 0
    pass_time(row, today)
    since = within = 0
    node = row.payments
    while node >= 0:
        paid = payments[node]
        if paid.time >= time:
            since += paid.amount
            if paid.time < row.cycle_close[c]:
                within += paid.amount
        node = paid.next
    row.cycle_paid[c] = within
    if since < least:
        node = get_entry(unpaid, unpaid_free)
        owed = unpaid[node]
        owed.issue = time
        owed.due = last_day
        owed.minimum = least
        owed.paid = since
        owed.next = row.unpaid
        row.unpaid = node
    _settle(row, time, balance)
    return True


@njit(cache=True)
def _account(row: Any, time: int, fields: NDArray[np.int64], counts: NDArray[np.int64]) -> bool:
    """Replace the snapshot wholly; whether it was taken (contract 3.1)."""
    if row.account_time != NONE:
        if time < row.account_time:
            return False
        if row.status == _ACTIVE:
            counts[2] -= 1
            counts[3] -= row.limit
    row.account_time = time
    row.limit = fields[layout.ACCOUNT_CREDIT_LIMIT]
    row.status = fields[layout.ACCOUNT_STATUS]
    row.exemptions = fields[layout.ACCOUNT_EXEMPTIONS]
    row.opened_on = fields[layout.ACCOUNT_OPENED_ON]
    row.income = fields[layout.ACCOUNT_MONTHLY_INCOME]
    product = fields[layout.ACCOUNT_PRODUCT]
    row.product = NONE if product == NONE else (product >> 32) & 0xFFFFFFFF
    if row.status == _ACTIVE:
        counts[2] += 1
        counts[3] += row.limit
    if fields[layout.ACCOUNT_BALANCE] != NONE:
        _settle(row, time, fields[layout.ACCOUNT_BALANCE])
    return True


@njit(cache=True)
def _await(row: Any, today: int) -> None:
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


@njit(cache=True)
def _ripen(
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


@njit(cache=True)
def _mature(row: Any, s: int, k: int, code: int, told: int, labels: NDArray[np.int64], matured: int) -> int:
    labels[matured, 0] = s
    labels[matured, 1] = row.pending_statement[k]
    labels[matured, 2] = code
    labels[matured, 3] = told
    row.pending_statement[k] = 0
    return matured + 1


@njit(cache=True)
def _outcome(row: Any, s: int, what: int, labels: NDArray[np.int64], matured: int) -> int:
    """A confirmed outcome matures what waits: charge-off bad, fraud set aside, cured and false alarm good."""
    code = BAD if what == _CHARGED_OFF else SET_ASIDE if what == _FRAUD else GOOD
    for k in range(PENDING):
        if row.pending_statement[k] != 0:
            matured = _mature(row, s, k, code, 1, labels, matured)
    return matured


@njit(cache=True)
def _pending_due(row: Any, labelling: NDArray[np.int64]) -> int:
    due = NEVER_DUE
    for k in range(PENDING):
        if row.pending_statement[k] != 0:
            due = min(due, row.pending_day[k] + labelling[WINDOW_DAYS])
    return due
