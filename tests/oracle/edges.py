"""Lives on the bounds: equal instants, sums that meet a limit exactly, what is taken late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.moment import in_control_group, short_hash

if TYPE_CHECKING:
    import random

    from tests.oracle.lines import Pen

BAD_LOAN = {"small_loan_overdue_accounts": 1}


def balances(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """Settings and movements in tenths of the limit, in every order; P1 tells whether they make 0.9 (3.2)."""
    for part in range(8):
        name = f"{holder}.{part}"
        start = rng.randrange(5, days - 20)
        pen.account(name, start - 3, 1_000_000, balance=rng.choice((700_000, 800_000, 900_000)))
        for _ in range(rng.randrange(1, 6)):
            at = start + rng.randrange(16) / 4
            late = rng.choice((0, 0, 0.25, 0.5, 1, 3))
            keep_up(pen, f"{holder}.p", at + late)
            tenths = rng.choice((1, 1, 2)) * 100_000
            what = rng.randrange(6)
            if what == 0:
                pen.account(name, at, 1_000_000, late, balance=rng.choice((700_000, 800_000)))
            elif what == 1:
                pen.statement(name, at, rng.choice((700_000, 800_000, 900_000)), 0, int(at) + 20, late)
            elif what == 2:
                pen.payment(name, at, tenths, late=late)
            else:
                kind = rng.choice(("purchase", "purchase", "cash_advance", "fee", "interest", "refund"))
                pen.spend(name, at, tenths, kind, late)
        pen.clean_report(name, start + 5, **BAD_LOAN)


def late_settings(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """A setting taken after movements of its own date and of later ones; only the latter are added (3.2)."""
    for part in range(8):
        name, start = f"{holder}.{part}", rng.randrange(5, days - 20)
        pen.account(name, start - 3, 1_000_000, balance=rng.choice((0, 500_000)))
        for after in rng.sample((0.25, 0.75, 1, 1.25, 2), 2):
            kind = rng.choice(("purchase", "purchase", "fee", "refund"))
            pen.spend(name, start + after, rng.choice((1, 2)) * 100_000, kind)
        late, balance = rng.choice((0, 1.5, 2.5, 2.5)), rng.choice((600_000, 700_000, 800_000, 900_000))
        keep_up(pen, f"{holder}.p", start + 0.5 + late)
        if rng.random() < 0.5:
            pen.statement(name, start + 0.5, balance, 0, start + 20, late)
        else:
            pen.account(name, start + 0.5, 1_000_000, late, balance=balance)
        pen.clean_report(name, start + 5, **BAD_LOAN)


def keep_up(pen: Pen, holder: str, at: float) -> None:
    """Move the topics on to a time, so that what comes next but is dated earlier is taken late."""
    pen.account(holder, at)
    pen.payment(holder, at, 1)
    pen.spend(holder, at, 1)


def pays_at_the_instant(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """Six minimums paid as the cycle opens, more paid exactly as it closes (3.5); or the whole balance."""
    pen.account(holder, 0, 1_000_000, opened_on="2020-01-01", monthly_income=500_000)
    way = rng.randrange(4)
    pen.clean_report(holder, 1)
    at = 2.25
    while at < days:
        balance, minimum, due = 200_000, 10_000, int(at) + 15
        if way == 0:
            balance = minimum = 10_000
        pen.statement(holder, at, balance, minimum, due if way != 2 else int(at) + 45)
        pen.payment(holder, at if way in (1, 3) else at + 1, rng.choice((10_000, 11_999)))
        if way == 1:
            pen.payment(holder, due + 1, 150_000)
        if rng.random() < 0.7:
            pen.clean_report(holder, at + 5)
        at += 30
        if way == 2 and rng.random() < 0.9:
            pen.payment(holder, at, 10_000)


def twins(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """Two statements of one instant, statements due before they are issued, and taken after they are due."""
    pen.account(holder, 0.25, 500_000, opened_on="2020-01-01", monthly_income=300_000)
    at = 3.0
    while at < days:
        minimum = rng.choice((0, 5_000))
        pen.statement(holder, at, 450_000, minimum, int(at) + rng.choice((-2, 0, 5, 20)))
        if rng.random() < 0.5:
            pen.statement(holder, at, rng.choice((100_000, 450_000)), 5_000, int(at) + rng.choice((1, 20)),
                          late=rng.choice((0, 0, 3)))  # fmt: skip
        pen.payment(holder, at + rng.choice((0, 1, 5)), rng.choice((5_000, 10_000, 450_000)))
        pen.payment(holder, at + 12, 6_000, late=rng.choice((0, 0, 20)))
        if rng.random() < 0.5:
            pen.clean_report(holder, at + 4)
        at += rng.choice((10, 20, 30))


def cut_twice(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """A halve and a harder cut, both applied, exemptions when the restore is due, several cycles at once."""
    pen.account(holder, 0, 1_000_000)
    at = rng.randrange(2, 30)
    pen.clean_report(holder, at, total_debt=900_000)
    pen.clean_report(holder, at + 3, total_debt=900_000, small_loan_overdue_accounts=rng.choice((0, 1)))
    for day in range(at + 6, days, 25):
        pen.clean_report(holder, day, total_debt=900_000 if rng.random() < 0.08 else 100_000)
    for day in range(at + 8, days, 30):
        pen.statement(holder, day, 100_000, 0, day + rng.choice((-1, 0, 15, 40)))
        if rng.random() < 0.25:
            pen.account(holder, day + 9, 500_000, exemptions=["dispute"])
            pen.account(holder, day + rng.choice((20, 40, 70)), 500_000)
    for turn in (1, 2):
        when = at + 3 + turn
        pen.put("action_result", holder, when, action_id=f"{short_hash(holder)}.l{turn}", result="applied")


def quick_cycles(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """A statement a week: a raise on 29 February, six months after 31 August, and the next one (6.9, 2.3)."""
    limit = 1_000_000
    pen.account(holder, 0, limit, opened_on=rng.choice(("2023-08-31", "2023-08-29", "2023-09-15")))
    for at in range(3, days, 7):
        inquiries = rng.choice((0, 3, 3, 3, 4))
        pen.clean_report(
            holder, at, hard_inquiries_3m=inquiries, monthly_income=rng.choice((390_000, 900_000))
        )
        pen.statement(holder, at, limit * rng.choice((2, 4, 7)) // 10, 10_000, at + 5)
        pen.payment(holder, at + 1, limit)


def repeats(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """An id again after exactly so many others, and an old id that lets each day pass (2.6)."""
    for day in range(1, days):
        pen.put("outcome", holder, day, outcome="cured", event_id="daily")
    for part in range(4):
        name, start = f"{holder}.{part}", rng.randrange(2, days - 40)
        pen.clean_report(name, start, event_id="again")
        between = rng.choice((14, 15, 15, 16, 16, 17))
        for place in range(between):
            pen.clean_report(name, start + 1 + place / 2)
        pen.clean_report(name, start + 12, hard_inquiries_1m=9, event_id="again")
        pen.clean_report(name, start + 13, event_id="again")


def breaker_drill(pen: Pen, day: int, crowd: int) -> None:
    """Halves exactly 24 h apart, just enough to trip; others while tripped; a reset; a crowd (6.6)."""
    names = [name for name in map("drill{}".format, range(60)) if not in_control_group(name)][:30]
    for place in range(crowd):
        pen.account(f"crowd{place}", day - 3)
    for name in names:
        pen.account(name, day - 2)
    pen.put("breaker_reset", None, day - 1.5, by="drill")
    for place, name in enumerate(names[:28]):
        both = 1 if place in (25, 26) else 0
        at = day if place < 3 else day + 1
        pen.clean_report(name, at, total_debt=900_000, small_loan_overdue_accounts=both)
    pen.put("breaker_reset", None, day + 1.25, by="drill")
    for name in names[28:]:
        pen.clean_report(name, day + 1.5, total_debt=900_000)


EDGES = (balances, late_settings, pays_at_the_instant, twins, cut_twice, quick_cycles, repeats)
