"""What is known of a cardholder: the whole history, and every value recomputed from it (contract 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracle.checks import DAY, Line

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Iterator

FRESH_DAYS = 45
RAISING = ("purchase", "cash_advance", "fee", "interest")
CUTS = ("halve", "cut_to_tenth", "block")
RESULT_RANK = {"requested": 0, "applied": 1, "rejected": 2, "failed": 2, "reversed": 2}


@dataclass
class Movement:
    """A transaction or payment; `turn` is its place in the order of taking, `clock` the watermark then."""

    turn: int
    clock: int
    at: int
    kind: str
    amount: int
    payer: str | None = None

    @property
    def delta(self) -> int:
        """What it does to the balance (contract 3.2)."""
        return self.amount if self.kind in RAISING else -self.amount


@dataclass
class Statement:
    """A statement, and the cycle that it opens (contract 3.5). `ratio` is balance to limit when taken."""

    name: str
    at: int
    balance: int
    minimum_due: int
    due_on: int
    ratio: Fraction | None
    closed_at: int | None = None


@dataclass
class Action:
    """A limit action; `day` and `rules` are those of the judgement that asked for it (contract 6)."""

    name: str
    kind: str
    status: str
    day: int
    base_limit: int
    episode: str | None
    rules: list[str] = field(default_factory=list)
    applied_day: int | None = None
    undone: bool = False


@dataclass
class Episode:
    """The open episode (contract 5)."""

    name: str
    severity: str
    base_limit: int = 0
    alerts: int = 0
    latest_alert: str = ""
    ever: dict[str, str | None] = field(default_factory=dict)
    clean_since: int | None = None
    requested: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)


class Holder:
    """Everything taken of one cardholder, in lists."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.account: dict[str, Any] | None = None
        self.account_at = 0
        self.report: dict[str, Any] | None = None
        self.report_at = 0
        self.statements: list[Statement] = []
        self.payments: list[Movement] = []
        self.transactions: list[Movement] = []
        self.setting: tuple[int, int, int] | None = None  # turn, at, balance of the newest one
        self.turn = 0
        self.seen: dict[str, deque[str]] = {}
        self.episode: Episode | None = None
        self.episodes = 0
        self.actions: list[Action] = []
        self.restore_count = 0
        self.closed_counted = 0

    # --- taking -------------------------------------------------------------------------------------------

    def take(self, line: Line, watermark: int) -> bool:
        """Apply an accepted record; true if it issued a statement that is held (contract 3.1, 6.9)."""
        body = line.body
        assert body is not None
        self.turn += 1
        if line.kind == "account_updated" and (self.account is None or line.at >= self.account_at):
            self.account, self.account_at = body, line.at
            if body["balance"] is not None:
                self._set_balance(line.at, body["balance"])
        elif line.kind == "bureau_report" and (self.report is None or line.at >= self.report_at):
            self.report, self.report_at = body, line.at
        elif line.kind == "statement_issued":
            return self._take_statement(line.at, body, watermark // DAY)
        elif line.kind == "payment_posted":
            self.payments.append(
                Movement(self.turn, watermark, line.at, "payment", body["amount"], body["payer"])
            )
        elif line.kind == "transaction":
            self.transactions.append(Movement(self.turn, watermark, line.at, body["type"], body["amount"]))
        elif line.kind == "action_result":
            self._take_result(body["action_id"], body["result"], line.at // DAY)
        return False

    def _take_statement(self, at: int, body: dict[str, Any], day: int) -> bool:
        if self.statements:
            newest = self.statements[-1]
            if at < newest.at or body["statement_id"] == newest.name:
                return False
            if newest.closed_at is None:
                newest.closed_at = at
        limit = self.limit()
        ratio = Fraction(body["balance"], limit) if limit else None
        self.statements.append(
            Statement(body["statement_id"], at, body["balance"], body["minimum_due"], body["due_on"], ratio)
        )
        self.close_due(day)
        self._set_balance(at, body["balance"])
        return True

    def close_due(self, day: int) -> None:
        """The lane knows 00:00 of `day`: a cycle due before it is closed, and stays so (contract 3.5)."""
        if self.statements and self.statements[-1].closed_at is None and self.statements[-1].due_on < day:
            self.statements[-1].closed_at = (self.statements[-1].due_on + 1) * DAY

    def _set_balance(self, at: int, balance: int) -> None:
        if self.setting is None or at >= self.setting[1]:
            self.setting = (self.turn, at, balance)

    def _take_result(self, name: str, result: str, day: int) -> None:
        for action in self.actions:
            if action.name != name or action.kind not in CUTS or action.status == "withheld":
                continue
            if RESULT_RANK[result] > RESULT_RANK[action.status]:
                action.status = result
                if result == "applied":
                    action.applied_day = day

    # --- reading ------------------------------------------------------------------------------------------

    def balance(self) -> int:
        """Contract 3.2."""
        movements = [*self.transactions, *self.payments]
        if self.setting is None:
            return max(0, sum(move.delta for move in movements))
        turn, at, total = self.setting
        for move in movements:
            dated_later = move.at // DAY > at // DAY if move.turn < turn else move.at >= at
            if dated_later:
                total += move.delta
        return max(0, total)

    def standing(self) -> list[Action]:
        """Cuts and blocks that are applied and not undone, oldest first (contract 6.2)."""
        return [a for a in self.actions if a.kind in CUTS and a.status == "applied" and not a.undone]

    def limit(self) -> int | None:
        """The divisor of every ratio to the limit; None for unknown or zero (contract 3.3)."""
        if self.account is None:
            return None
        bases = [action.base_limit for action in self.standing()]
        if self.episode is not None:
            bases.append(self.episode.base_limit)
        return max([self.account["credit_limit"], *bases]) or None

    def utilisation(self) -> Fraction | None:
        """Contract 3.3."""
        limit = self.limit()
        return Fraction(self.balance(), limit) if limit else None

    def fresh(self, day: int, name: str) -> int | None:
        """A value of the report, unknown when there is none or it is stale (contract 3.4)."""
        if self.report is None or day - self.report_at // DAY > FRESH_DAYS:
            return None
        value: int | None = self.report[name]
        return value

    def income(self, day: int) -> int | None:
        """The fresh report's, else the account's (contract 3.4)."""
        reported = self.fresh(day, "monthly_income")
        if reported is not None or self.account is None:
            return reported
        stated: int | None = self.account["monthly_income"]
        return stated

    def closed_cycles(self) -> list[Statement]:
        """In the order of their statements."""
        return [statement for statement in self.statements if statement.closed_at is not None]

    def paid(self, cycle: Statement) -> int:
        """Payments inside a closed cycle (contract 3.5)."""
        assert cycle.closed_at is not None
        return sum(p.amount for p in self.payments if cycle.at <= p.at < cycle.closed_at)

    def unpaid_due_dates(self) -> list[int]:
        """Due dates of the statements whose minimum is not paid (contract 3.6)."""
        return [
            s.due_on
            for s in self.statements
            if sum(p.amount for p in self.payments if p.at >= s.at) < s.minimum_due
        ]

    def days_past_due(self, day: int) -> int | None:
        """Contract 3.6."""
        if not self.statements:
            return None
        return max(0, day - min(self.unpaid_due_dates(), default=day))

    def spent_since(self, earliest: int, turn: int = 0) -> Iterator[Movement]:
        """Purchases and cash advances dated at or after `earliest`, taken after `turn`.

        Read backwards; what was taken when the watermark was before `earliest` cannot be dated after it.
        """
        for move in reversed(self.transactions):
            if move.clock < earliest or move.turn <= turn:
                return
            if move.at >= earliest and move.kind in ("purchase", "cash_advance"):
                yield move

    def date_matters(self, day: int) -> bool:
        """False only if the bare passing of a date can change nothing that is ever told.

        Without an open episode or a standing cut only a new hit could be told, and without a new record
        only a closing cycle, days past due or a share of cash can become one: other windows only lose.
        """
        if self.episode is not None or (self.actions and self.standing()):
            return True
        if self.statements:
            newest = self.statements[-1]
            if newest.closed_at is None and newest.due_on < day:
                return True
            if any(due < day for due in self.unpaid_due_dates()):
                return True
        return bool(self.transactions) and self.transactions[-1].clock // DAY > day - 30
