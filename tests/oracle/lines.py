"""A pen for input lines: records of contract 1.4, placed by days since a start date."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.oracle.checks import DAY, SECOND, date_text, moment_text

if TYPE_CHECKING:
    import random

START = date(2024, 1, 1).toordinal()


class Pen:
    """Writes lines and keeps them by arrival; `at` and `late` are days, fractions allowed.

    `grain` rounds instants down, so that records meet at the same instant; with `styles` the same
    instant is written in all the ways that contract 1.2 allows.
    """

    def __init__(self, grain: int = SECOND, styles: random.Random | None = None) -> None:
        self.grain = grain
        self.styles = styles
        self.written = 0
        self.entries: list[tuple[int, int, bytes]] = []

    def moment(self, at: float) -> int:
        """The instant, in microseconds, of so many days after the start."""
        return START * DAY + round(at * DAY / SECOND) * SECOND // self.grain * self.grain

    def time_text(self, moment: int) -> str:
        """One of the writings of an instant."""
        text, rng = moment_text(moment), self.styles
        if rng is None or rng.random() < 0.7:
            return text
        choice = rng.randrange(5)
        if choice == 0:
            return text.lower()
        if choice == 1:
            return text.replace("Z", "+00:00")
        if choice == 2:
            hours = rng.choice((1, 5, 12))
            return moment_text(moment + hours * 3600 * SECOND)[:-1] + f"+{hours:02}:00"
        if choice == 3:
            return moment_text(moment - 8 * 3600 * SECOND - 1800 * SECOND).replace("Z", "-08:30")
        stem = text[:-1] if "." in text else text[:-1] + ".000000"
        return f"{stem}{rng.randrange(1000):03}{rng.choice('Zz')}"

    def raw(self, at: float, line: bytes) -> None:
        """A line as it is, arriving at a time."""
        self.written += 1
        self.entries.append((START * DAY + int(at * DAY), self.written, line))

    def put(self, kind: str, holder: str | None, at: float, late: float = 0, **fields: Any) -> str:
        """A record of any kind; returns its event id."""
        event_id = fields.pop("event_id", None) or f"e{self.written}"
        body: dict[str, Any] = {
            "kind": kind,
            "event_id": event_id,
            "occurred_at": self.time_text(self.moment(at)),
        }
        if holder is not None:
            body["cardholder_id"] = holder
        body |= fields
        self.raw(at + late, json.dumps(body, ensure_ascii=False).encode())
        return str(event_id)

    def account(self, holder: str, at: float, limit: int = 1_000_000, late: float = 0, **more: Any) -> None:
        """account_updated."""
        fields = {"credit_limit": limit, "status": "active", "exemptions": []} | more
        self.put("account_updated", holder, at, late, **fields)

    def report(self, holder: str, at: float, late: float = 0, **more: Any) -> None:
        """bureau_report."""
        self.put("bureau_report", holder, at, late, **more)

    def clean_report(self, holder: str, at: float, late: float = 0, **more: Any) -> None:
        """A report on which every bureau rule is no_hit."""
        clean = {
            "hard_inquiries_1m": 0,
            "hard_inquiries_3m": 1,
            "hard_inquiries_6m": 2,
            "small_loan_overdue_accounts": 0,
            "small_loan_overdue_amount": 0,
            "total_debt": 100_000,
            "total_limit": 1_000_000,
            "monthly_income": 800_000,
        }
        self.report(holder, at, late, **(clean | more))

    def statement(
        self,
        holder: str,
        at: float,
        balance: int,
        minimum: int,
        due: int,
        late: float = 0,
        name: str | None = None,
    ) -> None:
        """statement_issued, due so many days after the start."""
        self.put(
            "statement_issued",
            holder,
            at,
            late,
            statement_id=name or f"s{self.written}",
            balance=balance,
            minimum_due=minimum,
            due_on=date_text(START + due),
        )

    def payment(
        self, holder: str, at: float, amount: int, payer: str | None = "holder", late: float = 0
    ) -> None:
        """payment_posted."""
        self.put("payment_posted", holder, at, late, amount=max(1, amount), payer=payer)

    def spend(self, holder: str, at: float, amount: int, what: str = "purchase", late: float = 0) -> None:
        """transaction."""
        self.put("transaction", holder, at, late, type=what, amount=max(1, amount), channel="pos")

    def result(self, holder: str, at: float, action_id: str, result: str, late: float = 0) -> None:
        """action_result."""
        self.put("action_result", holder, at, late, action_id=action_id, result=result, by="clerk-1")

    def tick(self, at: float, late: float = 0) -> None:
        """tick."""
        self.put("tick", None, at, late)

    def lines(self) -> list[bytes]:
        """All lines in order of arrival."""
        return [line for _, _, line in sorted(self.entries)]
