"""One struct per kind of record, told apart by `kind` (contract 1.4)."""

from typing import Final, Literal, TypeAlias

from msgspec import Struct

Status: TypeAlias = Literal["active", "blocked", "closed"]
Exemption: TypeAlias = Literal["dispute", "hardship", "deceased", "staff_hold", "fraud_case"]
Payer: TypeAlias = Literal["holder", "third_party", "unknown"]
Type: TypeAlias = Literal["purchase", "cash_advance", "refund", "fee", "interest"]
Channel: TypeAlias = Literal["pos", "online", "atm", "other"]
Result: TypeAlias = Literal["applied", "rejected", "failed", "reversed"]
OutcomeName: TypeAlias = Literal["charged_off", "fraud_confirmed", "cured", "false_alarm"]


class Event(Struct, tag_field="kind", frozen=True, gc=False, kw_only=True):
    """What every record has; times stay as they were written and become numbers in the columns."""

    event_id: str
    occurred_at: str


class HolderEvent(Event, frozen=True, gc=False, kw_only=True):
    """What every record but those of the control topic has."""

    cardholder_id: str


class AccountUpdated(HolderEvent, tag="account_updated", frozen=True, gc=False, kw_only=True):
    """A full snapshot of an account."""

    credit_limit: int
    status: Status
    exemptions: list[Exemption]
    balance: int | None = None
    product: str | None = None
    opened_on: str | None = None
    monthly_income: int | None = None
    tags: dict[str, str] | None = None


class BureauReport(HolderEvent, tag="bureau_report", frozen=True, gc=False, kw_only=True):
    """What a credit bureau told; null is unknown, never zero."""

    reason: str | None = None
    hard_inquiries_1m: int | None = None
    hard_inquiries_3m: int | None = None
    hard_inquiries_6m: int | None = None
    lenders: int | None = None
    small_loan_lenders: int | None = None
    small_loan_overdue_accounts: int | None = None
    small_loan_overdue_amount: int | None = None
    overdue_accounts: int | None = None
    max_dpd: int | None = None
    new_accounts_6m: int | None = None
    total_debt: int | None = None
    total_limit: int | None = None
    monthly_income: int | None = None


class StatementIssued(HolderEvent, tag="statement_issued", frozen=True, gc=False, kw_only=True):
    """A statement: it opens a cycle."""

    statement_id: str
    balance: int
    minimum_due: int
    due_on: str


class PaymentPosted(HolderEvent, tag="payment_posted", frozen=True, gc=False, kw_only=True):
    """A repayment."""

    amount: int
    payer: Payer | None = None
    channel: str | None = None


class Transaction(HolderEvent, tag="transaction", frozen=True, gc=False, kw_only=True):
    """A movement on the card."""

    type: Type
    amount: int
    merchant_id: str | None = None
    mcc: str | None = None
    channel: Channel | None = None
    country: str | None = None
    city: str | None = None


class ActionResult(HolderEvent, tag="action_result", frozen=True, gc=False, kw_only=True):
    """What became of an action."""

    action_id: str
    result: Result
    by: str | None = None
    note: str | None = None


class Outcome(HolderEvent, tag="outcome", frozen=True, gc=False, kw_only=True):
    """How it went with a cardholder, as people found later."""

    outcome: OutcomeName
    note: str | None = None


class Tick(Event, tag="tick", frozen=True, gc=False, kw_only=True):
    """Time as data."""


class BreakerReset(Event, tag="breaker_reset", frozen=True, gc=False, kw_only=True):
    """A person empties the breaker's count."""

    by: str


Record: TypeAlias = (
    AccountUpdated
    | BureauReport
    | StatementIssued
    | PaymentPosted
    | Transaction
    | ActionResult
    | Outcome
    | Tick
    | BreakerReset
)

STRUCTS: Final[tuple[type[Record], ...]] = (
    AccountUpdated,
    BureauReport,
    StatementIssued,
    PaymentPosted,
    Transaction,
    ActionResult,
    Outcome,
    Tick,
    BreakerReset,
)
"""The struct of each kind, by its code."""

CODES: Final[dict[type[Record], int]] = {struct: code for code, struct in enumerate(STRUCTS)}
"""The code of each struct: `layout.KINDS[CODES[type(record)]]` is its kind."""
