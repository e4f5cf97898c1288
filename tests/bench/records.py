"""The book as records of the contract: (topic, cardholder's number, value), in whole slices for speed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from features.inbound.layout import TOPICS
from tests.bench.happenings import FIRST_MS, LIMIT, PAYMENT, STATEMENT, TRANSACTION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tests.bench.happenings import Happenings

ACCOUNTS: Final = TOPICS.index("accounts")
REPORTS: Final = TOPICS.index("bureau-queries")
REPAYMENTS: Final = TOPICS.index("repayments")
TRANSACTIONS: Final = TOPICS.index("transactions")

SLICE: Final = 100_000
"""So many are made in one go."""

_DAY_MS: Final = 86_400_000

Placed = tuple[int, int, bytes]
"""Topic, cardholder's number, value."""


def name_of(holder: int) -> str:
    return f"c{holder:07d}"


def texts(at_ms: NDArray[np.int64]) -> list[str]:
    """Instants as the contract writes them."""
    written: list[str] = np.datetime_as_string(at_ms.astype("datetime64[ms]"), timezone="UTC").tolist()
    return written


def accounts(
    cardholders: int, before_ms: int = FIRST_MS, only: NDArray[np.int64] | None = None
) -> Iterator[Placed]:
    """A snapshot of everybody's account (or of some), all dated in the hour before."""
    holders = np.arange(cardholders, dtype=np.int64) if only is None else only
    times = texts(before_ms - 3_600_000 + holders * 3_600_000 // cardholders)
    for holder, at in zip(holders.tolist(), times, strict=True):
        yield (
            ACCOUNTS,
            holder,
            (
                f'{{"kind":"account_updated","event_id":"a{holder:07d}","cardholder_id":"c{holder:07d}",'
                f'"occurred_at":"{at}","credit_limit":{LIMIT},"status":"active","exemptions":[],'
                f'"opened_on":"2021-05-01","monthly_income":1500000,"tags":{{"region":"GD"}}}}'
            ).encode(),
        )


def records(book: Happenings, only: NDArray[np.int64] | None = None) -> Iterator[Placed]:
    """The records of the book (or those at some places of it), in its order."""
    places = np.arange(len(book)) if only is None else only
    for start in range(0, len(places), SLICE):
        yield from _slice(book, places[start : start + SLICE])


def _slice(book: Happenings, places: NDArray[np.int64]) -> Iterator[Placed]:
    rows = zip(
        places.tolist(),
        book.kind[places].tolist(),
        book.holder[places].tolist(),
        texts(book.at_ms[places]),
        book.amount[places].tolist(),
        book.cash[places].tolist(),
        book.merchant[places].tolist(),
        strict=True,
    )
    for n, kind, holder, at, amount, cash, merchant in rows:
        head = f'"event_id":"e{n:09d}","cardholder_id":"c{holder:07d}","occurred_at":"{at}"'
        if kind == TRANSACTION:
            type_ = "cash_advance" if cash else "purchase"
            yield (
                TRANSACTIONS,
                holder,
                (
                    f'{{"kind":"transaction",{head},"type":"{type_}","amount":{amount},'
                    f'"merchant_id":"m{merchant:05d}","mcc":"5411","channel":"pos","country":"CN",'
                    '"city":"Shenzhen"}'
                ).encode(),
            )
        elif kind == PAYMENT:
            yield (
                REPAYMENTS,
                holder,
                (
                    f'{{"kind":"payment_posted",{head},"amount":{amount},"payer":"holder","channel":"bank"}}'
                ).encode(),
            )
        elif kind == STATEMENT:
            yield REPAYMENTS, holder, _statement(book, n, head).encode()
        else:
            yield REPORTS, holder, _report(book, n, head).encode()


def _statement(book: Happenings, n: int, head: str) -> str:
    due = np.datetime_as_string(np.datetime64(int(book.at_ms[n]) // _DAY_MS + book.due_days, "D"))
    return (
        f'{{"kind":"statement_issued",{head},"statement_id":"s{n:09d}","balance":{book.amount[n]},'
        f'"minimum_due":{book.minimum[n]},"due_on":"{due}"}}'
    )


def _report(book: Happenings, n: int, head: str) -> str:
    inquiries = int(book.inquiries[n])
    overdue = int(book.overdue[n])
    return (
        f'{{"kind":"bureau_report",{head},"reason":"routine","hard_inquiries_1m":{inquiries // 2},'
        f'"hard_inquiries_3m":{inquiries},"hard_inquiries_6m":{inquiries + 1},"lenders":3,'
        f'"small_loan_lenders":{overdue},"small_loan_overdue_accounts":{overdue},'
        f'"small_loan_overdue_amount":{overdue * 100_000},"overdue_accounts":0,"max_dpd":0,'
        f'"new_accounts_6m":1,"total_debt":{book.amount[n]},"total_limit":{book.amount[n] * 2 + 1_000_000},'
        f'"monthly_income":{book.income[n]}}}'
    )
