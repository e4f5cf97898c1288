"""`postloan evaluate`: rules and model on cardholders whose fate is known."""

from __future__ import annotations

from typing import Annotated

import typer

from streams.cli.examples import example
from streams.cli.progress import progress
from streams.cli.rulebooks import evaluator_of
from streams.cli.taiwan_file import taiwan_labels_of, taiwan_records_of

group = typer.Typer(help="Hold rules and model against what really happened.", no_args_is_help=True)


@group.command("taiwan", epilog=example("postloan evaluate taiwan tests/data/taiwan-credit-default.csv.gz"))
def taiwan(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The data set as csv or csv.gz.")],
    *,
    rulebook: Annotated[
        str | None, typer.Option(metavar="FILE", help="Rules and policy; the default rulebook if left out.")
    ] = None,
    lanes: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="Lanes to run on.")] = 12,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the tables as Markdown.")] = False,
) -> None:
    """Default rates by rule and action, on real cardholders.

    30,000 cardholders of 2005 go through the pipeline from April to September; what was decided is held
    against who defaulted in October.
    """
    evaluator = evaluator_of(rulebook)
    labels = taiwan_labels_of(file)
    with progress({"teach": "teaching the model"}) as report:
        from streams.evaluation.taiwan import evaluate  # numpy and numba

        found = evaluate(taiwan_records_of(file), labels, evaluator, lanes, report)
    from streams.cli.screens import evaluation  # rich
    from streams.cli.screens.console import show

    if markdown:
        typer.echo(evaluation.markdown(found))
        return
    show(
        evaluation.head_line(found),
        "",
        evaluation.table("rule hit, April to September", found.rules),
        "",
        evaluation.table("worst action asked for", found.actions),
        "",
        evaluation.silent_line(found),
        "",
        evaluation.model_line(found),
    )
