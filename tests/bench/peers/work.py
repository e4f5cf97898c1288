"""The work that every peer does: one event against one cardholder's state, in plain Python.

Daily tiles of 32 days, 24 features, a logistic score, three rules. Peers in Python call it as it is; the
Flink job repeats it in Java; what it gives over the whole book is what all are checked against.
"""

from __future__ import annotations

import math
from typing import Any, Final

State = dict[str, Any]
Event = dict[str, Any]

DAYS: Final = 32
WEIGHTS: Final = [((i * 37) % 17 - 8) / 40 for i in range(24)]
BIAS: Final = -1.0
THRESHOLD: Final = 0.97


def new_state() -> State:
    return {
        "day": [-1] * DAYS,
        "count": [0] * DAYS,
        "sum": [0] * DAYS,
        "cash": [0] * DAYS,
        "night": [0] * DAYS,
        "balance": 0,
        "limit": 5_000_000,
        "repaid_at": 0,
        "repaid": 0,
        "respent": 0,
        "streak": 0,
        "inquiries": 0,
        "small_overdue": 0,
        "debt": 0,
        "income": 0,
        "bureau_at": 0,
    }


def update(st: State, e: Event) -> None:
    t = e["ts"]  # milliseconds
    kind = e["kind"]
    if kind == "transaction":
        d = t // 86_400_000
        i = d % DAYS
        if st["day"][i] != d:
            st["day"][i] = d
            st["count"][i] = st["sum"][i] = st["cash"][i] = st["night"][i] = 0
        amount = e["amount"]
        st["count"][i] += 1
        st["sum"][i] += amount
        if e["type"] == "cash":
            st["cash"][i] += amount
        if (t // 3_600_000) % 24 < 6:
            st["night"][i] += 1
        st["balance"] += amount
        if st["repaid_at"] and t - st["repaid_at"] <= 259_200_000:
            st["respent"] += amount
    elif kind == "repayment":
        amount, due = e["amount"], e["min_due"]
        st["balance"] = max(0, st["balance"] - amount)
        st["streak"] = st["streak"] + 1 if due <= amount < 1.2 * due else 0
        st["repaid_at"], st["repaid"], st["respent"] = t, amount, 0
    else:
        st["inquiries"] = e["inquiries_3m"]
        st["small_overdue"] = e["small_loan_overdue"]
        st["debt"] = e["total_debt"]
        st["income"] = e["income"]
        st["bureau_at"] = t


def features(st: State, t: int) -> list[float]:
    d = t // 86_400_000
    day, counts, sums, cashes, nights = st["day"], st["count"], st["sum"], st["cash"], st["night"]
    f: list[float] = []
    for window in (1, 7, 30):
        count = total = cash = night = 0
        for i in range(DAYS):
            if day[i] > d - window and day[i] >= 0:
                count += counts[i]
                total += sums[i]
                cash += cashes[i]
                night += nights[i]
        f += [
            count / 10,
            total / 1e6,
            cash / 1e6,
            night / 10,
            cash / total if total else 0.0,
            night / count if count else 0.0,
        ]
    f += [
        st["balance"] / st["limit"],
        st["streak"] / 6,
        st["respent"] / st["repaid"] if st["repaid"] else 0.0,
        st["inquiries"] / 6,
        st["debt"] / st["income"] if st["income"] else 0.0,
        (t - st["bureau_at"]) / 2.6e9 if st["bureau_at"] else 1.0,
    ]
    return f


def score(f: list[float]) -> float:
    z = BIAS
    for weight, x in zip(WEIGHTS, f, strict=True):
        z += weight * x
    return 1 / (1 + math.exp(-max(-30, min(30, z))))


def rules(st: State, f: list[float]) -> list[str]:
    hits = []
    if st["small_overdue"] > 0:
        hits.append("small_loan_overdue")
    if st["streak"] >= 6:
        hits.append("minimum_payment")
    if st["income"] and st["debt"] / st["income"] > 22 and f[18] > 0.7:
        hits.append("high_debt")
    return hits


def assess(st: State, e: Event) -> tuple[list[str], float]:
    update(st, e)
    f = features(st, e["ts"])
    return rules(st, f), score(f)
