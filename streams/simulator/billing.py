"""Statements: when they are issued, what they ask for, and what of them is still unpaid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from streams.simulator import calibration as c
from streams.simulator.behaviour import DEEPEST
from streams.simulator.book import TRANSACTOR, Book
from streams.simulator.clock import DAY_SECONDS, Bools, Ints, Month
from streams.simulator.rows import Ledger, Rows

MONTHS_KEPT = DEEPEST + 1


@dataclass(slots=True)
class Billing:
    """Open statements of each cardholder; money in minor units."""

    needs: Ints
    """[cardholder, age]: what is left to pay of the minimum that fell due `age` months before this month."""
    ahead: Ints
    """The same of a statement issued this month and due in the next."""
    statement_balance: Ints
    paid_since: Ints
    """Payments since the newest statement."""

    def turn_month(self) -> None:
        """Every statement grows a month older."""
        self.needs[:, 1:] = self.needs[:, :-1]
        self.needs[:, 0] = self.ahead
        self.ahead[:] = 0

    def pay(self, rows: Rows) -> None:
        """A payment counts for every statement before it (contract 3.6)."""
        paid = np.bincount(rows.who, weights=rows.columns["amount"], minlength=len(self.ahead)).astype(
            np.int64
        )
        self.needs -= paid[:, None]
        self.paid_since += paid

    def arrears(self) -> Ints:
        """Age in months of the oldest unpaid minimum that is due by the end of this month; 0: none."""
        unpaid = self.needs > 0
        oldest = MONTHS_KEPT - 1 - np.argmax(unpaid[:, ::-1], axis=1)
        ages: Ints = np.where(unpaid.any(axis=1), np.minimum(oldest + 1, DEEPEST), 0)
        return ages


def make_billing(size: int) -> Billing:
    """Nothing issued yet."""
    return Billing(
        np.zeros((size, MONTHS_KEPT), np.int64),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
    )


def issue_seconds(rng: np.random.Generator, book: Book, month: Month) -> Ints:
    """Second of this month at which each statement is issued: early, 20 days before its due day."""
    following = month.shifted(1)
    due_day = np.where(book.early_cycle, month.first_day, following.first_day) + book.due_day - 1
    at: Ints = (due_day - c.DUE_AFTER_DAYS) * DAY_SECONDS + rng.integers(4 * 3600, 8 * 3600, book.size)
    return at


def due_days(book: Book, month: Month) -> Ints:
    """Day since the epoch on which statements issued this month fall due."""
    following = month.shifted(1)
    due: Ints = np.where(book.early_cycle, month.first_day, following.first_day) + book.due_day - 1
    return due


def _due_month_number(book: Book, month: Month) -> Ints:
    """Year and month (YYYYMM) in which statements issued this month fall due; it names them."""
    following = month.shifted(1)
    now, later = month.year * 100 + month.month, following.year * 100 + following.month
    return np.where(book.early_cycle, now, later).astype(np.int64)


def minimum_due(balance: Ints, unpaid: Ints) -> Ints:
    """5 % of the balance, at least a floor, plus what is in arrears, at most the balance."""
    part = np.maximum(np.rint(balance * c.MINIMUM_SHARE).astype(np.int64), c.MINIMUM_FLOOR)
    asked: Ints = np.minimum(part + np.maximum(unpaid, 0), balance)
    return asked


def issue(billing: Billing, book: Book, month: Month, ledger: Ledger, at: Ints, who_gets: Bools) -> Rows:
    """Issue statements at second `at` to those of the mask, and remember what they ask for."""
    balance = np.maximum(ledger.balance_at(at), 0)
    late_cycle = ~book.early_cycle
    unpaid = np.where(late_cycle, billing.needs[:, 0], billing.needs[:, 1])
    minimum = minimum_due(balance, unpaid)
    early, late = who_gets & book.early_cycle, who_gets & late_cycle
    billing.needs[early, 0] = minimum[early]
    billing.ahead[late] = minimum[late]
    billing.statement_balance[who_gets] = balance[who_gets]
    billing.paid_since[who_gets] = 0
    who = np.flatnonzero(who_gets)
    columns = {
        "balance": balance[who],
        "minimum": minimum[who],
        "due": due_days(book, month)[who],
        "number": _due_month_number(book, month)[who],
    }
    return Rows(who, at[who], columns)


def interest_amounts(billing: Billing, book: Book) -> Ints:
    """Interest on what was carried over from the newest statement; transactors who paid in full owe none."""
    carried = np.maximum(billing.statement_balance - billing.paid_since, 0)
    small = (book.segment == TRANSACTOR) & (carried < 5_000)
    owed: Ints = np.where(small, 0, np.rint(carried * c.INTEREST)).astype(np.int64)
    return owed


def opening_statements(
    billing: Billing, book: Book, month: Month, balance: Ints, arrears: Ints
) -> list[Rows]:
    """Statements handed over at take-on: those unpaid from before, and the open one of late cycles.

    Called at the first month's begin, needs not yet filled. Issued in the first hours, oldest first, with
    their true (past) due dates, so that days past due read rightly from the first day.
    """
    part = minimum_due(balance, np.zeros_like(balance))
    rows = []
    minute = month.begins + 2 * 3600
    for age in range(DEEPEST, -1, -1):
        gets = (arrears >= age) & (arrears > 0) if age else ~book.early_cycle & (book.opened_month < 0)
        who = np.flatnonzero(gets & (balance > 0))
        need = np.minimum(part * (arrears - age + 1), balance)
        billing.needs[who, age] = need[who]
        billing.statement_balance[who] = balance[who]
        due_month = month.shifted(-age)
        columns = {
            "balance": balance[who],
            "minimum": need[who],
            "due": due_month.first_day + book.due_day[who] - 1,
            "number": np.full(len(who), due_month.year * 100 + due_month.month, np.int64),
        }
        rows.append(Rows(who, minute + (DEEPEST - age) * 60 + who % 50, columns))
    return rows
