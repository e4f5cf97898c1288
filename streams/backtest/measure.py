"""Precision, recall, lead time, exposure saved and harm of a rulebook over a log (docs/explain.md)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from statistics import quantiles
from typing import TYPE_CHECKING, Any, Final

from features.calendar import day_number
from streams.assess import assess
from streams.backtest.history import History, histories
from streams.backtest.intervals import difference, wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rules.evaluate import Evaluator
    from rules.records import Record
    from streams.assess import Progress

WINDOW: Final = 180
"""Days within which what an alert warned of must come."""
BAD: Final = 60
LATE: Final = 30
CUTS: Final = ("halve", "cut_to_tenth", "block")


@dataclass(slots=True)
class Tally:
    """Alerts of one kind: of all rules, or of one."""

    alerts: int = 0
    """Those whose window was over at the end of the log."""
    right: int = 0
    """Of these, those followed by 60+ days past due inside the window."""
    caught: set[str] = field(default_factory=set)
    """Cardholders who came to 60+ days past due after an alert inside the window before."""
    leads: dict[str, int] = field(default_factory=dict)
    """Days from the first such alert to 30+ days past due, by cardholder."""


@dataclass(slots=True)
class Backtest:
    """Everything that was counted."""

    version: str
    window: int
    cardholders: int = 0
    bad: set[str] = field(default_factory=set)
    """Cardholders who came to 60+ days past due."""
    all: Tally = field(default_factory=Tally)
    early: Tally = field(default_factory=Tally)
    """Alerts at which nothing was past due yet."""
    rules: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    cuts: int = 0
    clean_cuts: int = 0
    spared: int = 0
    """Cuts withheld by the control group whose window was over."""
    clean_spared: int = 0
    cuts_of_bad: int = 0
    limits_cut_of_bad: int = 0
    exposure_saved: int = 0


def backtest(
    lines: Sequence[bytes],
    evaluator: Evaluator,
    *,
    window: int = WINDOW,
    lanes: int = 12,
    learns: bool = True,
    progress: Progress | None = None,
) -> Backtest:
    """Judge a log, and hold the decisions against what the log tells later."""
    more: dict[str, Any] = {} if progress is None else {"progress": progress}
    assessment = assess(lines, evaluator, lanes=lanes, learns=learns, **more)
    by_holder, end = histories(lines)
    decisions: defaultdict[str, list[Record]] = defaultdict(list)
    for lane in assessment.lanes:
        for record in lane.decisions:
            decisions[record["cardholder_id"]].append(record)
    found = Backtest(evaluator.book.version, window, cardholders=len(by_holder))
    for holder, history in by_holder.items():
        _Holder(found, holder, history, end).count(decisions.get(holder, []))
    return found


class _Holder:
    """Counts one cardholder's decisions."""

    def __init__(self, found: Backtest, holder: str, history: History, end: int) -> None:
        self._found = found
        self._holder = holder
        self._history = history
        self._end = end
        self._bad = history.reached(BAD, end)
        self._late = history.reached(LATE, end)
        if self._bad:
            found.bad.add(holder)

    def count(self, decisions: list[Record]) -> None:
        for record in decisions:
            day = day_number(date.fromisoformat(record["occurred_at"][:10]))
            if record["kind"] == "alert" and record["state"] != "resolved":
                self._alert(record, day)
            elif record["kind"] == "limit_action" and record["action"] in CUTS:
                self._cut(record, day)

    def _alert(self, record: Record, day: int) -> None:
        tallies = [self._found.rules[trace["id"]] for trace in record["rules"]] + [self._found.all]
        if self._history.past_due_on(day) == 0:
            tallies.append(self._found.early)
        window = self._found.window
        right = any(day < when <= day + window for when in self._bad)
        lead = next((when - day for when in self._late if day < when <= day + window), None)
        first = bool(self._bad) and self._bad[0] - window <= day < self._bad[0]
        for tally in tallies:
            if day + window <= self._end:
                tally.alerts += 1
                tally.right += right
            if first:
                tally.caught.add(self._holder)
            if lead is not None:
                tally.leads[self._holder] = max(lead, tally.leads.get(self._holder, 0))

    def _cut(self, record: Record, day: int) -> None:
        found, window = self._found, self._found.window
        requested = record["status"] == "requested"
        if requested:
            self._save(record, day)
        spared = record["withheld_because"] == "control_group"
        if day + window > self._end or not (requested or spared):
            return
        clean = self._history.past_due_on(day) < LATE and not any(
            day < when <= day + window for when in self._late
        )
        found.cuts += requested
        found.clean_cuts += requested and clean
        found.spared += spared
        found.clean_spared += spared and clean

    def _save(self, record: Record, day: int) -> None:
        """What was drawn later, and could not have been."""
        when = next((when for when in self._bad if day < when <= day + self._found.window), None)
        if when is None:
            return
        owed = self._history.balance_on(day)
        left = owed if record["action"] == "block" else max(owed, record["target_limit"])
        self._found.cuts_of_bad += 1
        self._found.limits_cut_of_bad += record["current_limit"] - record["target_limit"]
        self._found.exposure_saved += max(0, self._history.balance_on(when) - left)


def as_json(found: Backtest) -> dict[str, Any]:
    """Everything, for programs."""
    harm = {"cuts": found.cuts, "clean": found.clean_cuts, **_share(found.clean_cuts, found.cuts)}
    control = {"cuts": found.spared, "clean": found.clean_spared, **_share(found.clean_spared, found.spared)}
    apart = difference(found.clean_cuts, found.cuts, found.clean_spared, found.spared)
    return {
        "rulebook_version": found.version,
        "window_days": found.window,
        "cardholders": found.cardholders,
        "cardholders_60_days_past_due": len(found.bad),
        "alerts": _alerts(found.all, found),
        "early_alerts": _alerts(found.early, found),
        "rules": {rule: _alerts(tally, found) for rule, tally in sorted(found.rules.items())},
        "exposure": {
            "cuts_of_later_bad": found.cuts_of_bad,
            "limits_cut_of_later_bad": found.limits_cut_of_bad,
            "saved": found.exposure_saved,
        },
        "harm": {
            "acted_on": harm,
            "control_group": control,
            "difference": None
            if apart is None
            else {"value": round(apart[0], 4), "interval_95": [round(apart[1], 4), round(apart[2], 4)]},
        },
    }


def _alerts(tally: Tally, found: Backtest) -> dict[str, Any]:
    caught = len(tally.caught & found.bad)
    leads = sorted(tally.leads.values())
    lead = None
    if leads:
        low, middle, high = quantiles(leads, n=4, method="inclusive") if len(leads) > 1 else leads * 3
        lead = {"count": len(leads), "quarter": low, "median": middle, "three_quarters": high}
    return {
        "precision": {"alerts": tally.alerts, "right": tally.right, **_share(tally.right, tally.alerts)},
        "recall": {"bad": len(found.bad), "caught": caught, **_share(caught, len(found.bad))},
        "lead_days": lead,
    }


def _share(hits: int, count: int) -> dict[str, Any]:
    interval = wilson(hits, count)
    return {
        "share": round(hits / count, 4) if count else None,
        "interval_95": None if interval is None else [round(bound, 4) for bound in interval],
    }
