"""Account snapshots: at opening, now and then after, and when the bank blocks, frees or closes a card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from streams.simulator import calibration as c
from streams.simulator import vocabulary as v
from streams.simulator.behaviour import JOB_LOSS, Life
from streams.simulator.clock import DAY_SECONDS, Bools, Ints, Month
from streams.simulator.rows import Ledger, Rows

if TYPE_CHECKING:
    from streams.simulator.book import Book


@dataclass(slots=True)
class Accounts:
    """Account state; one entry per cardholder."""

    status: Ints
    exemption: Ints
    """Index in vocabulary.EXEMPTIONS; 0: none."""


def make_accounts(size: int) -> Accounts:
    """All active, no exemptions."""
    return Accounts(np.zeros(size, np.int64), np.zeros(size, np.int64))


def snapshots(book: Book, accounts: Accounts, life: Life, ledger: Ledger, at: Ints, mask: Bools) -> Rows:
    """Full snapshots of the masked cardholders at second `at` of this month, with the balance as of then."""
    who = np.flatnonzero(mask)
    lost_job = (life.trouble == JOB_LOSS) & (life.trouble_age >= 3)
    income = np.rint(np.where(lost_job, 0.45, 1.0) * book.income / 1000).astype(np.int64) * 1000
    columns = {
        "limit": book.limit[who],
        "status": accounts.status[who],
        "exemption": accounts.exemption[who],
        "balance": np.maximum(ledger.balance_at(at), 0)[who],
        "income": np.where(who % 9 == 4, -1, income[who]),
    }
    return Rows(who, at[who], columns)


def openings(book: Book, accounts: Accounts, life: Life, ledger: Ledger, month: Month) -> Rows:
    """Snapshots of accounts open at the begin of the run (in its first hour) or opened this month."""
    first_hour = month.begins + np.arange(book.size) % 3600
    morning = book.opened_day * DAY_SECONDS + 8 * 3600 + np.arange(book.size) % 36_000
    at = np.where(book.opened_month < 0, first_hour, morning)
    opens = book.opened_month == month.index
    if month.index == 0:
        opens |= book.opened_month < 0
    return snapshots(book, accounts, life, ledger, at, opens)


def updates(
    rng: np.random.Generator, book: Book, accounts: Accounts, life: Life, ledger: Ledger, month: Month
) -> Rows:
    """This month's later snapshots; changes limits, statuses and exemptions on the way."""
    size = book.size
    open_now = (accounts.status != v.CLOSED) & (book.opened_month < month.index)
    raised = open_now & (life.arrears == 0) & (life.stress < 1) & (rng.random(size) < 0.004)
    book.limit = np.where(
        raised, book.limit + np.maximum(book.limit // 5, c.LIMIT_STEP) // 10_000 * 10_000, book.limit
    )
    rises = open_now & (rng.random(size) < 0.010)
    book.income = np.where(rises, book.income * rng.uniform(1.01, 1.10, size), book.income)
    block = open_now & (accounts.status == v.ACTIVE) & (life.arrears >= 3)
    free = open_now & (accounts.status == v.BLOCKED) & (life.arrears == 0)
    accounts.status = np.where(block, v.BLOCKED, np.where(free, v.ACTIVE, accounts.status))
    lifted = (accounts.exemption > 0) & (accounts.exemption != 3) & (rng.random(size) < 0.30)
    draw = rng.random(size)
    chances = np.cumsum([0.0012, 0.0004 * 1.0, 0.00004, 0.00015])
    given = np.where(draw < chances[-1], np.searchsorted(chances, draw) + 1, 0)
    hardship = (life.arrears >= 2) & (rng.random(size) < 0.03)
    given = np.where(hardship, 2, given)
    granted = open_now & (accounts.exemption == 0) & (given > 0)
    accounts.exemption = np.where(lifted, 0, np.where(granted, given, accounts.exemption)).astype(np.int64)
    changed = (
        raised | rises | block | free | (lifted & open_now) | granted | (open_now & (rng.random(size) < 0.02))
    )
    at = month.begins + 4 * DAY_SECONDS + rng.integers(0, (month.days - 5) * DAY_SECONDS, size)
    return snapshots(book, accounts, life, ledger, at, changed)
