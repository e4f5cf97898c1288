"""The tables of an evaluation, for a terminal or as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.evaluation.lift import Lift
    from streams.evaluation.taiwan import Evaluation

HEADERS: Final = ("", "cardholders", "defaulted", "of the rest", "lift")
_ACTIONS: Final = {
    "block": "block the card",
    "cut_to_tenth": "cut to a tenth",
    "halve": "halve the limit",
    "hold": "alert only",
    "raise": "raise the limit",
    "nothing": "nothing decided",
}


def rows(groups: list[Lift]) -> Iterator[tuple[str, ...]]:
    """A line a group that anybody is in."""
    for group in groups:
        if group.count:
            lift = "" if group.lift is None else f"{group.lift:.1f}"
            name = _ACTIONS.get(group.name, group.name)
            yield name, f"{group.count:,}", _share(group.rate), _share(group.rest_rate), lift


def silent(groups: list[Lift]) -> list[str]:
    """Names of the groups that nobody is in."""
    return [group.name for group in groups if not group.count]


def _share(rate: float | None) -> str:
    return "" if rate is None else f"{rate * 100:.1f} %"


def model_line(found: Evaluation) -> str:
    """The model's worth in a sentence."""
    model = found.model
    figures = (
        "too few to measure"
        if model.auc is None or model.ks is None
        else f"AUC {model.auc:.3f}, KS {model.ks:.3f}"
    )
    return (
        f"Model, each cardholder scored before its label was learned, after the first third: {figures} "
        f"({model.count:,} scored, {model.defaulted:,} defaulted); the tenth scored worst held "
        f"{model.in_worst_tenth * 100:.0f} % of those who defaulted."
    )


def head_line(found: Evaluation) -> str:
    """Whom it is about."""
    share = found.defaulted / found.cardholders * 100 if found.cardholders else 0.0
    return (
        f"{found.cardholders:,} cardholders; {found.defaulted:,} ({share:.1f} %) defaulted in October 2005."
    )


def silent_line(found: Evaluation) -> str:
    """The rules that had nothing to go by."""
    names = silent(found.rules)
    return f"Hit nobody, for want of what they read: {', '.join(names)}." if names else ""


def table(first: str, groups: list[Lift]) -> Table:
    """For a terminal."""
    shown = Table(box=None, padding=(0, 2), header_style="dim")
    for place, header in enumerate((first, *HEADERS[1:])):
        shown.add_column(header, justify="left" if place == 0 else "right", no_wrap=True)
    for row in rows(groups):
        shown.add_row(*row)
    return shown


def markdown(found: Evaluation) -> str:
    """For a page."""
    lines = [head_line(found), ""]
    for first, groups in (
        ("rule hit, April to September", found.rules),
        ("worst action asked for", found.actions),
    ):
        lines += ["| " + " | ".join((first, *HEADERS[1:])) + " |", "|---|---:|---:|---:|---:|"]
        lines += ["| " + " | ".join(row) + " |" for row in rows(groups)]
        lines.append("")
    return "\n".join([*lines, silent_line(found), "", model_line(found)])
