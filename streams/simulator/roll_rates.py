"""Monthly roll rates, measured from the records alone."""

from __future__ import annotations

import datetime as dt
import json
from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import accumulate, pairwise
from math import inf
from typing import TYPE_CHECKING

from streams.simulator.calibration import BUCKET_STARTS, ROLL_RATES
from streams.simulator.clock import DAY_SECONDS, month_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams.simulator.records import SimulatedRecord

_EPOCH = dt.date(1970, 1, 1).toordinal()


class Repayments:
    """Statements and payments of one cardholder, for days past due after contract 3.6."""

    def __init__(self) -> None:
        self.statements: list[tuple[int, int, int]] = []
        """(issued, µs; due day since the epoch; minimum due, minor units)"""
        self.payments: list[tuple[int, int]] = []
        """(paid, µs; amount, minor units)"""

    def days_past_due(self, days: Iterable[int]) -> Iterator[int | None]:
        """Days past due at the end of each of the days (since the epoch); None before the first statement."""
        spans = list(self._spans())
        for day in days:
            end_us = (day + 1) * DAY_SECONDS * 1_000_000
            dues = [due for issued, due, paid in spans if issued < end_us <= paid and due < day]
            if dues:
                yield day - min(dues)
            else:
                yield 0 if spans and spans[0][0] < end_us else None

    def _spans(self) -> Iterator[tuple[int, int, float]]:
        """Of each statement: when issued (µs), due day, and when its minimum was paid (µs, or infinity)."""
        payments = sorted(self.payments)
        times = [at for at, _ in payments]
        sums = [0, *accumulate(amount for _, amount in payments)]
        for issued, due, minimum in sorted(self.statements):
            first = bisect_left(times, issued)
            enough = bisect_left(sums, sums[first] + minimum, first)
            paid = float(issued) if enough == first else times[enough - 1] if enough < len(sums) else inf
            yield issued, due, paid


def repayments(records: Iterable[SimulatedRecord]) -> dict[str, Repayments]:
    """Statements and payments by cardholder, whatever the order of arrival."""
    found: dict[str, Repayments] = defaultdict(Repayments)
    for record in records:
        if record.topic != "repayments":
            continue
        value = json.loads(record.value)
        if value["kind"] == "payment_posted":
            found[record.key].payments.append((record.occurred_us, value["amount"]))
        else:
            due = dt.date.fromisoformat(value["due_on"]).toordinal() - _EPOCH
            found[record.key].statements.append((record.occurred_us, due, value["minimum_due"]))
    return found


def month_ends(first_us: int, last_us: int) -> list[int]:
    """Last days (since the epoch) of the calendar months that begin and end between two instants (µs)."""
    begin = dt.datetime.fromtimestamp(first_us / 1e6, dt.UTC)
    month = month_of(begin.year, begin.month)
    ends = []
    while month.ends * 1_000_000 <= last_us + DAY_SECONDS * 1_000_000:
        ends.append(month.first_day + month.days - 1)
        month = month.shifted(1)
    return ends


def bucket(days_past_due: int) -> int:
    """0: not past due; 1 to 6: the buckets of calibration.BUCKET_STARTS."""
    return bisect_right(BUCKET_STARTS, days_past_due)


def roll_rates(records: Iterable[SimulatedRecord]) -> dict[str, float]:
    """Share of cardholders in each bucket at a month's end that are in the next one at the next month's end.

    Keys are those of calibration.ROLL_RATES; a bucket in which nobody was seen reads as NaN.
    """
    rates = {}
    for name, (rolled, seen) in roll_counts(records).items():
        rates[name] = rolled / seen if seen else float("nan")
    return rates


def roll_counts(records: Iterable[SimulatedRecord]) -> dict[str, tuple[int, int]]:
    """By bucket: (those that rolled on, those seen), in cardholder-months."""
    found = repayments(records)
    instants = [at for holder in found.values() for at, *_ in (*holder.statements, *holder.payments)]
    ends = month_ends(min(instants), max(instants)) if instants else []
    rolled, seen = [0] * len(ROLL_RATES), [0] * len(ROLL_RATES)
    for holder in found.values():
        buckets = [-1 if days is None else bucket(days) for days in holder.days_past_due(ends)]
        for before, after in pairwise(buckets):
            if 1 <= before <= len(ROLL_RATES):
                seen[before - 1] += 1
                rolled[before - 1] += after == before + 1
    return {name: (rolled[i], seen[i]) for i, name in enumerate(ROLL_RATES)}
