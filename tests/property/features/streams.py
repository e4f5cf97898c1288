"""Streams as hypothesis makes them: late, repeated, at equal instants, out of order."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.oracle.checks import date_text
from tests.oracle.lines import START, Pen

_AMOUNTS = st.sampled_from((1, 999, 1_000, 25_000, 99_999, 10**15)) | st.integers(1, 2_000_000)
_MAYBE = st.none() | st.integers(0, 20)
_TRANSACTION = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ("purchase", "purchase", "purchase", "cash_advance", "refund", "fee", "interest")
        ),
        "amount": _AMOUNTS,
    },
    optional={
        "channel": st.sampled_from(("pos", "online", "atm", "other", None)),
        "country": st.sampled_from(("DE", "DE", "PL", "FR", None)),
        "city": st.sampled_from(("Berlin", "Köln", "Paris", None)) | st.text(max_size=3),
        "mcc": st.sampled_from(("7995", "5933", "5944", "5411", "x", None)),
        "merchant_id": st.integers(0, 99).map(lambda number: f"m{number}"),
    },
)
_PAYMENT = st.fixed_dictionaries(
    {"amount": _AMOUNTS}, optional={"payer": st.sampled_from(("holder", "third_party", "unknown", None))}
)
_STATEMENT = st.fixed_dictionaries(
    {
        "balance": st.integers(0, 3_000_000),
        "minimum_due": st.integers(0, 50_000),
        "wait": st.sampled_from((-3, 0, 5, 20, 25)),
    }
)
_ACCOUNT = st.fixed_dictionaries(
    {"credit_limit": st.sampled_from((0, 500_000, 1_000_000, 1_000_000))},
    optional={
        "balance": st.none() | st.integers(0, 2_000_000),
        "product": st.sampled_from((None, "gold", "")),
        "opened_on": st.sampled_from((None, "2020-02-29")),
        "monthly_income": st.sampled_from((None, 0, 300_000)),
        "exemptions": st.sampled_from(([], ["dispute", "staff_hold"])),
    },
)
_REPORT = st.fixed_dictionaries(
    {},
    optional={
        "hard_inquiries_1m": _MAYBE,
        "hard_inquiries_3m": _MAYBE,
        "lenders": _MAYBE,
        "max_dpd": _MAYBE,
        "small_loan_lenders": _MAYBE,
        "total_debt": _MAYBE,
        "total_limit": _MAYBE,
        "monthly_income": _MAYBE,
    },
)
_KINDS = st.one_of(
    *[_TRANSACTION.map(lambda fields: ("transaction", fields))] * 4,
    *[_PAYMENT.map(lambda fields: ("payment_posted", fields))] * 2,
    _STATEMENT.map(lambda fields: ("statement_issued", fields)),
    _ACCOUNT.map(lambda fields: ("account_updated", fields)),
    _REPORT.map(lambda fields: ("bureau_report", fields)),
)
_STEPS = st.tuples(
    st.sampled_from((0, 0, 0.01, 0.5, 1, 1, 2, 3, 7, 30, 45)),
    st.sampled_from((0, 0, 0, 0, 1, 3, 6.9, 20, 34.9)),
    st.sampled_from(("a", "b")),
    _KINDS,
    st.booleans(),
)


@st.composite
def streams(draw: st.DrawFn) -> list[bytes]:
    """Lines in order of arrival."""
    pen = Pen(draw(st.sampled_from((1_000_000, 6 * 3_600_000_000, 86_400_000_000))))
    now = 0.0
    for ahead, late, holder, (kind, fields), twice in draw(st.lists(_STEPS, min_size=5, max_size=60)):
        now += ahead
        body: dict[str, Any] = dict(fields)
        if kind == "statement_issued":
            body |= {
                "statement_id": f"s{pen.written}",
                "due_on": date_text(START + int(now - late) + body.pop("wait")),
            }
        if kind == "account_updated":
            body = {"status": "active", "exemptions": []} | body
        pen.put(kind, holder, now - late, late, **body)
        if twice:
            pen.raw(now, pen.entries[-1][2])
    pen.put("tick", None, now + 1)
    return pen.lines()
