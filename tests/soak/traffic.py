"""Records of a fixed portfolio as of now: a steady stream of spending, and some news that lead to a decision.

Nobody is new and no case is opened while it is measured, so that memory has no reason to grow: whoever will
have a decision has an open episode already, and it escalates. A row keeps each payment for ninety days, so
payments are few, and as many a second at any rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from streams.partition import lane_of

LIMIT: Final = 1_000_000
PAYMENTS: Final = 5.0
"""A second, at the most."""
ESCALATIONS: Final = (
    '"total_debt":900000,"total_limit":1000000',
    '"total_debt":900000,"total_limit":1000000,"small_loan_overdue_accounts":1',
)
"""What a report says that makes an episode worse: to P2, then, with the card nearly full, to P1."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A record and where it goes."""

    topic: str
    lane: int
    key: bytes
    value: bytes


class Portfolio:
    """`spenders` spend; `watched` have an open episode each, which escalates twice."""

    def __init__(self, spenders: int, watched: int, lanes: int) -> None:
        self._spenders = [(f"s{n:06d}", lane_of(f"s{n:06d}", lanes)) for n in range(spenders)]
        self._watched = [(f"w{n:06d}", lane_of(f"w{n:06d}", lanes)) for n in range(watched)]
        self._events = 0
        self._escalated = 0
        self._paid_at = 0.0

    def opening(self, now: float) -> list[Laid]:
        """Accounts of all, and the news that open the episodes."""
        found = []
        for holder, lane in self._spenders:
            found.append(self._account(holder, lane, now, 0))
        for holder, lane in self._watched:
            found.append(self._account(holder, lane, now, LIMIT * 95 // 100))
            found.append(self._report(holder, lane, now, '"hard_inquiries_1m":9'))
        return found

    def spending(self, now: float, count: int) -> list[Laid]:
        """So many purchases and refunds, with a payment among them when one is due."""
        pays = now - self._paid_at >= 1.0 / PAYMENTS
        self._paid_at = now if pays else self._paid_at
        at = _text(now)
        found = []
        for place in range(count):
            self._events += 1
            number = self._events
            holder, lane = self._spenders[number * 7919 % len(self._spenders)]
            head = f'{{"event_id":"e{number}","cardholder_id":"{holder}","occurred_at":"{at}","amount":'
            if place or not pays:
                kind = "purchase" if number % 10 else "refund"
                rest = f'{1000 + number % 9000},"kind":"transaction","type":"{kind}","mcc":"5411"}}'
                found.append(Laid("transactions", lane, holder.encode(), (head + rest).encode()))
            else:
                rest = f'{9000 + number % 9000},"kind":"payment_posted","payer":"holder"}}'
                found.append(Laid("repayments", lane, holder.encode(), (head + rest).encode()))
        return found

    @property
    def escalations_left(self) -> int:
        return len(self._watched) * len(ESCALATIONS) - self._escalated

    def escalation(self, now: float) -> tuple[Laid, str]:
        """The next news that must lead to an alert, and by what it will be known: trigger's event id."""
        worse, number = divmod(self._escalated, len(self._watched))
        self._escalated += 1
        holder, lane = self._watched[number]
        laid = self._report(holder, lane, now, ESCALATIONS[worse])
        return laid, f"e{self._events}"

    def _account(self, holder: str, lane: int, now: float, balance: int) -> Laid:
        self._events += 1
        value = (
            f'{{"kind":"account_updated","event_id":"e{self._events}","cardholder_id":"{holder}",'
            f'"occurred_at":"{_text(now)}","credit_limit":{LIMIT},"status":"active","exemptions":[],'
            f'"balance":{balance}}}'
        )
        return Laid("accounts", lane, holder.encode(), value.encode())

    def _report(self, holder: str, lane: int, now: float, says: str) -> Laid:
        self._events += 1
        value = (
            f'{{"kind":"bureau_report","event_id":"e{self._events}","cardholder_id":"{holder}",'
            f'"occurred_at":"{_text(now)}",{says}}}'
        )
        return Laid("bureau-queries", lane, holder.encode(), value.encode())


def _text(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
