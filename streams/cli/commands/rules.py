"""`postloan rules`: what a risk officer does with a rulebook, from a first look to every lane."""

from __future__ import annotations

import typer

from streams.cli.commands.rules_check import check
from streams.cli.commands.rules_diff import diff
from streams.cli.commands.rules_history import history
from streams.cli.commands.rules_publish import publish
from streams.cli.commands.rules_schema import schema
from streams.cli.commands.rules_trial import trial
from streams.cli.examples import example

group = typer.Typer(help="Check, compare and publish rulebooks.", no_args_is_help=True)

group.command("check", epilog=example("postloan rules check rules.yaml"))(check)
group.command("schema", epilog=example("postloan rules schema > rulebook.schema.json"))(schema)
group.command("diff", epilog=example("postloan rules diff default new.yaml --events events.jsonl"))(diff)
group.command("publish", epilog=example("postloan rules publish new.yaml --by a.officer"))(publish)
group.command("history", epilog=example("postloan rules history"))(history)
group.command("trial", epilog=example("postloan rules trial new.yaml --events events.jsonl"))(trial)
