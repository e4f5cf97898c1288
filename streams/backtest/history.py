"""What became of each cardholder, from the records alone: days past due (contract 3.6) and balances (3.2)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from features.calendar import DAY_US
from features.inbound.decode import Rejected, decode_many
from features.inbound.structs import (
    AccountUpdated,
    HolderEvent,
    Outcome,
    PaymentPosted,
    StatementIssued,
    Transaction,
)
from features.inbound.times import parse_date, parse_time

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOWERS: Final = ("refund",)
_AT_ONCE: Final = 50_000


@dataclass(slots=True)
class _Bill:
    issued_us: int
    due: int
    minimum: int
    statement: str


@dataclass(slots=True)
class History:
    """One cardholder's records, as far as they matter here. Days are day numbers."""

    bills: list[_Bill] = field(default_factory=list)
    payments: list[tuple[int, int]] = field(default_factory=list)
    """(instant, amount)."""
    settings: list[tuple[int, int]] = field(default_factory=list)
    """(instant, balance) as statements and snapshots told it."""
    moves: list[tuple[int, int]] = field(default_factory=list)
    """(instant, change of the balance)."""
    first: int | None = None
    """The date of the earliest record."""
    opened: int | None = None
    """The account's opening, as it was told first."""
    charged_off: int | None = None

    def reached(self, days_past_due: int, end: int) -> list[int]:
        """Each date, up to `end`, on which a bill became that many days past due."""
        found = []
        for bill in self.bills:
            when = bill.due + days_past_due
            if when <= end and self._paid_on(bill) > when:
                found.append(when)
        return sorted(found)

    def past_due_on(self, day: int) -> int:
        """Days past due on a date."""
        open_bills = [
            b.due for b in self.bills if b.issued_us // DAY_US <= day and self._paid_on(b) > day > b.due
        ]
        return day - min(open_bills) if open_bills else 0

    def balance_on(self, day: int) -> int:
        """The balance at the end of a date, at least 0."""
        until = (day + 1) * DAY_US
        before = [one for one in self.settings if one[0] < until]
        start, balance = max(before) if before else (-(2**62), 0)
        return max(0, balance + sum(change for at, change in self.moves if start <= at < until))

    def _paid_on(self, bill: _Bill) -> int:
        """The date on which payments since its issue reached the minimum; far off if they never do."""
        paid = 0
        if paid >= bill.minimum:
            return -(2**62)
        for at, amount in self.payments:
            if at >= bill.issued_us:
                paid += amount
                if paid >= bill.minimum:
                    return at // DAY_US
        return 2**62


def histories(lines: Sequence[bytes]) -> tuple[dict[str, History], int]:
    """Cardholder to history, and the last date of the log. Lines that are no records are passed over."""
    found: defaultdict[str, History] = defaultdict(History)
    end = 0
    seen: set[tuple[str, str]] = set()
    for start in range(0, len(lines), _AT_ONCE):
        block = [line for line in lines[start : start + _AT_ONCE] if line and not line.isspace()]
        for record in decode_many(block).items:
            at = None if isinstance(record, Rejected) else parse_time(record.occurred_at)
            if at is None:
                continue
            end = max(end, at // DAY_US)
            if isinstance(record, HolderEvent):
                mark = (record.cardholder_id, record.event_id)
                if mark not in seen:
                    seen.add(mark)
                    _note(found[record.cardholder_id], record, at)
    for history in found.values():
        history.payments.sort()
    return dict(found), end


def _note(history: History, record: HolderEvent, at: int) -> None:
    day = at // DAY_US
    history.first = day if history.first is None else min(history.first, day)
    if isinstance(record, AccountUpdated) and record.opened_on is not None and history.opened is None:
        history.opened = parse_date(record.opened_on)
    elif isinstance(record, Outcome) and record.outcome == "charged_off":
        history.charged_off = day if history.charged_off is None else min(history.charged_off, day)
    if isinstance(record, StatementIssued):
        due = parse_date(record.due_on)
        if due is not None and record.statement_id not in [bill.statement for bill in history.bills]:
            history.bills.append(_Bill(at, due, record.minimum_due, record.statement_id))
            history.settings.append((at, record.balance))
    elif isinstance(record, PaymentPosted):
        history.payments.append((at, record.amount))
        history.moves.append((at, -record.amount))
    elif isinstance(record, Transaction):
        history.moves.append((at, -record.amount if record.type in _LOWERS else record.amount))
    elif isinstance(record, AccountUpdated) and record.balance is not None:
        history.settings.append((at, record.balance))
