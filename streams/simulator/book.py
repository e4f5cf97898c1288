"""Who the cardholders are: traits that stay for the whole run, as arrays over the book."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from streams.simulator import calibration as c
from streams.simulator.clock import Bools, Floats, Ints, Month, day_text
from streams.simulator.vocabulary import HOME_CITIES

TRANSACTOR, REVOLVER, MINIMUM_PAYER = range(3)
NO_REPORTS, MONTHLY_REPORTS, QUARTERLY_REPORTS = range(3)
_OCCUPATIONS = ("employee", "self_employed", "civil_servant", "student", "retired", "worker")
_SOURCES = ("branch", "web", "partner", "campaign")


@dataclass(slots=True)
class Book:
    """Traits, one entry per cardholder; money in minor units, days of the month from 1."""

    ids: list[str]
    fragments: list[str]
    """JSON fragment of product, opened_on and tags for account snapshots."""
    income: Floats
    limit: Ints
    segment: Ints
    fragility: Floats
    """Standing risk of trouble, mean 0, standard deviation about 1."""
    late_habit: Bools
    early_cycle: Bools
    due_day: Ints
    payday: Ints
    activity: Floats
    spend_share: Floats
    """Usual monthly spending as a share of income."""
    used_share: Floats
    """Utilisation that revolvers and minimum payers drift to."""
    pay_share: Floats
    """Share of the statement balance that a revolver pays."""
    cash_share: Floats
    gambling_share: Floats
    night_share: Floats
    city: Ints
    family_pays: Bools
    loud: Floats
    """How much of a cardholder's trouble shows (0 to 1); some hide it well."""
    reports: Ints
    lenders: Ints
    other_limit: Floats
    other_used: Floats
    opened_month: Ints
    """Month index in which the account opens; -1 for those open before the run."""
    opened_day: Ints
    """Day since 1970-01-01."""

    @property
    def size(self) -> int:
        """Number of cardholders."""
        return len(self.ids)


def make_book(rng: np.random.Generator, size: int, months: int, first: Month) -> Book:
    """Draw the traits of `size` cardholders."""
    segment = rng.choice(3, size, p=c.SEGMENTS).astype(np.int64)
    fragility = rng.normal(0, 0.9, size) + np.array([-0.2, 0.12, 0.75])[segment]
    income = c.INCOME_MEDIAN * np.exp(rng.normal(0, c.INCOME_SPREAD, size))
    multiple = np.clip(np.exp(rng.normal(0.75, 0.45, size) - 0.1 * fragility), 0.8, 7)
    limit = np.maximum(1, np.rint(income * multiple / c.LIMIT_STEP)).astype(np.int64) * c.LIMIT_STEP
    early = rng.random(size) < c.EARLY_CYCLE_SHARE
    due_early = rng.integers(c.DUE_EARLY_CYCLE[0], c.DUE_EARLY_CYCLE[1] + 1, size)
    due_late = rng.integers(c.DUE_LATE_CYCLE[0], c.DUE_LATE_CYCLE[1] + 1, size)
    used = np.where(segment == MINIMUM_PAYER, rng.beta(4, 2.2, size), rng.beta(1.8, 2.6, size))
    opened, opened_day = _openings(rng, size, months, first)
    book = Book(
        ids=[f"ch-{number:07d}" for number in range(1, size + 1)],
        fragments=[],
        income=income,
        limit=limit,
        segment=segment,
        fragility=fragility,
        late_habit=rng.random(size) < c.HABIT_SHARE * np.array([0.85, 1.1, 1.2])[segment],
        early_cycle=early,
        due_day=np.where(early, due_early, due_late).astype(np.int64),
        payday=rng.choice([1, 1, 5, 15, 25, 28], size).astype(np.int64),
        activity=rng.gamma(4, 0.25, size),
        spend_share=rng.uniform(0.15, 0.6, size),
        used_share=np.clip(used + 0.07 * fragility, 0.03, 0.97),
        pay_share=np.clip(rng.beta(1.6, 3.4, size) - 0.03 * fragility, 0.07, 0.9),
        cash_share=np.clip(rng.beta(0.5, 18, size) + 0.006 * fragility, 0, 0.5),
        gambling_share=np.where(rng.random(size) < 0.03, rng.uniform(0.05, 0.3, size), 0.0),
        night_share=rng.beta(1, 12, size),
        city=rng.integers(0, len(HOME_CITIES), size),
        family_pays=rng.random(size) < 0.012,
        loud=rng.beta(2.5, 1.5, size),
        reports=rng.choice(3, size, p=[0.15, 0.5, 0.35]).astype(np.int64),
        lenders=1 + rng.poisson(np.exp(0.4 + 0.2 * fragility)),
        other_limit=income * rng.uniform(0.8, 7, size),
        other_used=np.clip(rng.beta(2, 5, size) + 0.06 * fragility, 0.0, 0.95),
        opened_month=opened,
        opened_day=opened_day,
    )
    book.fragments = _fragments(rng, book, first)
    return book


def _openings(rng: np.random.Generator, size: int, months: int, first: Month) -> tuple[Ints, Ints]:
    """Month index (-1: before the run) and day on which each account opens."""
    month = np.full(size, -1, np.int64)
    day = first.first_day - rng.integers(20, 4000, size)
    if months > 1:
        opens = rng.random(size) < c.NEW_ACCOUNT_SHARE
        month[opens] = rng.integers(1, months, int(opens.sum()))
        first_days = np.array([first.shifted(step).first_day for step in range(months)], np.int64)
        day[opens] = first_days[month[opens]] + rng.integers(0, 20, int(opens.sum()))
    return month, day


def _fragments(rng: np.random.Generator, book: Book, first: Month) -> list[str]:
    """JSON of product, opening day and tags."""
    occupation = rng.choice(_OCCUPATIONS, book.size).tolist()
    source = rng.choice(_SOURCES, book.size).tolist()
    age_days = first.first_day - book.opened_day
    stage = np.select([age_days < 365, age_days < 1500], ["new", "standard"], "loyal").tolist()
    product = np.select(
        [book.limit < 500_000, book.limit < 1_500_000], ["classic", "gold"], "platinum"
    ).tolist()
    return [
        f',"product":"{product[who]}","opened_on":"{day_text(day)}","tags":{{"region":"{HOME_CITIES[city]}",'
        f'"stage":"{stage[who]}","source":"{source[who]}","occupation":"{occupation[who]}"}}'
        for who, (day, city) in enumerate(zip(book.opened_day.tolist(), book.city.tolist(), strict=True))
    ]
