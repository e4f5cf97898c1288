"""Payments of one month: how much, when, by whom; each ends the month as far in arrears as it means to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.simulator import calibration as c
from streams.simulator.behaviour import Life, chances
from streams.simulator.book import MINIMUM_PAYER, REVOLVER, TRANSACTOR, Book
from streams.simulator.rows import Rows, joined
from streams.simulator.vocabulary import HOLDER, NO_PAYER, PAYMENT_CHANNELS, THIRD_PARTY, UNKNOWN_PAYER

if TYPE_CHECKING:
    from streams.simulator.billing import Billing
    from streams.simulator.clock import Bools, Floats, Ints, Month


def pay(
    rng: np.random.Generator,
    month: Month,
    book: Book,
    life: Life,
    billing: Billing,
    intended: Ints,
    ring: Bools,
) -> Rows:
    """Payments of all cardholders for the statement due this month and those in arrears."""
    size = book.size
    needs = billing.needs
    total = needs.max(axis=1)
    owes = total > 0
    before = life.arrears
    clears = (intended == 0) & owes
    partly = (intended > 0) & (intended <= before)
    everyone = np.arange(size)
    # Clear all: the regular payment, for some after a first one that settles the arrears.
    regular = np.maximum(_wish(rng, book, life, billing), total)
    first = np.where(clears & (before > 0) & (rng.random(size) < 0.5), np.maximum(needs[:, 1], 0), 0)
    # Hold the line: pay exactly up to the statement that stays unpaid, or a little more.
    behind = np.clip(intended, 0, needs.shape[1] - 1)
    settled = np.maximum(needs[everyone, behind], 0)
    next_step = needs[everyone, np.maximum(behind - 1, 0)] - settled
    more = np.where(rng.random(size) < 0.4, rng.uniform(0, 0.6, size) * np.maximum(next_step - 1, 0), 0)
    # Roll on: mostly nothing, sometimes too little.
    oldest = np.maximum(needs[everyone, np.clip(before, 0, needs.shape[1] - 1)], 0)
    token = (intended > before) & owes & (rng.random(size) < 0.25)
    too_little = np.minimum(np.rint(oldest * rng.uniform(0.1, 0.7, size)), oldest - 1)

    split = ring & clears & (regular > 20_000)
    drags = before == 2
    drags[drags] = rng.random(int(drags.sum())) < chances(
        np.clip(life.stress[drags], -0.5, 3.5), c.TOUCHES_STRESS, c.TOUCHES_SIXTY
    )
    first[drags] = 0
    dragged = np.minimum(book.due_day + rng.integers(2, 7, size), month.days)
    late = month.at_day(dragged) + rng.integers(8 * 3600, 22 * 3600, size)
    catches_up = np.where(drags, late, _early(rng, month, book))
    in_time = np.where(drags, late, _regular(rng, month, book, life))

    parts = [
        _rows(everyone, _early(rng, month, book), first, clears & (first > 0)),
        _rows(everyone, in_time, np.where(split, regular * 0.55, regular) - first, clears),
        _rows(everyone, _early(rng, month, book), regular * 0.45, split),
        _rows(everyone, catches_up, settled + more, partly),
        _rows(everyone, _early(rng, month, book), too_little, token),
    ]
    rows = joined([part.only(part.columns["amount"] > 0) for part in parts])
    return _with_payers(rng, book, rows, ring)


def _rows(who: Ints, at: Ints, amount: Floats | Ints, mask: Bools) -> Rows:
    return Rows(who[mask], at[mask], {"amount": np.ceil(amount[mask]).astype(np.int64)})


def _wish(rng: np.random.Generator, book: Book, life: Life, billing: Billing) -> Ints:
    """What each would like to pay of the statement, before its minimum is looked at."""
    size = book.size
    owed = billing.statement_balance
    minimum = np.maximum(billing.needs[:, 0], 0)
    strained = np.exp(-0.55 * np.clip(life.stress, 0, 3) * book.loud)
    least = minimum * np.where(rng.random(size) < 0.45, 1.0, rng.uniform(1.0, 1.18, size))
    share = book.pay_share * strained * np.exp(rng.normal(0, 0.3, size))
    part = np.maximum(np.clip(share, 0, 1) * owed, least)
    tidy = np.where(rng.random(size) < 0.5, np.ceil(part / 1000) * 1000, part)
    full = (book.segment == TRANSACTOR) & (rng.random(size) < np.clip(1.15 * strained, 0, 0.985))
    full |= (book.segment == REVOLVER) & (rng.random(size) < 0.04)
    gives_least = (book.segment == MINIMUM_PAYER) & (rng.random(size) < 0.97)
    wish = np.where(full, owed, np.where(gives_least, least, tidy))
    whole: Ints = np.minimum(np.ceil(wish), np.maximum(owed, minimum)).astype(np.int64)
    return whole


def _early(rng: np.random.Generator, month: Month, book: Book) -> Ints:
    """A second in the days when late payers catch up: soon after the salary, before the next due day."""
    first = np.where(book.early_cycle, book.due_day - c.DUE_AFTER_DAYS + 1, 1)
    last = np.where(book.early_cycle, first + 10, np.minimum(book.due_day - 1, 12))
    day = rng.integers(first, last + 1)
    return month.at_day(day) + rng.integers(8 * 3600, 22 * 3600, book.size)


def _regular(rng: np.random.Generator, month: Month, book: Book, life: Life) -> Ints:
    """A second by the due day: near it, after payday, or anywhere; a few slip, but inside the month."""
    size = book.size
    first = np.where(book.early_cycle, book.due_day - c.DUE_AFTER_DAYS + 1, 1)
    near = book.due_day - np.minimum(rng.geometric(0.4, size) - 1, 6)
    salary = book.payday + rng.integers(0, 3, size)
    anywhere = rng.integers(first, book.due_day + 1)
    style = rng.random(size)
    day = np.where(style < 0.5, near, np.where(style < 0.7, salary, anywhere))
    day = np.clip(day, np.maximum(first, 1), book.due_day)
    slips = rng.random(size) < 0.01 * np.exp(0.4 * np.clip(life.stress, 0, 3))
    latest = np.where(book.early_cycle, month.days, book.due_day + 6)
    day = np.where(slips, np.minimum(book.due_day + rng.integers(1, 7, size), latest), day)
    return month.at_day(day) + rng.integers(6 * 3600, 23 * 3600, size)


def _with_payers(rng: np.random.Generator, book: Book, rows: Rows, ring: Bools) -> Rows:
    """Who paid, and how the money came."""
    count = len(rows)
    draw = rng.random(count)
    payer = np.select(
        [draw < 0.004, draw < 0.02, draw < 0.03], [THIRD_PARTY, NO_PAYER, UNKNOWN_PAYER], HOLDER
    )
    family = book.family_pays[rows.who] & (rng.random(count) < 0.7)
    payer = np.where(family | (ring[rows.who] & (rng.random(count) < 0.9)), THIRD_PARTY, payer)
    channel = rng.choice(len(PAYMENT_CHANNELS), count, p=[0.5, 0.3, 0.05, 0.15])
    channel = np.where(payer == THIRD_PARTY, 0, channel)
    rows.columns["payer"] = payer.astype(np.int64)
    rows.columns["channel"] = channel.astype(np.int64)
    return rows
