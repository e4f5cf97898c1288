"""Lives of cardholders that drive one clause each, with enough chance in them to miss it narrowly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.oracle.lines import Pen

EXEMPTIONS = ("dispute", "hardship", "deceased", "staff_hold", "fraud_case")
HOUR = 1 / 24


def opening(pen: Pen, rng: random.Random, holder: str, at: float = 0.1) -> int:
    """A first snapshot; returns the limit."""
    limit = rng.choice((200_000, 500_000, 1_000_000, 1_234_567, 3_000_000))
    more: dict[str, Any] = {"opened_on": rng.choice(("2020-02-29", "2023-08-31", "2023-12-15"))}
    if rng.random() < 0.8:
        more["monthly_income"] = limit * rng.choice((1, 2)) // 2
    if rng.random() < 0.4:
        more["balance"] = int(limit * rng.random())
    pen.account(holder, at, limit, **more)
    return limit


def clean_months(pen: Pen, rng: random.Random, holder: str, since: float, days: float) -> None:
    """Clean reports, close enough together to stay fresh most of the time."""
    at = since
    while at < days:
        pen.clean_report(holder, at, hard_inquiries_3m=rng.choice((0, 1, 3, 3, 4)) if at < 40 else 2)
        at += rng.choice((15, 25, 30, 30, 44, 45, 47))


def cycles(pen: Pen, rng: random.Random, holder: str, days: float, limit: int, share: tuple[float, ...],
           pays: tuple[float, ...], since: float = 3, *, spends: bool = True) -> None:  # fmt: skip
    """Monthly statements; each month one of `pays` times the balance (negative: times the minimum)."""
    at = since + rng.random()
    while at < days:
        balance = int(limit * rng.choice(share))
        minimum = max(1000, balance // rng.choice((10, 20)))
        due = int(at) + rng.choice((15, 20, 20, 25, 29, 35))
        pen.statement(holder, at, balance, minimum, due, late=rng.choice((0, 0, 0, 0, 2)))
        paid = rng.choice(pays)
        if paid:
            amount = int(paid * balance) if paid > 0 else int(-paid * minimum)
            moment = at + rng.uniform(2, 14)
            pen.payment(holder, moment, amount, late=rng.choice((0, 0, 0, 1, 9)))
        for _ in range(rng.randrange(3) if spends else 0):
            pen.spend(holder, at + rng.uniform(0, 28), rng.randrange(1, max(2, balance // 40)),
                      rng.choice(("purchase", "purchase", "fee", "interest", "refund")))  # fmt: skip
        at += rng.choice((28, 30, 30, 31, 33))


def minimum_payer(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """Pays the minimum and hardly more, six cycles and longer, then perhaps all."""
    limit = opening(pen, rng, holder)
    clean_months(pen, rng, holder, 1, days)
    turn = rng.choice((200, 230, days))
    cycles(pen, rng, holder, min(turn, days), limit, (0.3, 0.5, 0.6), (-1, -1.1, -1.19, -1.1, -1))
    cycles(pen, rng, holder, days, limit, (0.2, 0.4), (0.9, 1.0), since=turn)


def good_payer(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """A candidate for a raise (contract 6.9), sometimes just not."""
    limit = opening(pen, rng, holder)
    pen.account(holder, 0.5, limit, opened_on=rng.choice(("2019-01-31", "2024-01-31", "2019-05-05")))
    clean_months(pen, rng, holder, 1, days)
    share = rng.choice(((0.2, 0.2), (0.4, 0.6), (0.7, 0.7), (0.3, 0.75), (0.69, 0.72)))
    cycles(pen, rng, holder, days, limit, share, rng.choice(((0.5, 0.6), (0.8, 1.0), (0.9, 0.51))))


def empty_card(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """The card is used up, statement after statement."""
    limit = opening(pen, rng, holder)
    clean_months(pen, rng, holder, 1, days)
    turn = rng.choice((150, 180, days))
    cycles(pen, rng, holder, min(turn, days), limit, (0.9, 0.95, 1.02, 0.89, 0.9), (0.5, 0.8, -1.3))
    cycles(pen, rng, holder, days, limit, (0.1, 0.3), (0.9, 1.0), since=turn)


def third_party(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """Repaid by others, or by spending it again at once."""
    limit = opening(pen, rng, holder)
    clean_months(pen, rng, holder, 1, days)
    cycles(pen, rng, holder, days, limit, (0.3, 0.5), (0, 0.6), spends=False)
    at = 5.0
    while at < days * 0.7:
        amount = rng.randrange(1, 40) * 1000
        payer = rng.choice(("third_party", "third_party", "unknown", None, "holder"))
        pen.payment(holder, at, amount, payer, late=rng.choice((0, 0, 0, 0, 3)))
        for _ in range(rng.choice((0, 1, 2))):
            after = rng.choice((0, HOUR, 1, 3, 3, 3 + HOUR))
            kind = rng.choice(("purchase", "cash_advance", "refund"))
            spent = amount * rng.choice((4, 8, 8, 10)) // 10
            pen.spend(holder, at + after, spent, kind, late=rng.choice((0, 0, 2)))
        at += rng.choice((1, 3, 12, 25, 40))


def small_loan(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """Overdue at a small lender, with a card nearly full: P1."""
    limit = opening(pen, rng, holder)
    full = rng.random() < 0.7
    cycles(pen, rng, holder, days, limit, (0.85, 0.9, 0.97) if full else (0.4,), (0.6, 0.9), spends=full)
    overdue = rng.choice(({"small_loan_overdue_accounts": 1}, {"small_loan_overdue_amount": 5},
                          {"small_loan_overdue_accounts": 2, "total_debt": 900_000}))  # fmt: skip
    at = rng.uniform(5, 60)
    pen.clean_report(holder, at, **overdue)
    pen.spend(holder, at + 3, int(limit * 0.7))
    pen.clean_report(holder, at + 20, **overdue)
    clean_months(pen, rng, holder, at + rng.choice((30, 40, 70)), days)
    if rng.random() < 0.4:
        pen.clean_report(holder, at + 110, **overdue)


def delinquent(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """Pays nothing for months, then all, then perhaps nothing again."""
    limit = opening(pen, rng, holder)
    clean_months(pen, rng, holder, 1, days)
    turn = rng.choice((40, 60, 100, 130))
    cycles(pen, rng, holder, turn, limit, (0.3, 0.6, 0.95), (0, 0, 0, -0.5))
    pen.payment(holder, turn + 5, limit * 3, late=rng.choice((0, 0, 20)))
    cycles(pen, rng, holder, days, limit, (0.3, 0.5), (0.9, 1.0, 1.0, 1.0, 0), since=turn + 6)


def indebted(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """High debt for a while, then clean cycles, perhaps a relapse: cut, restore, cooldown."""
    limit = opening(pen, rng, holder)
    cycles(pen, rng, holder, days, limit, (0.2, 0.3), (0.8, 1.0))
    at, relapses = rng.uniform(4, 30), rng.choice((1, 1, 2, 3))
    for _ in range(relapses):
        debt = rng.choice((700_000, 699_999, 950_000, 22 * 800_000))
        income = rng.choice((800_000, 800_000, 0, None))
        pen.clean_report(holder, at, total_debt=debt, monthly_income=income)
        until = at + rng.choice((36, 50, 61, 95))
        clean_months(pen, rng, holder, at + rng.choice((2, 5, 14)), min(until, days))
        at = until
    clean_months(pen, rng, holder, at, days)


def exempted(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """Hit while exempted; the exemption is lifted later."""
    limit = opening(pen, rng, holder)
    cycles(pen, rng, holder, days, limit, (0.2, 0.3), (0.8, 1.0, 0))
    since = rng.uniform(5, 40)
    names = rng.sample(EXEMPTIONS, rng.choice((1, 1, 2)))
    pen.account(holder, since, limit, exemptions=names)
    pen.clean_report(holder, since + 2, total_debt=900_000)
    if rng.random() < 0.5:
        pen.clean_report(holder, since + 12, total_debt=900_000, small_loan_overdue_accounts=1)
    pen.account(holder, since + rng.choice((4, 20, 40, 80)), limit, late=rng.choice((0, 3)))
    clean_months(pen, rng, holder, since + rng.choice((30, 60)), days)


def changing_status(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """Active, blocked, closed in any order, limits of zero, while something is always wrong."""
    limit = opening(pen, rng, holder)
    cycles(pen, rng, holder, days, limit, (0.3, 0.9), (0, 0, 0.9, -1.1))
    at = 5.0
    while at < days:
        pen.account(holder, at, rng.choice((limit, limit, 0, limit // 2, 20_000)),
                    status=rng.choice(("active", "blocked", "closed")))  # fmt: skip
        bad: dict[str, int] = {"total_debt": 900_000} if rng.random() < 0.5 else {}
        pen.clean_report(holder, at + 2, **bad)
        at += rng.uniform(8, 40)


def late_snapshot(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """Hit before any account is known; first perhaps a limit of zero or too small for a cut."""
    pen.clean_report(holder, 3, total_debt=rng.choice((900_000, 100_000)), small_loan_overdue_accounts=1)
    if rng.random() < 0.5:
        pen.statement(holder, 4, 400_000, 20_000, rng.choice((9, 20)))
    if rng.random() < 0.6:
        pen.account(holder, rng.uniform(5, 20), rng.choice((0, 0, 15_000)))
    pen.account(holder, rng.uniform(10, 44), rng.choice((15_000, 400_000, 1_000_000)), balance=380_000)
    clean_months(pen, rng, holder, 45, days)


def cash_hungry(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """Draws cash in waves."""
    limit = opening(pen, rng, holder)
    clean_months(pen, rng, holder, 1, days)
    cycles(pen, rng, holder, days, limit, (0.3, 0.5), (0.7, 1.0))
    at = rng.uniform(2, 20)
    while at < days * 0.8:
        pen.spend(holder, at, int(limit * rng.choice((0.1, 0.15, 0.3))), "cash_advance")
        pen.spend(holder, at + 1, int(limit * rng.choice((0.05, 0.15, 0.3))), late=rng.choice((0, 0, 6)))
        at += rng.choice((3, 10, 29, 30, 55))


def inquiries(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """Asks for credit everywhere."""
    limit = opening(pen, rng, holder)
    cycles(pen, rng, holder, days, limit, (0.3, 0.5), (0.7, 1.0))
    at = rng.uniform(2, 20)
    while at < days:
        pen.clean_report(holder, at, hard_inquiries_1m=rng.choice((0, 3, 4, None)),
                         hard_inquiries_6m=rng.choice((2, 2, 9, 10, None)))  # fmt: skip
        at += rng.choice((8, 20, 44, 50))


def relapser(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """Well again for just over 30 days, then ill again: the cooldown of a cut that was applied late."""
    limit = opening(pen, rng, holder)
    at = rng.uniform(3, 20)
    kind = rng.choice(("debt", "both", "dues"))
    while at < days - 20:
        if kind == "dues":
            pen.statement(holder, at, limit // 3, limit // 50, int(at) - rng.choice((20, 31, 40)))
            pen.payment(holder, at + rng.choice((1, 3)), limit)
        else:
            loans = 1 if kind == "both" else 0
            pen.clean_report(holder, at, total_debt=900_000, small_loan_overdue_accounts=loans)
            pen.clean_report(holder, at + rng.choice((1, 2)))
            pen.clean_report(holder, at + 25)
        at += rng.choice((32, 33, 35, 45, 60))


PARTS = (minimum_payer, good_payer, empty_card, third_party, small_loan, delinquent, indebted, exempted,
         changing_status, late_snapshot, cash_hungry, inquiries, relapser)  # fmt: skip
SCRIPTS: dict[str, Callable[[Pen, random.Random, str, int], None]] = {
    script.__name__: script for script in PARTS
}
