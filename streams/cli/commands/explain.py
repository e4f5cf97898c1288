"""`postloan explain`: why a cardholder was alerted on, cut or spared."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from streams.cli.exits import MEND, UNUSABLE, leave
from streams.cli.files import check_readable, lines_of
from streams.cli.progress import progress
from streams.cli.rulebooks import evaluator_of

LANGUAGES = ("en", "zh")


def explain(
    cardholder: Annotated[str, typer.Argument(metavar="CARDHOLDER", help="The cardholder's id.")],
    *,
    events: Annotated[
        str, typer.Option(metavar="FILE", help="Input records, one JSON object a line; - is standard input.")
    ],
    action: Annotated[
        str | None, typer.Option(metavar="ID", help="One action or alert; everything if left out.")
    ] = None,
    rulebook: Annotated[
        str | None, typer.Option(metavar="FILE", help="Rules and policy; the default rulebook if left out.")
    ] = None,
    language: Annotated[str, typer.Option(metavar="LANGUAGE", help="en or zh.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    lanes: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="Partitions.")] = 12,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Neither learn nor score: hard rules only.")
    ] = False,
) -> None:
    """Tell the whole story of a cardholder from the log: what was known, which rules, which policy steps.

    The log is judged again, with the same outcome. Exit code 1 when nothing is known of the cardholder, or
    there is no such action.
    """
    if language not in LANGUAGES:
        leave(UNUSABLE, f"--language: {language} is none of {', '.join(LANGUAGES)}")
    check_readable(events, "events")
    evaluator = evaluator_of(rulebook)
    from streams.explain.story import explain as told_of  # numpy and numba
    from streams.explain.words import Teller

    with progress() as report:
        told = told_of(
            lines_of(events),
            evaluator,
            cardholder,
            action=action,
            lanes=lanes,
            learns=not no_model,
            progress=report,
        )
    if told is None:
        what = f"'{cardholder}'" if action is None else f"an action or alert {action} of '{cardholder}'"
        leave(MEND, f"nothing is known of {what}")
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        typer.echo(Teller("zh" if language == "zh" else "en").tell(told))
