"""`postloan models`: from a data set to a champion, and what a validator wants to see on the way."""

from __future__ import annotations

import typer

from streams.cli.commands.models_evaluate import evaluate
from streams.cli.commands.models_life import card, compare, list_, promote, retire, show
from streams.cli.commands.models_outputs import points, rules
from streams.cli.commands.models_publish import publish
from streams.cli.commands.models_vintages import vintages
from streams.cli.examples import example

group = typer.Typer(help="Teach, measure, compare, approve and read models.", no_args_is_help=True)

group.command(
    "evaluate", epilog=example("postloan models evaluate loans.csv --mapping loans.yaml --registry registry")
)(evaluate)
group.command("list", epilog=example("postloan models list"))(list_)
group.command("show", epilog=example("postloan models show default-scorecard"))(show)
group.command("compare", epilog=example("postloan models compare default-scorecard default-lda"))(compare)
group.command(
    "publish", epilog=example("postloan models publish default-lda --registry registry --by 'A. Lee'")
)(publish)
group.command(
    "promote", epilog=example("postloan models promote default-scorecard --by 'A. Lee' --because 'Review 12'")
)(promote)
group.command(
    "retire", epilog=example("postloan models retire default-lda --by 'A. Lee' --because 'replaced'")
)(retire)
group.command("card", epilog=example("postloan models card default-scorecard --json"))(card)
group.command(
    "rules",
    epilog=example("postloan models rules default-tree --max-depth 4 --min-lift 2 --out tree.yaml"),
)(rules)
group.command("points", epilog=example("postloan models points default-scorecard"))(points)
group.command(
    "vintages", epilog=example("postloan models vintages --events events.jsonl --by month --dpd 30")
)(vintages)
