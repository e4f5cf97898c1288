"""Topics, kinds and the integer columns of a record (contract 1.4).

Every record becomes one row of `WIDTH` int64 columns. What a column means depends on the record's kind;
an absent or null value is `UNKNOWN`, never zero. Enumerations are stored as the index in their tuple,
texts as a 64-bit hash, dates as days since 1970-01-01.
"""

from typing import Final

TOPICS: Final = (
    "accounts",
    "bureau-queries",
    "repayments",
    "transactions",
    "action-results",
    "outcomes",
    "control",
)
"""Topic names without their prefix, in the order of the contract's table (contract 1.4, 2.1)."""

KINDS: Final = (
    "account_updated",
    "bureau_report",
    "statement_issued",
    "payment_posted",
    "transaction",
    "action_result",
    "outcome",
    "tick",
    "breaker_reset",
)

ACCOUNT: Final = 0
REPORT: Final = 1
STATEMENT: Final = 2
PAYMENT: Final = 3
TRANSACTION: Final = 4
RESULT: Final = 5
OUTCOME: Final = 6
TICK: Final = 7
RESET: Final = 8

CONTROL_TOPIC: Final = 6
TOPIC_OF_KIND: Final = (0, 1, 2, 2, 3, 4, 5, CONTROL_TOPIC, CONTROL_TOPIC)
"""Topic index of each kind."""

UNKNOWN: Final = -(2**63)
"""What stands in an int64 column for an absent or null value (contract 1.4)."""

LARGEST: Final = 10**15
"""The largest integer a record may carry (contract 1.2)."""

WIDTH: Final = 16
"""Columns of a record."""

STATUSES: Final = ("active", "blocked", "closed")
EXEMPTIONS: Final = ("dispute", "hardship", "deceased", "staff_hold", "fraud_case")
PAYERS: Final = ("holder", "third_party", "unknown")
TYPES: Final = ("purchase", "cash_advance", "refund", "fee", "interest")
CHANNELS: Final = ("pos", "online", "atm", "other")
RESULTS: Final = ("applied", "rejected", "failed", "reversed")
OUTCOMES: Final = ("charged_off", "fraud_confirmed", "cured", "false_alarm")

# Columns of account_updated.
ACCOUNT_CREDIT_LIMIT: Final = 0
ACCOUNT_STATUS: Final = 1
ACCOUNT_EXEMPTIONS: Final = 2  # bit i is EXEMPTIONS[i]
ACCOUNT_BALANCE: Final = 3
ACCOUNT_OPENED_ON: Final = 4
ACCOUNT_MONTHLY_INCOME: Final = 5
ACCOUNT_PRODUCT: Final = 6  # hash

# Columns of bureau_report.
REPORT_HARD_INQUIRIES_1M: Final = 0
REPORT_HARD_INQUIRIES_3M: Final = 1
REPORT_HARD_INQUIRIES_6M: Final = 2
REPORT_LENDERS: Final = 3
REPORT_SMALL_LOAN_LENDERS: Final = 4
REPORT_SMALL_LOAN_OVERDUE_ACCOUNTS: Final = 5
REPORT_SMALL_LOAN_OVERDUE_AMOUNT: Final = 6
REPORT_OVERDUE_ACCOUNTS: Final = 7
REPORT_MAX_DPD: Final = 8
REPORT_NEW_ACCOUNTS_6M: Final = 9
REPORT_TOTAL_DEBT: Final = 10
REPORT_TOTAL_LIMIT: Final = 11
REPORT_MONTHLY_INCOME: Final = 12

# Columns of statement_issued.
STATEMENT_BALANCE: Final = 0
STATEMENT_MINIMUM_DUE: Final = 1
STATEMENT_DUE_ON: Final = 2
STATEMENT_ID: Final = 3  # hash

# Columns of payment_posted.
PAYMENT_AMOUNT: Final = 0
PAYMENT_PAYER: Final = 1

# Columns of transaction.
TRANSACTION_AMOUNT: Final = 0
TRANSACTION_TYPE: Final = 1
TRANSACTION_CHANNEL: Final = 2
TRANSACTION_MCC: Final = 3  # the integer, when it is four digits
TRANSACTION_COUNTRY: Final = 4  # hash
TRANSACTION_CITY: Final = 5  # hash
TRANSACTION_MERCHANT_ID: Final = 6  # hash

# Columns of action_result and outcome; tick and breaker_reset have none.
RESULT_RESULT: Final = 0
OUTCOME_OUTCOME: Final = 0
