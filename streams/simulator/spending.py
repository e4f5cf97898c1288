"""Purchases, cash advances and refunds of one month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from streams.simulator import vocabulary as v
from streams.simulator.behaviour import NO_TROUBLE, RING, Life
from streams.simulator.book import TRANSACTOR, Book
from streams.simulator.clock import DAY_SECONDS, Bools, Floats, Ints, Month
from streams.simulator.rows import Rows, joined, transactions


@dataclass(slots=True)
class Budget:
    """What each cardholder will spend this month, minor units."""

    purchases: Floats
    cash: Floats
    """A large withdrawal in a few steps, on top of usual cash habits."""


def plan(
    rng: np.random.Generator, book: Book, life: Life, balance: Ints, paid: Ints, can_spend: Bools
) -> Budget:
    """Decide the month's spending from income, room on the card, habits and stress.

    `balance` is that at the month's begin, `paid` what was paid in the month before.
    """
    size = book.size
    usual = book.income * book.spend_share * np.exp(rng.normal(0, 0.2, size))
    aim = np.clip(book.used_share + 0.16 * np.maximum(life.stress, 0) * book.loud, 0.02, 1.0) * book.limit
    drift = 0.85 * paid - 0.016 * balance + 0.2 * (aim - balance)
    purchases = np.where(
        book.segment == TRANSACTOR, usual, np.clip(drift, 0.02 * book.income, 0.8 * book.income)
    )
    stressed = (book.segment == TRANSACTOR) & (life.stress > 1.0)
    purchases = np.where(
        stressed, np.maximum(usual, np.clip(drift, 0.02 * book.income, book.income)), purchases
    )
    comes_back = np.where(book.segment == TRANSACTOR, np.minimum(balance, 0.5 * book.limit), 0.06 * balance)
    room = np.maximum(book.limit * 0.99 - balance + comes_back, 0.0)
    hungry = (
        (life.trouble != NO_TROUBLE) & (life.trouble_age < 4) & (rng.random(size) < 0.25 + 0.5 * book.loud)
    )
    cash = np.where(
        hungry | life.benign_cash, np.minimum(0.9 * room, rng.uniform(0.2, 0.6, size) * book.limit), 0.0
    )
    cash = np.where(cash > 0.08 * book.limit, cash, 0.0)
    purchases = np.where(cash > 0, 0.45, 1.0) * purchases
    purchases = np.minimum(purchases, room - cash)
    purchases = np.where(life.arrears == 2, 0.5, 1.0) * purchases
    return Budget(np.where(can_spend, purchases, 0.0), np.where(can_spend, cash, 0.0))


def spend(
    rng: np.random.Generator, month: Month, book: Book, life: Life, budget: Budget, per_month: float
) -> Rows:
    """Rows of the month's purchases, cash advances and refunds, about `per_month` a cardholder."""
    usual = np.maximum(book.income * book.spend_share, 1.0)
    pace = book.activity * np.clip(budget.purchases / usual, 0.15, 1.6) ** 0.6 * 1.2
    counts = np.where(budget.purchases >= 100, rng.poisson(per_month * pace), 0)
    who = np.repeat(np.arange(book.size), counts)
    bought = _purchases(rng, month, book, life, budget.purchases, who)
    parts = [bought, _withdrawals(rng, month, book, budget.cash), _refunds(rng, month, bought)]
    rows = joined(parts)
    return rows.only(rows.at >= (book.opened_day[rows.who] + 1) * DAY_SECONDS)


def _purchases(
    rng: np.random.Generator, month: Month, book: Book, life: Life, budget: Floats, who: Ints
) -> Rows:
    """Everyday transactions: category, shop, place, time; amounts share out each cardholder's budget."""
    count = len(who)
    shares = np.cumsum(v.SHARES) / v.SHARES.sum()
    category = np.searchsorted(shares, rng.random(count)).astype(np.int64)
    draw = rng.random(count)
    stress = np.clip(life.stress, 0, 3)
    cash_share = np.minimum(book.cash_share * (1 + stress * book.loud), 0.6)[who]
    gambling = (book.gambling_share * (1 + 0.4 * stress))[who]
    category[draw < cash_share] = v.CASH
    category[draw > 1 - gambling] = v.GAMBLING
    sizes = v.SIZES[category] * np.exp(0.6 * rng.standard_normal(count))
    totals = np.bincount(who, weights=sizes, minlength=book.size)
    amount = sizes * (budget / np.maximum(totals, 1e-9))[who]
    cents = _tidy(rng, amount, category)
    at = _moments(rng, month, book, life, who, category)
    kind = np.where(category == v.CASH, v.CASH_ADVANCE, v.PURCHASE)
    return transactions(who, at, cents, kind, _shops(rng, who, category), _places(rng, book, who, category))


def _tidy(rng: np.random.Generator, amount: Floats, category: Ints) -> Ints:
    """Amounts as people and shops make them: notes from machines and casinos, prices on .99, .50 and .00."""
    cents = np.rint(amount).astype(np.int64)
    style = rng.random(len(cents))
    notes = (category == v.CASH) | ((category == v.GAMBLING) & (style < 0.7))
    step = np.where(cents >= 10_000, 5_000, 1_000)
    tidy = np.where(style < 0.25, cents // 100 * 100 + 99, np.where(style < 0.4, cents // 50 * 50, cents))
    tidy = np.where(notes, np.rint(cents / step).astype(np.int64) * step, tidy)
    tidy = np.where(notes & (tidy == 0), 1_000, tidy)
    return np.maximum(tidy, 50)


def _moments(
    rng: np.random.Generator, month: Month, book: Book, life: Life, who: Ints, category: Ints
) -> Ints:
    """Seconds since the epoch: more on weekends and after payday, at the hours of the trade."""
    count = len(who)
    weekday = (np.arange(month.days) + month.first_day + 3) % 7
    days = np.cumsum(v.WEEKDAYS[weekday])
    day = np.searchsorted(days / days[-1], rng.random(count))
    after_payday = rng.random(count) < 0.18
    since = rng.integers(0, 7, count)
    day = np.where(after_payday, (book.payday[who] - 1 + since) % month.days, day)
    night = v.NIGHT[category] + (book.night_share * (1 + 0.5 * np.clip(life.stress, 0, 3)))[who]
    at_night = rng.random(count) < night
    clock = rng.random(count)
    hour = np.where(at_night, np.searchsorted(v.HOURS_NIGHT, clock), np.searchsorted(v.HOURS_DAYLIGHT, clock))
    second = rng.integers(0, 3600, count)
    at: Ints = (month.first_day + day) * DAY_SECONDS + hour * 3600 + second
    return at


def _shops(rng: np.random.Generator, who: Ints, category: Ints) -> Ints:
    """Merchant of each purchase: half the time a regular one of the cardholder, else a popular one."""
    regular = (who * 7919 + category * 31) % 9973 / 9973
    popular = rng.random(len(who))
    pick = np.where(rng.random(len(who)) < 0.5, regular, popular)
    shop: Ints = v.FIRST_SHOP[category] + np.floor(pick**1.8 * v.SHOPS[category]).astype(np.int64)
    return shop


def _places(rng: np.random.Generator, book: Book, who: Ints, category: Ints) -> Ints:
    """Channel and place: at home, on a journey (some cardholders, some months), or online."""
    count, places = len(who), len(v.PLACES)
    online = rng.random(count) < v.ONLINE[category]
    channel = np.where(category == v.CASH, v.ATM, np.where(online, v.ONLINE_CHANNEL, v.POS))
    travels = rng.random(book.size) < 0.05
    where_to = rng.integers(len(v.HOME_CITIES), places, book.size)
    away = travels[who] & ~online & (rng.random(count) < 0.35)
    foreign_shop = online & (rng.random(count) < 0.08)
    place = np.where(away, where_to[who], book.city[who])
    place = np.where(foreign_shop, len(v.HOME_CITIES) + category % len(v.ABROAD), place)
    found: Ints = channel * places + place
    return found


def _withdrawals(rng: np.random.Generator, month: Month, book: Book, cash: Floats) -> Rows:
    """The large withdrawals: two to five notes-only steps within about a week."""
    takers = np.flatnonzero(cash > 0)
    steps = rng.integers(2, 6, len(takers))
    who = np.repeat(takers, steps)
    begin = np.repeat(rng.integers(0, month.days - 7, len(takers)), steps)
    at = (month.first_day + begin + rng.integers(0, 7, len(who))) * DAY_SECONDS + rng.integers(
        0, DAY_SECONDS, len(who)
    )
    amount = np.maximum(np.rint(cash[who] / np.repeat(steps, steps) / 1000), 1).astype(np.int64) * 1000
    shop = v.FIRST_SHOP[v.CASH] + rng.integers(0, v.SHOPS[v.CASH], len(who))
    return transactions(who, at, amount, v.CASH_ADVANCE, shop, v.ATM * len(v.PLACES) + book.city[who])


def _refunds(rng: np.random.Generator, month: Month, bought: Rows) -> Rows:
    """Some purchases are given back within two weeks (and within the month)."""
    back_at = bought.at + rng.integers(DAY_SECONDS, 14 * DAY_SECONDS, len(bought))
    given_back = (
        (bought.columns["type"] == v.PURCHASE) & (rng.random(len(bought)) < 0.012) & (back_at < month.ends)
    )
    rows = bought.only(given_back)
    return transactions(
        rows.who,
        back_at[given_back],
        rows.columns["amount"],
        v.REFUND,
        rows.columns["merchant"],
        rows.columns["place"],
    )


def spend_again(rng: np.random.Generator, book: Book, payments: Rows) -> Rows:
    """What a repayment ring does with a payment: most of it goes out again within three days."""
    count = len(payments)
    at = payments.at + rng.integers(2 * 3600, 60 * 3600, count)
    amount = np.rint(payments.columns["amount"] * rng.uniform(0.84, 0.98, count)).astype(np.int64)
    category = rng.choice([v.CASH, v.JEWELLERY, v.PAWN], count, p=[0.45, 0.4, 0.15])
    amount = np.where(category == v.CASH, np.maximum(amount // 1000, 1) * 1000, amount)
    shop = v.FIRST_SHOP[category] + rng.integers(0, v.SHOPS[category])
    channel = np.where(category == v.CASH, v.ATM, v.POS)
    kind = np.where(category == v.CASH, v.CASH_ADVANCE, v.PURCHASE)
    return transactions(
        payments.who, at, amount, kind, shop, channel * len(v.PLACES) + book.city[payments.who]
    )


def in_ring(life: Life) -> Bools:
    """Cardholders whose card is being kept alive by others' money."""
    ring: Bools = (life.trouble == RING) & (life.trouble_age < 7) & (life.arrears == 0)
    return ring
