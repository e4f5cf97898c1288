"""Vintage curves of a log of input records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from models.monitoring.vintages import Account, Span, Vintage
from models.monitoring.vintages import vintages as curves
from streams.backtest.history import histories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.backtest.history import History

Told = dict[str, Any]

SHOWN: Final = (1, 2, 3, 4, 5, 6, 9, 12, 18, 24, 36, 48, 60)
"""Months on book of which the table tells; JSON has all."""


def accounts_of(lines: Sequence[bytes], days_past_due: int) -> tuple[list[Account], int]:
    """The accounts of a log whose opening is told, and how many there are whose is not.

    Bad is who was so many days past due, or charged off. An account opened since the log's first record is
    watched from its opening; an older one from its own first record. All are watched to the log's end.
    """
    found, end = histories(lines)
    begin = min((one.first for one in found.values() if one.first is not None), default=0)
    accounts = []
    for one in found.values():
        if one.opened is not None and one.first is not None and one.opened <= end:
            first = one.opened if one.opened >= begin else one.first
            accounts.append(Account(one.opened, first, end, _bad(one, days_past_due, end)))
    return accounts, len(found) - len(accounts)


def _bad(one: History, days_past_due: int, end: int) -> int | None:
    days = one.reached(days_past_due, end)[:1]
    return min([*days, *([] if one.charged_off is None else [one.charged_off])], default=None)


def report(lines: Sequence[bytes], *, by: Span, days_past_due: int) -> Told:
    """The curves of a log as JSON has them."""
    accounts, unknown = accounts_of(lines, days_past_due)
    return {
        "by": by,
        "days_past_due": days_past_due,
        "accounts": len(accounts),
        "opening_unknown": unknown,
        "vintages": [_told(one) for one in curves(accounts, by)],
    }


def _told(one: Vintage) -> Told:
    months = [
        {"month": p.month, "watched": p.watched, "bads": p.bads, "rate": round(p.rate, 6)} for p in one.points
    ]
    return {"opened": one.opened, "accounts": one.accounts, "months": months}


def told(found: Told) -> str:
    """The curves as a table: a row each, a column for each of some months on book."""
    reached = {month["month"] for one in found["vintages"] for month in one["months"]}
    shown = [month for month in SHOWN if month in reached]
    bad = f"{found['days_past_due']} or more days past due, or charged off"
    lines = [
        f"{found['accounts']:,} accounts; bad: {bad}",
        "share that was bad by the end of each month on book",
        "",
        f"{'opened':<8} {'accounts':>9}" + "".join(f"{month:>8}" for month in shown),
    ]
    for one in found["vintages"]:
        rates = {month["month"]: f"{month['rate']:.2%}" for month in one["months"]}
        cells = "".join(f"{rates.get(month, ''):>8}" for month in shown)
        lines.append(f"{one['opened']:<8} {one['accounts']:>9,}{cells}".rstrip())
    if found["opening_unknown"]:
        lines += ["", f"{found['opening_unknown']:,} more, of whom no record tells when they were opened"]
    return "\n".join(lines)
