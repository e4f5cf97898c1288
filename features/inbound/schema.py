"""What each field of each kind must be, and the column it goes to (contract 1.2-1.4).

Both readers follow this one table: the strict one (strict.py) and the batch scan (scan.py).
"""

from typing import Final, NamedTuple

from features.inbound import layout

# What a value must be.
ID: Final = 0
TIME: Final = 1
DATE: Final = 2
COUNT: Final = 3  # an integer from 0
AMOUNT: Final = 4  # an integer from 1
CHOICE: Final = 5
FLAGS: Final = 6  # a list of choices
TEXT: Final = 7
MCC: Final = 8  # a text that is a number in its column when it is four digits
TAGS: Final = 9

NO_COLUMN: Final = -1
"""The field has no column, or (event_id, occurred_at) one of its own."""


class Field(NamedTuple):
    """One field of a kind. An ID or TEXT with a column is hashed into it."""

    name: str
    rule: int
    column: int = NO_COLUMN
    required: bool = False
    choices: tuple[str, ...] = ()


_EVENT: Final = (Field("event_id", ID, required=True), Field("occurred_at", TIME, required=True))
_HOLDER: Final = (*_EVENT, Field("cardholder_id", ID, required=True))

_ACCOUNT: Final = (
    *_HOLDER,
    Field("credit_limit", COUNT, layout.ACCOUNT_CREDIT_LIMIT, required=True),
    Field("status", CHOICE, layout.ACCOUNT_STATUS, required=True, choices=layout.STATUSES),
    Field("exemptions", FLAGS, layout.ACCOUNT_EXEMPTIONS, required=True, choices=layout.EXEMPTIONS),
    Field("balance", COUNT, layout.ACCOUNT_BALANCE),
    Field("product", TEXT, layout.ACCOUNT_PRODUCT),
    Field("opened_on", DATE, layout.ACCOUNT_OPENED_ON),
    Field("monthly_income", COUNT, layout.ACCOUNT_MONTHLY_INCOME),
    Field("tags", TAGS),
)
_REPORT: Final = (
    *_HOLDER,
    Field("reason", TEXT),
    Field("hard_inquiries_1m", COUNT, layout.REPORT_HARD_INQUIRIES_1M),
    Field("hard_inquiries_3m", COUNT, layout.REPORT_HARD_INQUIRIES_3M),
    Field("hard_inquiries_6m", COUNT, layout.REPORT_HARD_INQUIRIES_6M),
    Field("lenders", COUNT, layout.REPORT_LENDERS),
    Field("small_loan_lenders", COUNT, layout.REPORT_SMALL_LOAN_LENDERS),
    Field("small_loan_overdue_accounts", COUNT, layout.REPORT_SMALL_LOAN_OVERDUE_ACCOUNTS),
    Field("small_loan_overdue_amount", COUNT, layout.REPORT_SMALL_LOAN_OVERDUE_AMOUNT),
    Field("overdue_accounts", COUNT, layout.REPORT_OVERDUE_ACCOUNTS),
    Field("max_dpd", COUNT, layout.REPORT_MAX_DPD),
    Field("new_accounts_6m", COUNT, layout.REPORT_NEW_ACCOUNTS_6M),
    Field("total_debt", COUNT, layout.REPORT_TOTAL_DEBT),
    Field("total_limit", COUNT, layout.REPORT_TOTAL_LIMIT),
    Field("monthly_income", COUNT, layout.REPORT_MONTHLY_INCOME),
)
_STATEMENT: Final = (
    *_HOLDER,
    Field("statement_id", ID, layout.STATEMENT_ID, required=True),
    Field("balance", COUNT, layout.STATEMENT_BALANCE, required=True),
    Field("minimum_due", COUNT, layout.STATEMENT_MINIMUM_DUE, required=True),
    Field("due_on", DATE, layout.STATEMENT_DUE_ON, required=True),
)
_PAYMENT: Final = (
    *_HOLDER,
    Field("amount", AMOUNT, layout.PAYMENT_AMOUNT, required=True),
    Field("payer", CHOICE, layout.PAYMENT_PAYER, choices=layout.PAYERS),
    Field("channel", TEXT),
)
_TRANSACTION: Final = (
    *_HOLDER,
    Field("type", CHOICE, layout.TRANSACTION_TYPE, required=True, choices=layout.TYPES),
    Field("amount", AMOUNT, layout.TRANSACTION_AMOUNT, required=True),
    Field("merchant_id", ID, layout.TRANSACTION_MERCHANT_ID),
    Field("mcc", MCC, layout.TRANSACTION_MCC),
    Field("channel", CHOICE, layout.TRANSACTION_CHANNEL, choices=layout.CHANNELS),
    Field("country", TEXT, layout.TRANSACTION_COUNTRY),
    Field("city", TEXT, layout.TRANSACTION_CITY),
)
_RESULT: Final = (
    *_HOLDER,
    Field("action_id", ID, required=True),
    Field("result", CHOICE, layout.RESULT_RESULT, required=True, choices=layout.RESULTS),
    Field("by", ID),
    Field("note", TEXT),
)
_OUTCOME: Final = (
    *_HOLDER,
    Field("outcome", CHOICE, layout.OUTCOME_OUTCOME, required=True, choices=layout.OUTCOMES),
    Field("note", TEXT),
)
_RESET: Final = (*_EVENT, Field("by", ID, required=True))

SCHEMA: Final[tuple[tuple[Field, ...], ...]] = (
    _ACCOUNT,
    _REPORT,
    _STATEMENT,
    _PAYMENT,
    _TRANSACTION,
    _RESULT,
    _OUTCOME,
    _EVENT,
    _RESET,
)
"""The fields of each kind beside `kind` itself, by the kind's code."""
