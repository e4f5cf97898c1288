"""`postloan features`: what a rule may read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.examples import example
from streams.cli.exits import UNUSABLE, leave

if TYPE_CHECKING:
    from features.catalogue import Feature

group = typer.Typer(help="Look up what a rule may read of a cardholder.", no_args_is_help=True)


@group.command("list", epilog=example("postloan features list"))
def list_() -> None:
    """List every feature.

    Name, unit, window, and whether the default model reads it.
    """
    from rules.facts import LISTED  # numpy, by way of its package

    width = max(len(fact.name) for fact in LISTED)
    for fact in LISTED:
        window = (fact.window or "-").partition(":")[0]
        typer.echo(
            f"{fact.name:<{width}}  {fact.unit:<11}  {window:<33}  {'model' if fact.model else ''}".rstrip()
        )


@group.command("show", epilog=example("postloan features show cash.share.30d"))
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `features list` prints it.")],
) -> None:
    """Show one feature.

    Its formula in words, and when it is unknown. Exit code 2 when there is none of that name.
    """
    from rules.facts import FACTS

    by_name = {fact.name: fact for fact in FACTS}
    if name not in by_name:
        leave(UNUSABLE, f"there is no feature '{name}'{_meant(name, list(by_name))}")
    typer.echo(_page(by_name[name]))


def _page(fact: Feature) -> str:
    lines = {
        "name": fact.name,
        "unit": fact.unit,
        "type": fact.type,
        "window": fact.window or "none",
        "formula": fact.words,
        "unknown": fact.unknown,
        "from": ", ".join(fact.sources) or "-",
        "since": f"catalogue version {fact.since}",
        "default model": "reads it" if fact.model else "does not read it",
        "in a rule": _in_a_rule(fact.name),
    }
    return "\n".join(f"{label:<14} {text}" for label, text in lines.items())


def _in_a_rule(name: str) -> str:
    base, _, last = name.rpartition(".")
    if last in ("certain", "possible"):
        return f"at_least(4, {base})"
    if last == "run":
        return f"run_of(6, {base})"
    return f"{name} >= …"


def _meant(name: str, names: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, names, n=3, cutoff=0.5) or [known for known in names if name in known][:3]
    return f"; did you mean {', '.join(close)}?" if close else "; `postloan features list` prints all"
