"""Which few cardholders to tell of: different fates, each in few sentences."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rules.records import Record

_CUTS: Final = frozenset({"halve", "cut_to_tenth", "block"})


@dataclass(frozen=True, slots=True)
class Fate:
    """A kind of story, and who fits it."""

    title: str
    fits: Callable[[Sequence[Record]], bool]
    best: int = 6
    """How many decisions make the best story."""


def _hit(decisions: Sequence[Record], *rules: str) -> list[str]:
    """When any of the rules was in an alert."""
    return [
        record["occurred_at"]
        for record in decisions
        if record["kind"] == "alert" and any(trace["id"] in rules for trace in record["rules"])
    ]


def _rules(decisions: Sequence[Record]) -> set[str]:
    return {t["id"] for record in decisions if record["kind"] == "alert" for t in record["rules"]}


def _requested(decisions: Sequence[Record]) -> list[Record]:
    return [
        record for record in decisions if record["kind"] == "limit_action" and record["status"] == "requested"
    ]


def _hungry_then_cut(decisions: Sequence[Record]) -> bool:
    warned = _hit(decisions, "cash_hungry", "inquiry_surge")
    cuts = [record for record in _requested(decisions) if record["action"] in _CUTS]
    restored = any(record["action"] == "restore" for record in _requested(decisions))
    return bool(warned and cuts and warned[0] < cuts[0]["occurred_at"] and not restored)


def _mended(decisions: Sequence[Record]) -> bool:
    actions = _requested(decisions)
    paid = [r for r in actions if {"third_party_repayment", "minimum_payment"} & set(r["reason_codes"])]
    return bool(paid and actions[-1]["action"] == "restore")


def _raised(decisions: Sequence[Record]) -> bool:
    actions = {record["action"] for record in _requested(decisions)}
    return actions == {"raise"} and not _hit(decisions, "days_past_due")


def _withheld(decisions: Sequence[Record]) -> bool:
    return any(record["kind"] == "limit_action" and record["status"] == "withheld" for record in decisions)


def _acted_on(decisions: Sequence[Record]) -> bool:
    return bool(_requested(decisions))


FATES: Final = (
    Fate("Cash first, then a cut", _hungry_then_cut),
    Fate("Cut for how it was repaid, later given back", _mended),
    Fate("Paid well, and raised", _raised, best=3),
    Fate("Would have been cut, but was not", _withheld),
    Fate("Acted on", _acted_on),
    Fate("Watched", lambda _: True),
)
"""In order of preference; the later ones stand in where a small book lacks the earlier."""


def choose(decisions: Sequence[Record], count: int) -> list[tuple[str, str]]:
    """(title, cardholder id) of at most `count` different cardholders."""
    by_holder: defaultdict[str, list[Record]] = defaultdict(list)
    for record in decisions:
        by_holder[record["cardholder_id"]].append(record)
    chosen: list[tuple[str, str]] = []
    for fate in FATES:
        taken = {cardholder for _, cardholder in chosen}
        fitting = [
            (abs(len(records) - fate.best), -len(_rules(records)), cardholder)
            for cardholder, records in by_holder.items()
            if cardholder not in taken and fate.fits(records)
        ]
        if fitting and len(chosen) < count:
            chosen.append((fate.title, min(fitting)[-1]))
    return chosen
