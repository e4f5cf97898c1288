"""What the stories share: a short way to say what was told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.checks import DAY, SECOND, moment_of
from tests.oracle.lines import START, Pen

if TYPE_CHECKING:
    from collections.abc import Callable

Record = dict[str, Any]


def tell(assess: Callable[..., tuple[list[Record], list[Record]]], pen: Pen) -> list[Record]:
    """The decisions on a story in a single lane, in which nothing may be refused."""
    decisions, dead = assess(pen.lines(), 1)
    assert dead == []
    return decisions


def day_of_record(record: Record) -> int:
    """The day of the story on which a record was told."""
    return moment_of(record["occurred_at"]) // DAY - START


def said(decisions: list[Record]) -> list[tuple[int, str, str, str]]:
    """(day, state, severity, rules) of an alert; (day, action, status or reason, target) of an action."""
    short: list[tuple[int, str, str, str]] = []
    for record in decisions:
        if record["kind"] == "alert":
            rules = " ".join(rule["id"] for rule in record["rules"])
            short.append((day_of_record(record), record["state"], record["severity"], rules))
        else:
            status = record["withheld_because"] or record["status"]
            short.append((day_of_record(record), record["action"], status, str(record["target_limit"])))
    return short


def actions(decisions: list[Record]) -> list[tuple[int, str, str, str]]:
    """The actions only."""
    return said([record for record in decisions if record["kind"] == "limit_action"])


def ticks(pen: Pen, first: int, last: int) -> None:
    """A tick at 00:00 of every day."""
    for day in range(first, last + 1):
        pen.tick(day)


__all__ = ["DAY", "SECOND", "START", "Pen", "Record", "actions", "said", "tell", "ticks"]
