"""Fraud bursts, and the outcomes that people report: written off, cured, fraud confirmed, false alarm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from streams.simulator import calibration as c
from streams.simulator import vocabulary as v
from streams.simulator.behaviour import NO_TROUBLE, Life
from streams.simulator.clock import DAY_SECONDS, Bools, Ints, Month
from streams.simulator.rows import Rows, transactions

if TYPE_CHECKING:
    from streams.simulator.accounts import Accounts
    from streams.simulator.book import Book

FRAUD_SHARE = 0.0008
"""Cards taken over in a month."""


@dataclass(slots=True)
class Fraud:
    """A month's card takeovers."""

    who: Ints
    begins: Ints
    """Second of the first stolen purchase; all happen within six hours."""
    purchases: Rows


def fraud(rng: np.random.Generator, month: Month, book: Book, can_spend: Bools, balance: Ints) -> Fraud:
    """Cards taken over: a night of foreign online purchases, large for the card."""
    room = book.limit - balance
    hit = can_spend & (rng.random(book.size) < FRAUD_SHARE) & (room > 0.2 * book.limit)
    hit &= book.opened_month < month.index
    victims = np.flatnonzero(hit)
    begins = month.at_day(rng.integers(1, month.days - 16, len(victims))) + rng.integers(
        0, 4 * 3600, len(victims)
    )
    steps = rng.integers(3, 9, len(victims))
    who = np.repeat(victims, steps)
    at = np.repeat(begins, steps) + rng.integers(0, 6 * 3600, len(who))
    amount = room[who] * np.repeat(rng.uniform(0.3, 0.8, len(victims)) / steps, steps)
    category = rng.choice([v.CODE["5732"], v.CODE["5816"], v.GAMBLING, v.CODE["4511"]], len(who))
    shop = v.FIRST_SHOP[category] + rng.integers(0, v.SHOPS[category])
    place = v.ONLINE_CHANNEL * len(v.PLACES) + v.FRAUD_PLACE
    return Fraud(
        victims, begins, transactions(who, at, np.rint(amount).astype(np.int64), v.PURCHASE, shop, place)
    )


def outcomes(
    rng: np.random.Generator,
    month: Month,
    book: Book,
    life: Life,
    accounts: Accounts,
    worst: Ints,
    taken: Fraud,
) -> Rows:
    """This month's outcomes; writes off and closes accounts on the way.

    `worst` is the deepest arrears (months) since the cardholder was last reported cured; reset where cured.
    """
    size = book.size
    off = ~life.written_off & (life.arrears >= 6) & (rng.random(size) < c.CHARGE_OFF)
    life.written_off |= off
    cured = (life.arrears == 0) & (worst >= 2) & (rng.random(size) < 0.8)
    worst[cured] = 0
    worst[:] = np.maximum(worst, life.arrears)
    odd = (book.family_pays | life.benign_cash) & (life.trouble == NO_TROUBLE) & (life.arrears == 0)
    alarm = odd & (rng.random(size) < np.where(life.benign_cash, 0.5, 0.06)) & (accounts.status != v.CLOSED)
    late_in_month = month.begins + rng.integers(
        (month.days - 4) * DAY_SECONDS, month.days * DAY_SECONDS, size
    )
    parts = [
        (np.flatnonzero(off), late_in_month[off], v.CHARGED_OFF),
        (np.flatnonzero(cured), late_in_month[cured], v.CURED),
        (np.flatnonzero(alarm), late_in_month[alarm], v.FALSE_ALARM),
        (
            taken.who,
            taken.begins + rng.integers(3 * DAY_SECONDS, 14 * DAY_SECONDS, len(taken.who)),
            v.FRAUD_CONFIRMED,
        ),
    ]
    who = np.concatenate([part[0] for part in parts])
    at = np.concatenate([part[1] for part in parts])
    kinds = np.concatenate([np.full(len(part[0]), part[2], np.int64) for part in parts])
    return Rows(who, at, {"outcome": kinds})
