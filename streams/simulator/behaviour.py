"""Hidden life of the cardholders: trouble, stress, and how many months they let a minimum go unpaid.

A month is played by `advance_stress`, then `intended_arrears`: how far behind each means to be at its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from streams.simulator import calibration as c

if TYPE_CHECKING:
    from streams.simulator.book import Book
    from streams.simulator.clock import Bools, Floats, Ints

NO_TROUBLE, JOB_LOSS, OVER_BORROWING, RING = range(4)
DEEPEST = 7
"""Months in arrears are not counted beyond this (150+ days past due begin at 6)."""


@dataclass(slots=True)
class Life:
    """State that changes by the month; one entry per cardholder."""

    trouble: Ints
    trouble_age: Ints
    """Months since the trouble began."""
    stress: Floats
    """About 0 for most, near 2.6 in full trouble."""
    arrears: Ints
    """Age in months of the oldest unpaid minimum at the last month's end; 0: nothing unpaid."""
    written_off: Bools
    benign_cash: Bools
    """A large cash withdrawal this month, without trouble."""

    @property
    def size(self) -> int:
        """Number of cardholders."""
        return len(self.stress)


def make_life(rng: np.random.Generator, book: Book) -> Life:
    """The book as it stands at its opening, after the hidden burn-in."""
    size = book.size
    life = Life(
        trouble=np.zeros(size, np.int64),
        trouble_age=np.zeros(size, np.int64),
        stress=np.zeros(size),
        arrears=np.zeros(size, np.int64),
        written_off=np.zeros(size, np.bool_),
        benign_cash=np.zeros(size, np.bool_),
    )
    for _ in range(c.BURN_IN_MONTHS):
        life.arrears = intended_arrears(rng, book, life)
        gone = life.arrears >= 6  # written off before the run: somebody new takes the place
        for state in (life.arrears, life.trouble, life.trouble_age, life.stress):
            state[gone] = 0
        advance_stress(rng, book, life)
    opens_later = book.opened_month >= 0
    life.arrears[opens_later] = 0
    life.trouble[opens_later] = NO_TROUBLE
    return life


def advance_stress(rng: np.random.Generator, book: Book, life: Life) -> None:
    """Let trouble begin and end, and stress follow it with some delay."""
    size = life.size
    onset = c.TROUBLE_ONSET * np.exp(c.TROUBLE_FRAGILITY * book.fragility - 0.3)
    begins = (life.trouble == NO_TROUBLE) & (rng.random(size) < onset)
    ends = (life.trouble != NO_TROUBLE) & (life.trouble_age >= 3) & (rng.random(size) < c.TROUBLE_ENDS)
    kinds = rng.choice([JOB_LOSS, OVER_BORROWING, RING], size, p=c.TROUBLE_KINDS)
    life.trouble_age = np.where(life.trouble != NO_TROUBLE, life.trouble_age + 1, 0)
    life.trouble = np.where(begins, kinds, np.where(ends, NO_TROUBLE, life.trouble))
    life.trouble_age[begins | ends] = 0
    ramp = np.minimum((life.trouble_age + 1) / c.TROUBLE_RAMP, 1.0)
    target = np.where(
        life.trouble != NO_TROUBLE, c.TROUBLE_STRESS * ramp, c.STRESS_FRAGILITY * book.fragility
    )
    noise = rng.normal(0, c.STRESS_NOISE, size)
    life.stress = c.STRESS_MEMORY * life.stress + (1 - c.STRESS_MEMORY) * target + noise
    life.benign_cash = rng.random(size) < 0.0015


def intended_arrears(rng: np.random.Generator, book: Book, life: Life) -> Ints:
    """Months in arrears that each cardholder will have at the end of this month."""
    now = life.arrears
    after = np.zeros_like(now)
    stress = np.clip(life.stress, -0.5, 3.5)
    forgets = c.FORGETS * np.exp(c.FORGETS_STRESS * stress)
    habit = np.where(book.early_cycle, c.HABIT_ENTERS, 0.5 * c.HABIT_ENTERS)
    enters = np.clip(np.where(book.late_habit, habit, forgets), 0, 0.9)
    after[(now == 0) & (rng.random(life.size) < enters)] = 1
    strain = np.clip(stress, 0, 3)
    remains = np.where(book.late_habit, c.HABIT_STAYS, c.FORGETS_STAYS + c.FORGETS_STAYS_STRESS * strain)
    after[(now == 1) & (rng.random(life.size) < remains)] = 1
    for level, rate in enumerate(c.ROLL_RATES.values(), start=1):
        members = np.flatnonzero(now == level)
        if not members.size:
            continue
        rolls = rng.random(members.size) < chances(stress[members], c.ROLL_STRESS[level - 1], rate)
        if level > 1:
            draw = rng.random(members.size)
            stay, down = c.ROLL_STAY[level - 1], c.ROLL_STEP_DOWN[level - 1]
            after[members] = np.where(draw < stay, level, np.where(draw < stay + down, level - 1, 0))
        after[members[rolls]] = level + 1
    deep = now >= 6
    after[deep] = np.where(rng.random(int(deep.sum())) < 0.95, np.minimum(now[deep] + 1, DEEPEST), 0)
    return after


def chances(stress: Floats, slope: float, mean: float) -> Floats:
    """Logistic chances that rise with stress and average `mean` over those given."""
    if not stress.size:
        return stress
    low, high = -20.0, 20.0
    for _ in range(40):
        middle = (low + high) / 2
        if float(np.mean(1 / (1 + np.exp(-(middle + slope * stress))))) < mean:
            low = middle
        else:
            high = middle
    found: Floats = 1 / (1 + np.exp(-(low + slope * stress)))
    return found
