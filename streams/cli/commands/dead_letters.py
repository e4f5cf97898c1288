"""`postloan dead-letters`: what was refused, and another try for it."""

from __future__ import annotations

import typer

from streams.cli.commands.dead_letters_list import list_
from streams.cli.commands.dead_letters_retry import retry
from streams.cli.commands.dead_letters_show import show
from streams.cli.examples import example

group = typer.Typer(help="Look at records that were refused, and send them again.", no_args_is_help=True)

group.command(
    "list",
    epilog=example(
        "postloan dead-letters list --code schema --since 24h",
        "postloan dead-letters list --topic transactions --limit 0 --json > refused.jsonl",
    ),
)(list_)
group.command("show", epilog=example("postloan dead-letters show 3:1071"))(show)
group.command(
    "retry",
    epilog=example(
        "postloan dead-letters retry 3:1071 3:1072",
        "postloan dead-letters retry --code too_early --since 2h --yes",
    ),
)(retry)
