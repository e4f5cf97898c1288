"""What was asked for and when it was paid, so that days past due tell what the status columns tell.

The file gives statement balances, payments and statuses, but neither minimums nor dates. Of the ways in which
each payment may have been timed and each minimum asked for, the one is taken that agrees with most statuses,
and among those the one that bends the usual minimum least (docs/taiwan.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from streams.taiwan.reading import MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.taiwan.reading import Cardholder

MINIMUM_SHARE: Final = 0.035
"""Of the balance. Where the status says "revolving", payments pile up just above this share."""
MINIMUM_FLOOR: Final = 1_000
"""NT$; the smallest payment that revolvers of small balances make again and again."""
EARLY, ON_TIME, LATE = "early", "on_time", "late"
"""Before this month's statement; from then to the due day; after the month, before the next statement."""
_MISS: Final = 100.0
_WIDTH: Final = 8
"""Partial solutions kept from month to month."""


class Cycle(NamedTuple):
    """A month of a cardholder; money in NT$."""

    balance: int
    minimum: int
    paid: int
    timing: str
    assumed: bool
    """The payment is not in the file but follows from the status."""


class Course(NamedTuple):
    """A cardholder's six months, and what was open before them."""

    opening_minimum: int
    """Of a statement unpaid since before April; 0: none."""
    opening_age: int
    """Months before April in which it fell due."""
    cycles: tuple[Cycle, ...]
    months_behind: tuple[int, ...]
    """Due dates missed, counted from the oldest unpaid minimum, at each month's end."""


def told_months(status: int) -> int:
    """Due dates missed that a status tells of.

    The first late status after a paid month is 2, not 1 (0 to 1 is seen 6 times in the file, 0 to 2 4,918
    times): n counts from the month of the statement, so that n months late means n - 1 due dates missed.
    """
    return 0 if status <= 0 else max(status - 1, 1)


class _State(NamedTuple):
    cost: float
    needs: tuple[tuple[int, int], ...]
    """(month due, left to pay of its minimum) of statements not yet paid."""
    pending: int
    """Paid after the last month's end."""
    cycles: tuple[Cycle, ...]
    behind: tuple[int, ...]


def course(cardholder: Cardholder) -> Course:
    """The six months of a cardholder."""
    told = tuple(told_months(status) for status in cardholder.status)
    age = told[0] - 1
    balance = max(cardholder.bill[0], 0)
    opening = _usual_minimum(balance) if age > 0 else 0
    needs = ((-age, opening),) if opening else ()
    states = [_State(0.0, needs, 0, (), ())]
    for month in range(MONTHS):
        best: dict[tuple[tuple[tuple[int, int], ...], int], _State] = {}
        for state in states:
            for after in _steps(cardholder, month, told[month], state):
                place = after.needs, after.pending
                if place not in best or after.cost < best[place].cost:
                    best[place] = after
        states = sorted(best.values(), key=lambda state: state.cost)[:_WIDTH]
    found = states[0]
    return Course(opening, max(age, 0), found.cycles, found.behind)


def _usual_minimum(balance: int) -> int:
    return min(max(round(balance * MINIMUM_SHARE), MINIMUM_FLOOR), balance)


def _steps(cardholder: Cardholder, month: int, told: int, state: _State) -> Iterator[_State]:
    """The ways in which a month may have gone."""
    balance = max(cardholder.bill[month], 0)
    before = _pay(state.needs, state.pending)
    usual = min(_usual_minimum(balance) + max((need for _, need in before), default=0), balance)
    if month == MONTHS - 1:
        last = state.cycles[-1]
        paid = _assumed(cardholder.status[month], told, balance, usual, last, before)
        yield _after(state, before, month, told, Cycle(balance, usual, paid, ON_TIME, assumed=True), 0.0)
        return
    paid = cardholder.paid[month + 1]
    if told or paid >= usual:
        yield _after(state, before, month, told, Cycle(balance, usual, paid, ON_TIME, assumed=False), 0.0)
    if paid < usual:
        yield _after(state, before, month, told, Cycle(balance, paid, paid, ON_TIME, assumed=False), 1.0)
    if told:
        yield _after(state, before, month, told, Cycle(balance, usual, paid, LATE, assumed=False), 0.1)
        if paid:
            early = _pay(before, paid)
            asked = min(_usual_minimum(balance) + max((need for _, need in early), default=0), balance)
            yield _after(state, early, month, told, Cycle(balance, asked, paid, EARLY, assumed=False), 1.0)
        raised = min(paid + _usual_minimum(balance), balance)
        if usual <= paid < raised:
            yield _after(
                state, before, month, told, Cycle(balance, raised, paid, ON_TIME, assumed=False), 2.0
            )


def _assumed(
    status: int, told: int, balance: int, minimum: int, last: Cycle, needs: tuple[tuple[int, int], ...]
) -> int:
    """September's payment: the file ends before it, but September's status tells enough of it."""
    if status < 0:
        return balance
    if status == 0:
        share = min(last.paid / last.balance, 1.0) if last.balance else 0.0
        return min(max(minimum, round(share * balance)), balance)
    stays_open = MONTHS - told
    return max((need for due, need in needs if due < stays_open), default=0)


def _pay(needs: tuple[tuple[int, int], ...], amount: int) -> tuple[tuple[int, int], ...]:
    """A payment counts for every statement before it (contract 3.6)."""
    return tuple((due, need - amount) for due, need in needs if need > amount)


def _after(
    state: _State, before: tuple[tuple[int, int], ...], month: int, told: int, cycle: Cycle, bent: float
) -> _State:
    """The state at the month's end, once the statement was issued and the payment made as the cycle says."""
    needs = (*before, (month, cycle.minimum)) if cycle.minimum else before
    needs = _pay(needs, cycle.paid) if cycle.timing == ON_TIME else needs
    behind = month - needs[0][0] + 1 if needs else 0
    return _State(
        state.cost + bent + _MISS * (behind != told),
        needs,
        cycle.paid if cycle.timing == LATE else 0,
        (*state.cycles, cycle),
        (*state.behind, behind),
    )
