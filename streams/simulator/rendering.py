"""Rows as JSON records: a head that all kinds share and a tail of each, made in whole lists for speed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from streams.simulator import vocabulary as v
from streams.simulator.bureau import ABSENT, FIELDS
from streams.simulator.clock import day_text, instants
from streams.simulator.records import SimulatedRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from streams.simulator.book import Book
    from streams.simulator.rows import Rows


class Kind(NamedTuple):
    """How rows of a kind become records."""

    topic: str
    letter: str
    """First letter of its event ids."""
    tails: Callable[[Book, Rows], list[str]]
    """JSON of each row from behind `occurred_at` to the end."""


def render(name: str, book: Book, rows: Rows, number: int) -> list[SimulatedRecord]:
    """Rows of the named kind as records; their event ids count up from `number`."""
    kind = KINDS[name]
    times, texts, tails = rows.at.tolist(), instants(rows.at), kind.tails(book, rows)
    if name == "control":
        return [
            SimulatedRecord(
                "control",
                "",
                at * 1_000_000,
                f'{{{tail},"event_id":"{kind.letter}{n}","occurred_at":"{text}"}}'.encode(),
            )
            for n, (at, text, tail) in enumerate(zip(times, texts, tails, strict=True), number)
        ]
    topic, head, ids = kind.topic, f'{{"kind":"{name}","event_id":"{kind.letter}', book.ids
    keys = [ids[who] for who in rows.who.tolist()]
    return [
        SimulatedRecord(
            topic,
            key,
            at * 1_000_000,
            f'{head}{n}","cardholder_id":"{key}","occurred_at":"{text}",{tail}}}'.encode(),
        )
        for n, (key, at, text, tail) in enumerate(zip(keys, times, texts, tails, strict=True), number)
    ]


def _columns(rows: Rows, *names: str) -> Iterator[tuple[int, ...]]:
    """The named columns row by row, as plain integers."""
    return zip(*(rows.columns[name].tolist() for name in names), strict=True)


def _transactions(_book: Book, rows: Rows) -> list[str]:
    types, merchants, places = v.TYPES, v.MERCHANT_FRAGMENTS, v.PLACE_FRAGMENTS
    return [
        f'"type":"{types[type_]}","amount":{amount}{merchants[merchant]}{places[place]}'
        for type_, amount, merchant, place in _columns(rows, "type", "amount", "merchant", "place")
    ]


def _payments(_book: Book, rows: Rows) -> list[str]:
    payers = [f',"payer":"{payer}"' if payer else "" for payer in v.PAYERS]
    return [
        f'"amount":{amount}{payers[payer]},"channel":"{v.PAYMENT_CHANNELS[channel]}"'
        for amount, payer, channel in _columns(rows, "amount", "payer", "channel")
    ]


def _statements(_book: Book, rows: Rows) -> list[str]:
    return [
        f'"statement_id":"s{who + 1}-{month}","balance":{balance},"minimum_due":{minimum},'
        f'"due_on":"{day_text(due)}"'
        for who, (month, balance, minimum, due) in zip(
            rows.who.tolist(), _columns(rows, "number", "balance", "minimum", "due"), strict=True
        )
    ]


def _reports(_book: Book, rows: Rows) -> list[str]:
    reasons = ('"reason":"post_loan"', '"reason":"arrears"')
    heads = [f',"{name}":' for name in FIELDS]
    return [
        reasons[reason]
        + "".join(
            [f"{head}{figure}" for head, figure in zip(heads, figures, strict=True) if figure != ABSENT]
        )
        for reason, *figures in _columns(rows, "reason", *FIELDS)
    ]


def _accounts(book: Book, rows: Rows) -> list[str]:
    exemptions = [f'"{name}"' if name else "" for name in v.EXEMPTIONS]
    columns = _columns(rows, "limit", "status", "exemption", "balance", "income")
    return [
        f'"credit_limit":{limit},"status":"{v.STATUSES[status]}","exemptions":[{exemptions[exemption]}],'
        f'"balance":{balance}' + (f',"monthly_income":{income}' if income >= 0 else "") + book.fragments[who]
        for who, (limit, status, exemption, balance, income) in zip(rows.who.tolist(), columns, strict=True)
    ]


def _outcomes(_book: Book, rows: Rows) -> list[str]:
    return [f'"outcome":"{v.OUTCOMES[outcome]}"' for outcome in rows.columns["outcome"].tolist()]


def _control(_book: Book, rows: Rows) -> list[str]:
    """Ticks, and breaker resets by the risk desk; they belong to no cardholder."""
    kinds = ('"kind":"tick"', '"kind":"breaker_reset","by":"risk-desk"')
    return [kinds[reset] for reset in rows.columns["reset"].tolist()]


KINDS: Final[dict[str, Kind]] = {
    "account_updated": Kind("accounts", "a", _accounts),
    "bureau_report": Kind("bureau-queries", "b", _reports),
    "statement_issued": Kind("repayments", "s", _statements),
    "payment_posted": Kind("repayments", "p", _payments),
    "transaction": Kind("transactions", "t", _transactions),
    "outcome": Kind("outcomes", "o", _outcomes),
    "control": Kind("control", "c", _control),
}
"""In the contract's order of topics, which breaks ties of time."""
