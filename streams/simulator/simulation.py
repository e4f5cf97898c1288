"""The book's months, one after the other."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from streams.simulator import accounts as acc
from streams.simulator import behaviour, bureau, incidents, spending
from streams.simulator import calibration as c
from streams.simulator import vocabulary as v
from streams.simulator.arrival import Arrivals
from streams.simulator.billing import (
    Billing,
    interest_amounts,
    issue,
    issue_seconds,
    make_billing,
    opening_statements,
)
from streams.simulator.book import MINIMUM_PAYER, TRANSACTOR, Book, make_book
from streams.simulator.clock import DAY_SECONDS, Bools, Ints, Month, months_from
from streams.simulator.payments import pay
from streams.simulator.rows import Ledger, Rows, joined, transactions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.simulator.records import SimulatedRecord


def simulate(
    cardholders: int,
    months: int,
    seed: int,
    start: dt.date = dt.date(2025, 1, 1),
    transactions_per_month: float = 20.0,
    ticks_per_day: int = 1,
) -> Iterator[SimulatedRecord]:
    """Simulate a book and yield its records in order of arrival.

    `start` is the first day of a month; `transactions_per_month` is the mean a cardholder (amounts scale, so
    that balances do not depend on it); `ticks_per_day` ticks are spread evenly over each day (0: none,
    at most 1,440). The same arguments give the same bytes.
    """
    if cardholders < 1 or months < 1:
        raise ValueError("cardholders and months must be at least 1")
    if seed < 0:
        raise ValueError("seed must not be negative")
    if start.day != 1:
        raise ValueError(f"start must be the first day of a month, not {start.isoformat()}")
    if not 0 < transactions_per_month <= 1000:
        raise ValueError("transactions_per_month must be above 0 and at most 1000")
    if not 0 <= ticks_per_day <= 1440:
        raise ValueError("ticks_per_day must be between 0 and 1440")
    return _months(cardholders, months, seed, start, transactions_per_month, ticks_per_day)


def _months(
    cardholders: int, months: int, seed: int, start: dt.date, per_month: float, ticks_per_day: int
) -> Iterator[SimulatedRecord]:
    world = _World(cardholders, months, seed, start, per_month)
    arrivals = Arrivals(np.random.default_rng([seed, 1]), world.book)
    for month in months_from(start, months):
        rows = world.play(month)
        rows["control"] = _control(month, ticks_per_day)
        last = month.index == months - 1
        yield from arrivals.emit(rows, month.ends + 10_000 * DAY_SECONDS if last else month.ends)


def _control(month: Month, ticks_per_day: int) -> Rows:
    """The month's ticks from its first second on, and a breaker reset on its first morning."""
    seconds = np.arange(month.days * ticks_per_day) * DAY_SECONDS // max(ticks_per_day, 1) + month.begins
    at = np.concatenate([seconds, [month.begins + 9 * 3600]]).astype(np.int64)
    reset = np.zeros(len(at), np.int64)
    reset[-1] = 1
    return Rows(np.full(len(at), -1, np.int64), at, {"reset": reset})


class _World:
    """All state of a run."""

    def __init__(self, cardholders: int, months: int, seed: int, start: dt.date, per_month: float) -> None:
        first = next(months_from(start, 1))
        self.rng = np.random.default_rng([seed, 0])
        self.per_month = per_month
        self.book: Book = make_book(self.rng, cardholders, months, first)
        self.life = behaviour.make_life(self.rng, self.book)
        self.bureau = bureau.make_bureau(self.rng, self.book)
        self.accounts = acc.make_accounts(cardholders)
        self.billing: Billing = make_billing(cardholders)
        self.balance: Ints = self._opening_balance()
        self.paid: Ints = np.rint(0.3 * self.balance).astype(np.int64)
        self.worst: Ints = np.zeros(cardholders, np.int64)
        for _ in range(8):
            bureau.advance(self.rng, self.book, self.life, self.bureau, self.balance)

    def _opening_balance(self) -> Ints:
        book, life, rng = self.book, self.life, self.rng
        spent = np.minimum(
            book.income * book.spend_share * rng.uniform(0.5, 1.2, book.size), 0.7 * book.limit
        )
        drawn = (
            np.clip(book.used_share + 0.16 * np.maximum(life.stress, 0) * book.loud, 0.02, 0.99) * book.limit
        )
        drawn = np.where(
            (book.segment == MINIMUM_PAYER) | (life.arrears > 0), np.maximum(drawn, 0.3 * book.limit), drawn
        )
        drawn = np.where(life.arrears > 1, np.maximum(drawn, 0.6 * book.limit), drawn)
        balance = np.where(
            (book.segment == TRANSACTOR) & (life.stress < 1.2) & (life.arrears < 2), spent, drawn
        )
        return np.where(book.opened_month < 0, np.rint(balance), 0).astype(np.int64)

    def play(self, month: Month) -> dict[str, Rows]:
        """One month of the whole book: all its rows by kind."""
        rng, book, life, billing = self.rng, self.book, self.life, self.billing
        ledger = Ledger(book.size, self.balance)
        rows: dict[str, Rows] = {}
        statements: list[Rows] = []
        if month.index == 0:
            statements += opening_statements(billing, book, month, self.balance, life.arrears)
        else:
            billing.turn_month()
            bureau.advance(rng, book, life, self.bureau, self.balance)
            behaviour.advance_stress(rng, book, life)
        alive = ~life.written_off & (book.opened_month <= month.index)
        intended = behaviour.intended_arrears(rng, book, life)
        opening = acc.openings(book, self.accounts, life, ledger, month)

        can_spend = alive & (self.accounts.status == v.ACTIVE) & (life.arrears <= 2)
        budget = spending.plan(rng, book, life, self.balance, self.paid, can_spend)
        bought = spending.spend(rng, month, book, life, budget, self.per_month)
        if month.index == 0:
            bought.at = np.maximum(bought.at, month.begins + 3 * 3600 + bought.who % 3600)
        stolen = incidents.fraud(rng, month, book, can_spend, self.balance)
        moved = [bought, stolen.purchases, self._cash_fees(bought)]
        for part in moved:
            ledger.add_transactions(part)

        issued_at = issue_seconds(rng, book, month)
        gets = alive & (book.opened_month < month.index)
        moved.append(self._issue(statements, month, ledger, issued_at, gets & book.early_cycle))
        ring = spending.in_ring(life)
        ring &= alive
        paid = pay(rng, month, book, life, billing, np.where(alive, intended, life.arrears + 1), ring)
        billing.pay(paid)
        ledger.add_payments(paid)
        again = spending.spend_again(rng, book, paid.only(ring[paid.who]))
        ledger.add_transactions(again)
        before = life.arrears
        life.arrears = np.where(alive, billing.arrears(), life.arrears)
        fees = self._late_fees(month, alive & (life.arrears > 0) & (life.arrears >= before))
        ledger.add_transactions(fees)
        moved += [again, fees, self._issue(statements, month, ledger, issued_at, gets & ~book.early_cycle)]

        rows["transaction"] = joined(moved)
        rows["payment_posted"] = paid
        rows["statement_issued"] = joined(statements)
        rows["bureau_report"] = bureau.reports(rng, month, book, self.bureau, life.arrears > 0, alive)
        rows["outcome"] = incidents.outcomes(rng, month, book, life, self.accounts, self.worst, stolen)
        rows["account_updated"] = joined([opening, self._snapshots(month, ledger, stolen, rows["outcome"])])
        self.paid = np.bincount(paid.who, paid.columns["amount"], book.size).astype(np.int64)
        self.balance = ledger.balance_at(np.full(book.size, month.ends + 30 * DAY_SECONDS, np.int64))
        return rows

    def _issue(self, statements: list[Rows], month: Month, ledger: Ledger, at: Ints, gets: Bools) -> Rows:
        """Charge interest just before the statements, issue them, and return the interest rows."""
        owed = np.where(gets, interest_amounts(self.billing, self.book), 0)
        who = np.flatnonzero(owed > 0)
        interest = transactions(who, at[who] - 60, owed[who], v.INTEREST)
        ledger.add_transactions(interest)
        statements.append(issue(self.billing, self.book, month, ledger, at, gets))
        return interest

    def _cash_fees(self, bought: Rows) -> Rows:
        drawn = bought.only(bought.columns["type"] == v.CASH_ADVANCE)
        fee = np.rint(drawn.columns["amount"] * c.CASH_FEE).astype(np.int64)
        return transactions(drawn.who, drawn.at, fee, v.FEE)

    def _late_fees(self, month: Month, mask: Bools) -> Rows:
        """A fee on the morning after a due day that leaves something unpaid."""
        who = np.flatnonzero(mask)
        at = month.at_day(self.book.due_day[who] + 1) + 6 * 3600
        return transactions(who, at, np.full(len(who), c.LATE_FEE, np.int64), v.FEE)

    def _snapshots(self, month: Month, ledger: Ledger, stolen: incidents.Fraud, outcomes: Rows) -> Rows:
        """Ordinary updates, closings after a write-off, and fraud cases."""
        book, accounts = self.book, self.accounts
        parts = [acc.updates(self.rng, book, accounts, self.life, ledger, month)]
        victims = np.zeros(book.size, np.bool_)
        victims[stolen.who] = True
        accounts.exemption[victims] = v.FRAUD_CASE
        noticed = np.full(book.size, month.begins, np.int64)
        noticed[stolen.who] = stolen.begins + 30 * 3600
        parts.append(acc.snapshots(book, accounts, self.life, ledger, noticed, victims))
        off = outcomes.only(outcomes.columns["outcome"] == v.CHARGED_OFF)
        closed = np.zeros(book.size, np.bool_)
        closed[off.who] = True
        accounts.status[closed] = v.CLOSED
        closing = np.full(book.size, month.begins, np.int64)
        closing[off.who] = off.at + 600
        parts.append(acc.snapshots(book, accounts, self.life, ledger, closing, closed))
        return joined(parts)
