"""Wild records and bad lines: everything the checks of contract 2.4 to 2.6 are for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.oracle.checks import REPORT, is_pan

if TYPE_CHECKING:
    import random

    from tests.oracle.lines import Pen

TYPES = ("purchase", "cash_advance", "refund", "fee", "interest")
PAYERS = ("holder", "third_party", "unknown", None)


def card_number(rng: random.Random, length: int = 16) -> str:
    """Digits that pass Luhn and begin with 2-6."""
    while True:
        digits = rng.choice("23456") + "".join(rng.choice("0123456789") for _ in range(length - 1))
        if is_pan(digits):
            return digits


def wanderer(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """Any record at any time, with round numbers so that bounds are met exactly."""
    limit = rng.choice((100_000, 1_000_000))
    for _ in range(rng.randrange(20, 90)):
        at = rng.uniform(0, days)
        what = rng.random()
        late = rng.choice((0, 0, 0, 0, 1, 6.9, 7, 8)) if rng.random() < 0.5 else 0
        if what < 0.12:
            more: dict[str, object] = {}
            if rng.random() < 0.3:
                more["exemptions"] = rng.sample(("dispute", "hardship", "deceased"), rng.randrange(3))
            if rng.random() < 0.5:
                more["balance"] = limit * rng.randrange(12) // 10
            more["opened_on"] = rng.choice((None, "2023-08-31", "2024-03-01"))
            more["monthly_income"] = rng.choice((None, 0, limit // 10, limit))
            more["tags"] = rng.choice((None, {}, {"region": "näh", "stage": "2"}))
            status = rng.choice(("active", "active", "active", "blocked", "closed"))
            pen.account(holder, at, rng.choice((limit, limit, limit // 2, 0)), late, status=status, **more)
        elif what < 0.27:
            fields = {name: rng.choice((None, 0, 1, 3, 4, 10)) for name in REPORT if rng.random() < 0.8}
            fields |= {"total_debt": rng.choice((None, 0, limit * 7, limit * 22)), "total_limit":
                       rng.choice((None, 0, limit * 10, limit * 100))}  # fmt: skip
            fields["monthly_income"] = rng.choice((None, 0, limit, limit // 2))
            pen.report(holder, at, late * rng.choice((1, 5)), **fields)
        elif what < 0.42:
            balance = limit * rng.randrange(11) // 10
            name = rng.choice((None, None, "same"))
            pen.statement(holder, at, balance, balance // rng.choice((10, 20)) if rng.random() < 0.9 else 0,
                          int(at) + rng.choice((-3, 0, 1, 10, 20, 20, 35)),
                          late * rng.choice((1, 5)), name)  # fmt: skip
        elif what < 0.62:
            amount = limit * rng.choice((1, 5, 10, 11, 12, 50, 100)) // 100
            pen.payment(holder, at, amount, rng.choice(PAYERS), late * rng.choice((1, 5)))
            if rng.random() < 0.5:
                pen.spend(holder, at + rng.choice((0, 1, 3, 4)), amount * 8 // 10)
        elif what < 0.88:
            pen.spend(holder, at, limit * rng.choice((1, 5, 15, 30)) // 100, rng.choice(TYPES), late)
        elif what < 0.95:
            pen.put("outcome", holder, at, late, outcome=rng.choice(("charged_off", "cured", "false_alarm")))
        else:
            pen.result(holder, at, f"nobody.l{rng.randrange(3)}", "applied", late)


def repeat_some(pen: Pen, rng: random.Random, share: float) -> None:
    """Lines delivered again, soon or much later (contract 2.6)."""
    for arrival, _, line in rng.sample(pen.entries, int(len(pen.entries) * share)):
        pen.written += 1
        delay = rng.choice((0, 3600, 86_400, 3 * 86_400, 20 * 86_400))
        pen.entries.append((arrival + delay * 1_000_000, pen.written, line))


def bad_line(pen: Pen, rng: random.Random, holder: str, at: float) -> None:
    """One line that ends as a dead letter (or, narrowly, does not)."""
    body: dict[str, object] = {
        "kind": "transaction",
        "event_id": f"bad{pen.written}",
        "occurred_at": pen.time_text(pen.moment(at)),
        "cardholder_id": holder,
        "type": "purchase",
        "amount": 4000,
    }
    pan = card_number(rng, rng.randrange(13, 20))
    changes: list[dict[str, object]] = [
        {"amount": 0}, {"amount": -1}, {"amount": True}, {"amount": "5"}, {"amount": 10**15 + 1},
        {"amount": None},
        {"amount": 10**400}, {"type": "gift"}, {"type": None}, {"kind": "gift"}, {"kind": None},
        {"kind": ["tick"]},
        {"occurred_at": "2024-02-30T00:00:00Z"}, {"occurred_at": "2024-02-03T00:00:60Z"},
        {"occurred_at": "2024-02-03T00:00:00"}, {"occurred_at": "2024-02-03 00:00:00Z"}, {"occurred_at": 5},
        {"event_id": ""}, {"event_id": "x" * 65}, {"event_id": "a b"}, {"event_id": "ä"}, {"event_id": "x\n"},
        {"cardholder_id": 7}, {"cardholder_id": "ä ö"}, {"channel": "fax"}, {"mcc": 5411},
        {"merchant_id": ""},
        {"merchant_id": pan}, {"event_id": f"x-{pan}"}, {"cardholder_id": f"{pan}.x"},
        {"merchant_id": f"9{pan}"},
        {"merchant_id": pan, "amount": 0}, {"note": pan}, {"city": f"at {pan}"},
        {"extra": {"deep": [1, {"a": 2.5}]}},
        {"kind": "account_updated", "credit_limit": 5, "status": "active"},
        {"kind": "account_updated", "credit_limit": 5, "status": "active", "exemptions": ["love"]},
        {"kind": "account_updated", "credit_limit": 5, "status": "active", "exemptions": [],
        "tags": {"a": None}},
        {"kind": "statement_issued", "statement_id": pan, "balance": 1, "minimum_due": 1,
        "due_on": "2024-09-09"},
        {"kind": "statement_issued", "statement_id": "s", "balance": 1, "minimum_due": 1,
        "due_on": "2024-9-9"},
        {"kind": "breaker_reset"}, {"kind": "breaker_reset", "by": f"p{pan}"},
        {"kind": "tick", "event_id": None},
        {"kind": "action_result", "action_id": f"{pan}", "result": "applied"},
    ]  # fmt: skip
    text = json.dumps(body)
    swaps = [
        ("4000", "4000.0"), ("4000", "4e3"), ("4000", "1e999"), ("4000", "NaN"), ("4000", "-Infinity"),
        ("4000", "04"),
        ("}", ""), ("}", "}}"), ("}", ',"x":"\\ud800"}'), ("}", ',"\\udfff":1}'),
        ("}", ',"x":"\\ud83d\\ude00"}'),
        ("}", ',"x":' + "[" * 100_000 + "]" * 100_000 + "}"), ("}", ',"x":[[[[[[]]]]]]}'),
        ("}", ',"amount":4001}'),
        ("}", ',"amount":4001.5}'), ("purchase", "purchase\t"),
        ("}", f',"n":"\\u003{pan[0]}{pan[1:]}","type":1}}'),
        ("4000", pan), (text, "[]"), (text, "null"), (text, "5"), (text, '"' + pan + '"'), (text, f"{{{pan}"),
        (text, "\ufeff" + text), (text, "{}"), ("}", ',"x":"' + "y" * 1_048_576 + '"}'), (text, "   "),
        (text, ""),
    ]  # fmt: skip
    choice = rng.randrange(len(changes) + len(swaps) + 2)
    if choice < len(changes):
        line = json.dumps(body | changes[choice], ensure_ascii=rng.random() < 0.5).encode()
    elif choice < len(changes) + len(swaps):
        line = text.replace(*swaps[choice - len(changes)]).encode()
    else:
        line = text.encode() + rng.choice((b"\xff", b"\xed\xa0\x80"))
    pen.raw(at, line)


def untimely(pen: Pen, rng: random.Random, holder: str, at: float) -> None:
    """Far ahead or far behind (contract 2.5), the bounds included."""
    if rng.random() < 0.4:
        ahead = rng.choice((366, 367, 400, 3000))
        pen.spend(holder, at + ahead, 100, late=-ahead)
    else:
        behind = rng.choice((7, 7.2, 9, 35, 35.2, 40, 400))
        kind = rng.randrange(3)
        if kind == 0:
            pen.spend(holder, at - behind, 100, late=behind)
        elif kind == 1:
            pen.payment(holder, at - behind, 100, late=behind)
        else:
            pen.account(holder, at - behind, 500_000, late=behind)
