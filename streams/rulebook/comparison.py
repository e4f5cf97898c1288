"""A difference between rulebooks in words: two columns of counts, money, and examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.story.decided import action_sentence
from streams.story.reasons import reason
from streams.story.words import money, sentence

if TYPE_CHECKING:
    from collections import Counter

    from rules.records import Record
    from streams.rulebook.difference import Changed, Difference

_WIDTH: Final = 38
_MONEY: Final = {
    "limits_cut": "limits cut by",
    "limits_blocked": "limits blocked",
    "limits_raised": "limits raised by",
}


def told(found: Difference, examples: int, titles: dict[str, str]) -> str:
    """Lines of text."""
    old, new = found.old, found.new
    lines = [f"{'':<{_WIDTH}}{old.version:>18}{new.version:>18}{'difference':>14}"]
    for title, before, after in (
        ("alerts", old.alerts, new.alerts),
        ("alerts of severity", old.severities, new.severities),
        ("alerts that name", old.rules, new.rules),
        ("requested", old.requested, new.requested),
        ("withheld by", old.withheld, new.withheld),
    ):
        lines += _counts(title, before, after)
    lines.append(_line("cardholders alerted", len(old.alerted), len(new.alerted)))
    lines.append(_line("cardholders acted on", len(old.acted_on), len(new.acted_on)))
    for name, title in _MONEY.items():
        lines.append(_line(title, old.money[name], new.money[name], in_money=True))
    lines += ["", _who(found)]
    if found.other_answers:
        lines.append(
            f"{found.other_answers} action results in the log answer another action under {new.version}: "
            "what follows them is less sure."
        )
    for one in found.changed[:examples]:
        lines += ["", *_example(one, old.version, new.version, titles)]
    return "\n".join(lines)


def _counts(title: str, before: Counter[str], after: Counter[str]) -> list[str]:
    names = sorted(set(before) | set(after))
    return [_line(f"{title} {name}", before[name], after[name]) for name in names]


def _line(title: str, before: int, after: int, *, in_money: bool = False) -> str:
    shown = money if in_money else str
    change = after - before
    sign = "+" if change > 0 else ""
    difference = f"{sign}{shown(change)}" if change else "="
    return f"{title:<{_WIDTH}}{shown(before):>18}{shown(after):>18}{difference:>14}"


def _who(found: Difference) -> str:
    old, new = found.old, found.new
    if not found.changed:
        return "No cardholder is treated differently."
    only = {
        (verb, version): len(ours - others)
        for verb, a, b in (
            ("alerted", old.alerted, new.alerted),
            ("acted on", old.acted_on, new.acted_on),
        )
        for version, ours, others in ((old.version, a, b), (new.version, b, a))
    }
    parts = ", ".join(f"{verb} only by {version} {count}" for (verb, version), count in only.items())
    return f"{len(found.changed)} cardholders are treated differently: {parts}."


def _example(one: Changed, old: str, new: str, titles: dict[str, str]) -> list[str]:
    sign = "less" if one.money > 0 else "more"
    note = f" ({money(abs(one.money))} {sign} limit under {new})" if one.money else ""
    lines = [f"{one.cardholder}{note}"]
    for version, records in ((old, one.old), (new, one.new)):
        lines.append(f"  {version}")
        lines += [f"    {_decision(record, titles)}" for record in records] or ["    nothing"]
    return lines


def _decision(record: Record, titles: dict[str, str]) -> str:
    time = record["occurred_at"][:16].replace("T", " ")
    if record["kind"] == "limit_action":
        return f"{time}  {action_sentence(record)}"
    if record["state"] == "resolved":
        return f"{time}  Episode over."
    clauses = "; ".join(reason(trace, titles) for trace in record["rules"])
    return f"{time}  {record['severity']} {record['state']}: {sentence(clauses)}"
