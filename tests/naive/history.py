"""What one cardholder's records were, in the order taken, and what each date began with."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.checks import DAY, read_line
from tests.oracle.knowledge import Holder


@dataclass
class Spent:
    """A transaction or payment with its attributes, judged when it was taken."""

    kind: str
    amount: int
    at: int
    record: dict[str, Any]
    foreign: bool = False

    @property
    def day(self) -> int:
        return self.at // DAY


@dataclass
class History:
    """The full history; `known` is the independent reference's own knowledge of it (contract 3)."""

    known: Holder
    moves: list[Spent] = field(default_factory=list)
    limits: list[tuple[int, int]] = field(default_factory=list)
    """(date, limit) of each snapshot held in its turn."""
    reports: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    over: dict[int, bool] = field(default_factory=dict)
    """Whether the balance was over the limit at 00:00 of each date."""
    late: list[tuple[int, int]] = field(default_factory=list)
    """(date, days past due) at 00:00 of each date, and after each record."""
    overdue: list[int] = field(default_factory=list)
    """Of each statement: how many before it were overdue."""
    home: list[str] = field(default_factory=list)
    """Votes for the home country, all alike."""

    def enter(self, day: int) -> None:
        """00:00 of a date."""
        self.over[day] = self._over()
        self._note(day)
        self.known.close_due(day)

    def _over(self) -> bool:
        limit = self.known.limit()
        return limit is not None and self.known.balance() > limit

    def _note(self, day: int) -> None:
        past = self.known.days_past_due(day)
        if past is not None:
            self.late.append((day, past))

    def take(self, raw: bytes, watermark: int) -> None:
        """An accepted record."""
        line, record, day = read_line(raw), json.loads(raw), watermark // DAY
        known = self.known
        overdue = sum(due < day for due in known.unpaid_due_dates())
        if line.kind == "account_updated" and (known.account is None or line.at >= known.account_at):
            self.limits.append((line.at // DAY, record["credit_limit"]))
        if line.kind == "bureau_report" and (known.report is None or line.at >= known.report_at):
            self.reports.append((line.at // DAY, record))
        if line.kind == "transaction":
            self._transaction(line.at, record)
        if line.kind == "payment_posted":
            self.moves.append(Spent("payment", record["amount"], line.at, record))
        if known.take(line, watermark):
            self.overdue.append(min(15, overdue))
        self._note(day)

    def _transaction(self, at: int, record: dict[str, Any]) -> None:
        country = record.get("country")
        foreign = country is not None and bool(self.home) and country != self.home[0]
        self.moves.append(Spent(record["type"], record["amount"], at, record, foreign))
        if country is None:
            return
        if not self.home or self.home[0] == country:
            self.home = [*self.home, country][:255]
        else:
            self.home.pop()
