"""Cycles, days past due and single payments, naively."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise

from tests.naive.history import History
from tests.naive.windows import Values, ratio, spent
from tests.oracle.checks import DAY


def run(marks: list[bool]) -> int:
    return marks.index(False) if False in marks else len(marks)


def cycles(history: History) -> Values:
    known = history.known
    closed = known.closed_cycles()[-6:][::-1]
    paid = [known.paid(cycle) for cycle in closed]
    least = [
        one.minimum_due <= has < Fraction(6, 5) * one.minimum_due and has < one.balance
        for one, has in zip(closed, paid, strict=True)
    ]
    missed = [has < one.minimum_due for one, has in zip(closed, paid, strict=True)]
    full = [has >= one.balance for one, has in zip(closed, paid, strict=True)]
    values: Values = {
        "cycles.closed": len(known.closed_cycles()),
        "minimum_cycles.certain": sum(least),
        "minimum_cycles.possible": sum(least) + 6 - len(closed),
        "minimum_cycles.run": run(least),
        "half_paid_cycles.certain": sum(
            2 * has >= one.balance for one, has in zip(closed, paid, strict=True)
        ),
        "missed_cycles.run": run(missed),
        "full_paid_cycles.run": run(full),
    }
    for many in (1, 3, 6):
        if not closed:
            break
        part = closed[:many]
        sums = sum(paid[:many])
        values |= {
            f"missed_cycles.{many}c": sum(missed[:many]),
            f"full_paid_cycles.{many}c": sum(full[:many]),
            f"payment.paid.{many}c": sums,
            f"payment.share.{many}c": ratio(sums, sum(one.balance for one in part)),
            f"payment.to_minimum.{many}c": ratio(sums, sum(one.minimum_due for one in part)),
        }
    shares = [Fraction(has, one.balance) for one, has in zip(closed, paid, strict=True) if one.balance]
    values["payment.least.6c"] = min(shares, default=None)
    early = []
    for one in closed:
        assert one.closed_at is not None
        days = [p.at // DAY for p in known.payments if one.at <= p.at < one.closed_at]
        early.append(one.due_on - min(days) if days else None)
    told = [days for days in early if days is not None]
    if told:
        values["days_before_due.1c"] = early[0]
        values["days_before_due.mean.6c"] = Fraction(sum(told), len(told))
        values["days_before_due.least.6c"] = min(told)
    return values


def past_due(history: History, today: int) -> Values:
    known = history.known
    unpaid = []
    for one in known.statements:
        has = sum(p.amount for p in known.payments if p.at >= one.at)
        if has < one.minimum_due:
            unpaid.append((one.at, one.minimum_due - has))
    latest = max((at for at, _ in unpaid), default=0)
    values: Values = {
        "unpaid_statements": len(unpaid),
        "unpaid_statements.missing": [lacks for at, lacks in unpaid if at == latest][-1] if unpaid else 0,
    }
    if not known.statements:
        return values
    values["days_past_due"] = known.days_past_due(today)
    values["due.in"] = known.statements[-1].due_on - today
    worst: dict[int, int] = {}
    for day, past in history.late:
        on = date.fromordinal(day)
        month = on.year * 12 + on.month
        worst[month] = max(past, worst.get(month, 0))
    now = date.fromordinal(today)
    for many in (3, 6, 12):
        months = [worst.get(now.year * 12 + now.month - back, 0) for back in range(many)]
        values[f"past_due.max.{many}m"] = max(months)
        values[f"past_due.months.{many}m"] = sum(past > 0 for past in months)
    buckets = [0, *history.overdue]
    steps = list(pairwise(buckets))
    values["past_due.bucket"] = buckets[-1]
    values["past_due.bucket_max.12s"] = max(history.overdue[-12:])
    for many in (6, 12):
        values[f"past_due.rolls.{many}s"] = sum(after > before for before, after in steps[-many:])
        values[f"past_due.cures.{many}s"] = sum(after == 0 < before for before, after in steps[-many:])
    return values


def payments(history: History, today: int) -> Values:
    third: dict[int, list[int]] = {30: [], 90: []}
    all_paid: dict[int, int] = {30: 0, 90: 0}
    again = {24: 0, 72: 0}
    counts = {24: 0, 72: 0}
    certain = possible = unknown = 0
    for place, paid in enumerate(history.moves):
        age = today - paid.day
        if paid.kind != "payment" or age >= 90:
            continue
        payer = paid.record.get("payer")
        for days in (30, 90):
            if age < days:
                all_paid[days] += paid.amount
                third[days] += [paid.amount] if payer == "third_party" else []
        respent = {
            hours: min(
                paid.amount,
                sum(
                    move.amount
                    for move in history.moves[place:]
                    if spent(move) and 0 <= move.at - paid.at <= hours * 3_600_000_000
                ),
            )
            for hours in (24, 72)
        }
        for hours in (24, 72):
            again[hours] += respent[hours]
            counts[hours] += 5 * respent[hours] >= 4 * paid.amount
        sure = payer == "third_party" or 5 * respent[72] >= 4 * paid.amount
        certain += sure
        possible += sure or payer in (None, "unknown")
        unknown += payer in (None, "unknown")
    values: Values = {
        "relayed_payments.certain": certain,
        "relayed_payments.possible": possible,
        "unknown_payer.count.90d": unknown,
    }
    for days in (30, 90):
        values[f"third_party.count.{days}d"] = len(third[days])
        values[f"third_party.share.{days}d"] = ratio(sum(third[days]), all_paid[days])
    for hours in (24, 72):
        values[f"respent.share.{hours}h"] = ratio(again[hours], all_paid[90])
        values[f"respent.count.{hours}h"] = counts[hours]
    return values
