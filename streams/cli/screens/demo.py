"""The picture at the end of `postloan demo`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from streams.cli.screens.stories import story_panel
from streams.demo.bank import IN_ONE_LINE
from streams.story.chosen import choose
from streams.story.tally import ACTIONS, STATES, tally
from streams.story.told import tell
from streams.story.words import percent

if TYPE_CHECKING:
    from rich.console import RenderableType

    from models.metrics import Progressive
    from rules.rulebook import Rulebook
    from streams.demo.play import Played
    from streams.story.tally import Tally

STORIES: Final = 3
_BAR: Final = 22
_FEWEST_BADS: Final = 10
"""With fewer defaults among the scored, AUC and KS are chance."""
_SEVERITIES: Final = (("P1", "bold red"), ("P2", "yellow"), ("P3", "cyan"), ("P4", "dim"))
_KINDS: Final = {
    "transaction": "card transactions",
    "payment_posted": "payments",
    "statement_issued": "statements",
    "bureau_report": "credit reports",
    "account_updated": "account snapshots",
    "action_result": "answers to actions",
    "outcome": "outcomes",
    "tick": "clock ticks",
    "breaker_reset": "breaker resets",
}
_ACTIONS: Final = {
    "halve": "halve the limit",
    "cut_to_tenth": "cut to a tenth",
    "block": "block the card",
    "restore": "give it back",
    "raise": "raise the limit",
}


def picture(played: Played, book: Rulebook, title: str) -> RenderableType:
    """The whole screen."""
    found = tally(played.decisions)
    states, classroom = found.states, played.monitor.classroom
    requested, withheld = sum(found.requested.values()), sum(found.withheld.values())
    opened, worse, ended = (states[state] for state in STATES)
    alerts = f"{opened:,} episodes opened, {worse:,} grew worse, {ended:,} ended"
    return Group(
        Rule(Text(title, "bold")),
        Padding(Text(IN_ONE_LINE, "dim"), (0, 1, 1, 1)),
        _heading("In", f"{sum(played.records.values()):,} records of {played.days} days"),
        _kinds(played),
        _heading("Alerts", alerts),
        _alerts(found, book),
        _heading("Actions", f"{requested:,} requested, {withheld:,} withheld"),
        _actions(found, played),
        _heading("Model", "learns while it judges; measured only on labels it had not yet seen"),
        Padding(Text(model_lines(classroom.progressive, classroom.lessons)), (0, 2, 1, 2)),
        _heading("Three cardholders", "what was seen, what was decided, what came of it"),
        *_stories(played),
    )


def _heading(title: str, words: str) -> Text:
    return Text.assemble((title, "bold"), ("  " + words, "dim"))


def _table(*headers: str) -> Table:
    table = Table(box=None, padding=(0, 2), show_header=any(headers), header_style="dim")
    for place, header in enumerate(headers):
        table.add_column(header, justify="left" if place == 0 else "right", no_wrap=True)
    return table


def _kinds(played: Played) -> RenderableType:
    table = _table("", "", "")
    table.columns[2].justify = "left"
    most = max(played.records.values(), default=1)
    for kind, count in played.records.most_common():
        bar = "█" * max(1, round(count / most * _BAR)) if count * _BAR * 8 >= most else "▏"
        table.add_row(_KINDS.get(kind, kind), f"{count:,}", Text(bar, "blue"))
    return Padding(table, (0, 0, 1, 0))


def _alerts(found: Tally, book: Rulebook) -> RenderableType:
    used = [(name, style) for name, style in _SEVERITIES if found.severities[name]]
    table = _table("rules hit, by severity of the alert", *(name for name, _ in used))
    for rule in book.rules:
        table.add_row(rule.title, *(_count(found.rules[rule.id, name], style) for name, style in used))
    table.add_row(Text("alerts", "dim"), *(_count(found.severities[name], "dim") for name, _ in used))
    return Padding(table, (0, 0, 1, 0))


def _actions(found: Tally, played: Played) -> RenderableType:
    table = _table("", "requested", "applied", "turned down", "not answered yet", "withheld")
    for action in ACTIONS:
        requested = found.requested[action]
        applied, refused = (played.bank.answered[action, result] for result in ("applied", "rejected"))
        withheld = sum(count for (kind, _), count in found.withheld.items() if kind == action)
        counts = (requested, applied, refused, requested - applied - refused, withheld)
        table.add_row(_ACTIONS[action], *(_count(count) for count in counts))
    reasons = Counter[str]()
    for (_, reason), count in sorted(found.withheld.items()):
        reasons[reason] += count
    told = ", ".join(f"{_reason(reason)} {count:,}" for reason, count in reasons.most_common())
    because = [Padding(Text(f"withheld because: {told}", "dim"), (0, 2))] if told else []
    return Padding(Group(table, *because), (0, 0, 1, 0))


def _count(count: int, style: str = "") -> Text:
    return Text(f"{count:,}", style) if count else Text("·", "dim")


def _reason(reason: str) -> str:
    kind, _, name = reason.partition(":")
    return f"exempt ({name.replace('_', ' ')})" if kind == "exemption" else kind.replace("_", " ")


def model_lines(progressive: Progressive, lessons: int) -> str:
    """What the model is worth, in sentences."""
    auc, ks = progressive.auc(), progressive.ks()
    if auc is None or ks is None or progressive.bads < _FEWEST_BADS:
        few = f"{progressive.count:,} scored before, {progressive.bads:,} of them bad"
        return f"{lessons:,} matured labels learned; too few to measure ({few})."
    pairs = sorted(progressive.pairs(), reverse=True)
    worst = sum(label for _, label in pairs[: len(pairs) // 10])
    caught = f"The tenth it scored worst held {percent(worst / progressive.bads)} of those who defaulted."
    return (
        f"{lessons:,} matured labels learned. {progressive.count:,} of them ({progressive.bads:,} bad) "
        f"had been scored before: AUC {auc:.3f}, KS {ks:.3f}.\n{caught}"
    )


def _stories(played: Played) -> list[RenderableType]:
    shown: list[RenderableType] = []
    for title, cardholder in choose(played.decisions, STORIES):
        mine = [record for record in played.decisions if record["cardholder_id"] == cardholder]
        shown.append(story_panel(title, tell(cardholder, mine, played.inputs[cardholder])))
    return shown
