"""A small validator of contract sections 1 and 2, written apart from the product's own."""

import json
import re
from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from streams.simulator import SimulatedRecord

DAY_US = 86_400_000_000
ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
LIMIT = 10**15
ENUMS = {
    "status": {"active", "blocked", "closed"},
    "type": {"purchase", "cash_advance", "refund", "fee", "interest"},
    "outcome": {"charged_off", "fraud_confirmed", "cured", "false_alarm"},
}
OPTIONAL_ENUMS = {
    "payer": {"holder", "third_party", "unknown"},
    "transaction.channel": {"pos", "online", "atm", "other"},
}
EXEMPTIONS = {"dispute", "hardship", "deceased", "staff_hold", "fraud_case"}
BUREAU = {
    *("hard_inquiries_1m", "hard_inquiries_3m", "hard_inquiries_6m", "lenders", "small_loan_lenders"),
    *("small_loan_overdue_accounts", "small_loan_overdue_amount", "overdue_accounts", "max_dpd"),
    *("new_accounts_6m", "total_debt", "total_limit", "monthly_income"),
}
# kind: topic, needed integers, optional integers, needed others, optional strings
KINDS: dict[str, tuple[str, set[str], set[str], set[str], set[str]]] = {
    "account_updated": (
        "accounts",
        {"credit_limit"},
        {"balance", "monthly_income"},
        {"status", "exemptions"},
        {"product", "opened_on", "tags"},
    ),
    "bureau_report": ("bureau-queries", set(), BUREAU, set(), {"reason"}),
    "statement_issued": ("repayments", {"balance", "minimum_due"}, set(), {"statement_id", "due_on"}, set()),
    "payment_posted": ("repayments", {"amount"}, set(), set(), {"payer", "channel"}),
    "transaction": (
        "transactions",
        {"amount"},
        set(),
        {"type"},
        {"merchant_id", "mcc", "channel", "country", "city"},
    ),
    "outcome": ("outcomes", set(), set(), {"outcome"}, {"note"}),
    "tick": ("control", set(), set(), set(), set()),
    "breaker_reset": ("control", set(), set(), {"by"}, set()),
}
LATEST_DAYS = {"statement_issued": 35, "payment_posted": 35, "bureau_report": 35}


def read(record: SimulatedRecord) -> dict[str, Any]:
    """The record's value, once it passed contract 1 and 2.4 (schema, pan_in_clear, key_mismatch)."""
    assert b"\n" not in record.value
    assert len(record.value) <= 1_048_576
    value: dict[str, Any] = json.loads(record.value)
    topic, integers, optional_integers, others, strings = KINDS[value["kind"]]
    control = topic == "control"
    common = {"kind", "event_id", "occurred_at"} | (set() if control else {"cardholder_id"})
    assert record.topic == topic
    assert record.key == ("" if control else value["cardholder_id"])
    assert set(value) >= common | integers | others
    assert set(value) <= common | integers | optional_integers | others | strings
    for name in (integers | optional_integers) & set(value):
        assert type(value[name]) is int, name
        assert (1 if name == "amount" else 0) <= value[name] <= LIMIT, (name, value)
    for name in {"event_id", "cardholder_id", "merchant_id", "statement_id", "by"} & set(value):
        assert ID.fullmatch(value[name]), value[name]
        assert not re.search(r"[0-9]{13}", value[name])
    for name in (strings - {"tags"}) & set(value):
        assert type(value[name]) is str
    for name, allowed in ENUMS.items():
        assert name not in value or value[name] in allowed
    if value["kind"] == "payment_posted":
        assert value.get("payer", "unknown") in OPTIONAL_ENUMS["payer"]
    if value["kind"] == "transaction":
        assert value.get("channel", "other") in OPTIONAL_ENUMS["transaction.channel"]
    if value["kind"] == "account_updated":
        assert set(value["exemptions"]) <= EXEMPTIONS
        assert all(type(tag) is str for tag in value.get("tags", {}).values())
    for name in {"due_on", "opened_on"} & set(value):
        assert date.fromisoformat(value[name]).isoformat() == value[name]
    occurred = datetime.fromisoformat(value["occurred_at"])
    assert value["occurred_at"].endswith("Z")
    assert round(occurred.timestamp() * 1_000_000) == record.occurred_us
    return value


def check_stream(records: Iterable[SimulatedRecord]) -> list[dict[str, Any]]:
    """All values, once the stream as it comes passed contract 2.5 and 2.6 (too early, too late, repeated)."""
    values, watermark, last_tick = [], 0, None
    recent: dict[tuple[str, str], deque[str]] = defaultdict(lambda: deque(maxlen=16))
    for record in records:
        value = read(record)
        kind, at = value["kind"], record.occurred_us
        if watermark:
            assert at - watermark <= 366 * DAY_US
            assert watermark - at <= LATEST_DAYS.get(kind, 7) * DAY_US, value
        if kind == "tick":
            assert at >= watermark
            last_tick = at
        elif last_tick is not None:
            assert at - last_tick <= DAY_US, value
        if record.topic != "control":
            seen = recent[record.topic, record.key]
            assert value["event_id"] not in seen
            seen.append(value["event_id"])
        watermark = max(watermark, at)
        values.append(value)
    return values
