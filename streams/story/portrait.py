"""A cardholder's state as a person reads it: card, episode, cuts, and every feature in its unit."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Final

from features.calendar import date_of
from features.catalogue import CATALOGUE, COLUMN
from features.inbound.layout import EXEMPTIONS, STATUSES
from rules.outcome import LADDER, SEVERITIES
from streams.lane.engine import LaneEngine
from streams.lane.persistence import restore
from streams.lookup import features_of
from streams.story.words import money, percent

if TYPE_CHECKING:
    from collections.abc import Callable

    from features.catalogue import Feature
    from rules.case import Case
    from rules.evaluate import Evaluator

_WIDTH: Final = max(len(feature.name) for feature in CATALOGUE)
_UNKNOWN: Final = "unknown"


def portrait(cardholder: str, lane: int, state: bytes, row: bytes, evaluator: Evaluator) -> str:
    """Lines of text from the lane's state and the packed row, as the store holds them."""
    engine = LaneEngine(lane, evaluator)
    restore(engine, state, [(cardholder, row)])
    day = engine.day
    if day is None:
        return f"{cardholder}: lane {lane} has taken no record yet"
    values = features_of(engine.ledger, 0, day)
    lines = [f"{cardholder}   lane {lane}, as of {date_of(day).isoformat()}", ""]
    lines += case_lines(engine.desk.cases.get(0), evaluator)
    for feature in CATALOGUE:
        lines.append(f"{feature.name:<{_WIDTH}}  {shown(feature, values[COLUMN[feature.name]])}")
    return "\n".join(lines)


def case_lines(case: Case | None, evaluator: Evaluator) -> list[str]:
    """Episode and cuts; none for whom nothing was ever decided."""
    if case is None:
        return ["no episode, no action so far", ""]
    lines = []
    episode = case.episode
    if episode is None:
        lines.append(f"{'episode':<{_WIDTH}}  none open, {case.episodes} so far")
    else:
        hit = ", ".join(rule.id for rule in evaluator.rules if rule.id in episode.rules)
        lines.append(f"{'episode':<{_WIDTH}}  {episode.id} open, {SEVERITIES[episode.severity - 1]}: {hit}")
    for cut in case.cuts:
        undone = ", undone" if cut.undone else ""
        on = date_of(cut.requested_day).isoformat()
        lines.append(
            f"{'action':<{_WIDTH}}  {cut.id} {LADDER[cut.target]}, requested {on}, {cut.status}{undone}"
        )
    return [*lines, ""]


def _exemptions(bits: int) -> str:
    return ", ".join(name for bit, name in enumerate(EXEMPTIONS) if bits >> bit & 1) or "none"


_CODES: Final[dict[str, Callable[[int], str]]] = {
    "account.status": lambda code: STATUSES[code],
    "account.exemptions": _exemptions,
    "account.opened_on": lambda day: date_of(day).isoformat(),
}


def shown(feature: Feature, value: float) -> str:
    """A value in its feature's unit."""
    if isnan(value):
        return _UNKNOWN
    if feature.name in _CODES:
        return _CODES[feature.name](int(value))
    if feature.unit == "money":
        return money(int(value))
    if feature.unit in ("ratio", "probability"):
        return percent(value)
    return f"{int(value):,}" + (f" {feature.unit}" if feature.unit in ("days", "months") else "")
