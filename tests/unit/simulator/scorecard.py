"""What a plain scorecard sees at each statement, and how well it ranks."""

import datetime as dt
import json
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from streams.simulator import SimulatedRecord
from streams.simulator.roll_rates import Repayments, repayments

Floats = npt.NDArray[np.float64]
DAY_US = 86_400_000_000
WINDOW_DAYS = 180


class Observation(NamedTuple):
    """A statement of a cardholder less than 60 days past due, and what came of it."""

    key: str
    inputs: list[float]
    days_past_due: int
    bad: bool
    """60 or more days past due on a date less than 180 days later."""


def observe(records: Iterable[SimulatedRecord]) -> list[Observation]:
    """Observations with a full window of future, from the fourth statement on."""
    kept = list(records)
    last_day = max(record.occurred_us for record in kept) // DAY_US
    by_holder: dict[str, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for record in kept:
        if record.key:
            by_holder[record.key].append((record.occurred_us, json.loads(record.value)))
    debts = repayments(kept)
    found: list[Observation] = []
    for key, events in by_holder.items():
        found.extend(_observed(key, sorted(events, key=lambda event: event[0]), debts[key], last_day))
    return found


def _observed(
    key: str, events: list[tuple[int, dict[str, Any]]], debts: Repayments, last_day: int
) -> Iterable[Observation]:
    by_kind: dict[str, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for event in events:
        by_kind[event[1]["kind"]].append(event)
    statements, accounts = by_kind["statement_issued"], by_kind["account_updated"]
    first_day = statements[0][0] // DAY_US if statements else 0
    past_due = [days or 0 for days in debts.days_past_due(range(first_day, last_day + 1))]
    for place in range(3, len(statements)):
        at, statement = statements[place]
        day = at // DAY_US
        held = [value["credit_limit"] for seen, value in accounts if seen <= at]
        if day + WINDOW_DAYS > last_day + 1 or not held:
            continue
        now, *future = past_due[day - first_day : day - first_day + WINDOW_DAYS]
        if now < 60:
            inputs = _inputs(at, statement, held[-1], statements[place - 3 : place], by_kind)
            yield Observation(key, inputs, now, max(future) >= 60)


def _inputs(
    at: int,
    statement: dict[str, Any],
    limit: int,
    before: list[tuple[int, dict[str, Any]]],
    by_kind: dict[str, list[tuple[int, dict[str, Any]]]],
) -> list[float]:
    """Utilisation, payment ratios, cash share and bureau figures; no days past due."""
    ratios = []
    for issued, old in before:
        due = dt.datetime.fromisoformat(old["due_on"] + "T00:00:00Z").timestamp() * 1_000_000
        amount = sum(
            value["amount"] for paid, value in by_kind["payment_posted"] if issued <= paid < due + DAY_US
        )
        ratios.append(
            (min(amount / max(old["balance"], 1), 1.5), min(amount / max(old["minimum_due"], 1), 3.0))
        )
    spent = by_kind["transaction"]
    times = [seen for seen, _ in spent]
    month = [value for _, value in spent[bisect_left(times, at - 30 * DAY_US) : bisect_right(times, at)]]
    cash = sum(value["amount"] for value in month if value["type"] == "cash_advance")
    bought = sum(value["amount"] for value in month if value["type"] == "purchase")
    fresh = [value for seen, value in by_kind["bureau_report"] if at - 45 * DAY_US <= seen <= at]
    report = fresh[-1] if fresh else {}
    lent = report.get("total_limit", 0)
    return [
        statement["balance"] / limit,
        ratios[-1][0],
        sum(share for share, _ in ratios) / 3,
        ratios[-1][1],
        cash / max(cash + bought, 1),
        min(report.get("hard_inquiries_3m", 1), 12),
        report["total_debt"] / lent if lent else 0.4,
        report.get("small_loan_overdue_accounts", 0),
        report.get("lenders", 3),
    ]


def auc(scores: Floats, bad: Floats) -> float:
    """Chance that a bad one scores above a good one (equal scores in order of place)."""
    ranks = np.empty(len(scores))
    ranks[np.argsort(scores, kind="stable")] = np.arange(len(scores))
    return float((ranks[bad == 1].mean() - (bad.sum() - 1) / 2) / (len(bad) - bad.sum()))


def cross_fitted(inputs: Floats, bad: Floats, halves: npt.NDArray[np.bool_]) -> Floats:
    """Log-odds of a ridge logistic regression, each half scored by the one fitted on the other half."""
    scaled = (inputs - inputs.mean(axis=0)) / (inputs.std(axis=0) + 1e-9)
    design = np.column_stack([np.ones(len(scaled)), scaled])
    scores = np.zeros(len(bad))
    for half in (halves, ~halves):
        weights = np.zeros(design.shape[1])
        x, y = design[half], bad[half]
        for _ in range(20):
            chance = 1 / (1 + np.exp(-x @ weights))
            slope = x.T @ (y - chance) - weights
            curve = (x * (chance * (1 - chance))[:, None]).T @ x + np.eye(len(weights))
            weights = weights + np.linalg.solve(curve, slope)
        scores[~half] = design[~half] @ weights
    return scores
