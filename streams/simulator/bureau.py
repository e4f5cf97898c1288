"""Credit bureau reports: other lenders' view of the cardholder, about a month old when it arrives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from streams.simulator.behaviour import JOB_LOSS, OVER_BORROWING, Life
from streams.simulator.book import MONTHLY_REPORTS, QUARTERLY_REPORTS, Book
from streams.simulator.clock import DAY_SECONDS, Bools, Floats, Ints, Month
from streams.simulator.rows import Rows

ABSENT = -1
"""A figure the bureau does not give."""
FIELDS = (
    "hard_inquiries_1m",
    "hard_inquiries_3m",
    "hard_inquiries_6m",
    "lenders",
    "small_loan_lenders",
    "small_loan_overdue_accounts",
    "small_loan_overdue_amount",
    "overdue_accounts",
    "max_dpd",
    "new_accounts_6m",
    "total_debt",
    "total_limit",
    "monthly_income",
)


@dataclass(slots=True)
class Bureau:
    """What the bureau knows; one entry per cardholder, money in minor units."""

    inquiries: Ints
    """[cardholder, months ago] hard inquiries."""
    new_accounts: Ints
    """[cardholder, months ago] accounts opened at other lenders."""
    small_lenders: Ints
    small_overdue: Ints
    """Small-loan accounts overdue."""
    overdue: Ints
    max_dpd: Ints
    used: Floats
    """Debt at other lenders as a share of the limits there."""
    shown: dict[str, Ints]
    """Figures as of the last update; reports quote these, so they lag."""


def make_bureau(rng: np.random.Generator, book: Book) -> Bureau:
    """The bureau's knowledge at the opening, before any month is played."""
    size = book.size
    return Bureau(
        inquiries=rng.poisson(0.12, (size, 6)),
        new_accounts=rng.poisson(0.03, (size, 6)),
        small_lenders=rng.poisson(0.12 * np.exp(0.4 * book.fragility)),
        small_overdue=np.zeros(size, np.int64),
        overdue=np.zeros(size, np.int64),
        max_dpd=np.zeros(size, np.int64),
        used=book.other_used.copy(),
        shown={},
    )


def advance(rng: np.random.Generator, book: Book, life: Life, bureau: Bureau, balance: Ints) -> None:
    """Quote last month's figures from now on, then let a month pass at the other lenders."""
    stress = np.clip(life.stress, 0, 3) * book.loud
    seeks = np.where(life.trouble == OVER_BORROWING, 0.9, 0.28)
    bureau.inquiries = _turn(bureau.inquiries, rng.poisson(0.10 * np.exp(seeks * 1.6 * stress)))
    opened = rng.binomial(np.minimum(bureau.inquiries[:, 0], 20), 0.22)
    bureau.new_accounts = _turn(bureau.new_accounts, opened)
    small = rng.binomial(opened, np.where(life.trouble == OVER_BORROWING, 0.6, 0.15))
    closes = rng.random(book.size) < np.where(stress > 0.8, 0.02, 0.10)
    bureau.small_lenders = np.maximum(bureau.small_lenders + small - closes, 0)
    book.lenders = np.maximum(book.lenders + opened - (rng.random(book.size) < 0.03), 1)
    book.other_limit = book.other_limit * (1 + 0.04 * opened)
    pull = np.where(life.trouble == OVER_BORROWING, 0.28, 0.13) * stress
    aim = np.clip(book.other_used + pull, 0, 1.05)
    bureau.used = np.clip(bureau.used + 0.35 * (aim - bureau.used) + rng.normal(0, 0.02, book.size), 0, 1.1)
    pressed = np.where(life.trouble == OVER_BORROWING, 0.10, np.where(life.trouble == JOB_LOSS, 0.04, 0.01))
    falls = (rng.random(book.size) < pressed * stress) & (bureau.small_lenders > 0)
    settles = rng.random(book.size) < 0.25
    bureau.small_overdue = np.minimum(
        np.where(settles, 0, bureau.small_overdue) + falls, bureau.small_lenders
    )
    slips = rng.random(book.size) < 0.006 * np.exp(1.1 * stress)
    bureau.overdue = np.where(rng.random(book.size) < 0.3, 0, bureau.overdue) + slips
    bureau.max_dpd = np.where(
        bureau.overdue + bureau.small_overdue > 0, bureau.max_dpd + rng.integers(5, 31, book.size), 0
    )
    bureau.shown = _figures(rng, book, life, bureau, balance)


def _turn(months: Ints, newest: Ints) -> Ints:
    """Every column a month older, the newest in front."""
    return np.concatenate([newest[:, None].astype(np.int64), months[:, :-1]], axis=1)


def _figures(
    rng: np.random.Generator, book: Book, life: Life, bureau: Bureau, balance: Ints
) -> dict[str, Ints]:
    """All fields of a report."""
    lost_job = (life.trouble == JOB_LOSS) & (life.trouble_age >= 1)
    income = np.where(lost_job, 0.45, 1.0) * book.income * np.exp(rng.normal(0, 0.05, book.size))
    debt = bureau.used * book.other_limit + np.maximum(balance, 0)
    owed = bureau.small_overdue * rng.integers(8_000, 60_000, book.size)
    return {
        "hard_inquiries_1m": bureau.inquiries[:, 0],
        "hard_inquiries_3m": bureau.inquiries[:, :3].sum(axis=1),
        "hard_inquiries_6m": bureau.inquiries.sum(axis=1),
        "lenders": book.lenders + bureau.small_lenders,
        "small_loan_lenders": bureau.small_lenders,
        "small_loan_overdue_accounts": bureau.small_overdue,
        "small_loan_overdue_amount": owed,
        "overdue_accounts": bureau.overdue,
        "max_dpd": bureau.max_dpd,
        "new_accounts_6m": bureau.new_accounts.sum(axis=1),
        "total_debt": np.rint(debt).astype(np.int64),
        "total_limit": np.rint(book.other_limit + book.limit).astype(np.int64),
        "monthly_income": np.rint(income / 100).astype(np.int64) * 100,
    }


def reports(
    rng: np.random.Generator, month: Month, book: Book, bureau: Bureau, watched: Bools, alive: Bools
) -> Rows:
    """This month's reports: monthly or quarterly by cardholder, often for those `watched` (in arrears)."""
    monthly = book.reports == MONTHLY_REPORTS
    quarterly = (book.reports == QUARTERLY_REPORTS) & ((np.arange(book.size) + month.index) % 3 == 0)
    asked = alive & (monthly | quarterly | (watched & (rng.random(book.size) < 0.4)))
    day = np.clip(3 + np.arange(book.size) % 20 + rng.integers(-2, 3, book.size), 1, month.days)
    at = month.at_day(day) + rng.integers(0, DAY_SECONDS, book.size)
    asked &= at >= (book.opened_day + 1) * DAY_SECONDS
    who = np.flatnonzero(asked)
    columns = {}
    for name in FIELDS:
        column = bureau.shown[name][who]
        if name in ("monthly_income", "total_limit", "new_accounts_6m", "max_dpd"):
            column = np.where(rng.random(len(who)) < 0.03, ABSENT, column)
        columns[name] = column
    # Some bureaus know nothing of small loans at all.
    blind = who % 40 == 7
    for name in ("small_loan_lenders", "small_loan_overdue_accounts", "small_loan_overdue_amount"):
        columns[name] = np.where(blind, ABSENT, columns[name])
    columns["reason"] = np.where(watched[who], 1, 0)
    return Rows(who, at[who], columns)
