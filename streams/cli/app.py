"""All commands, put together. Importing this reads no clock, opens nothing, and loads no numpy."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperGroup

from streams.cli.commands import (
    cardholder,
    checkpoints,
    dead_letters,
    evaluate,
    features,
    import_,
    lanes,
    models,
    rules,
    topics,
)
from streams.cli.commands.assess import assess
from streams.cli.commands.backtest import backtest
from streams.cli.commands.demo import demo
from streams.cli.commands.doctor import doctor
from streams.cli.commands.explain import explain
from streams.cli.commands.replay import replay
from streams.cli.commands.simulate import simulate
from streams.cli.commands.watch import watch
from streams.cli.commands.worker import worker
from streams.cli.examples import example
from streams.cli.exits import DONE, INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Callable


class _Commands(TyperGroup):
    """Ends quietly when a reader went away or a person pressed Ctrl-C."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(DONE) from None
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None


app = typer.Typer(
    name="postloan",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


_COMMANDS: Final[tuple[tuple[Callable[..., None], tuple[str, ...]], ...]] = (
    (demo, ("postloan demo", "postloan demo --cardholders 2000 --months 24 --seed 11")),
    (assess, ("postloan assess --events events.jsonl --out decisions.jsonl --dead-letters refused.jsonl",)),
    (
        simulate,
        ("postloan simulate --cardholders 500 --months 12 --to events.jsonl", "postloan simulate --to kafka"),
    ),
    (worker, ("POSTLOAN_KAFKA_BOOTSTRAP=127.0.0.1:9092 postloan worker",)),
    (watch, ("postloan watch", "postloan watch --from-start --until-end --json > decisions.jsonl")),
    (
        explain,
        (
            "postloan explain ch-0000213 --events events.jsonl --language zh",
            "postloan explain 5feceb66ffc8.l2",
        ),
    ),
    (
        replay,
        (
            "postloan replay --lane 3",
            "postloan replay --lane 3 --from 2024-03-01T00:00:00Z --to transactions:18203",
        ),
    ),
    (backtest, ("postloan backtest --events events.jsonl --rulebook rules.yaml",)),
    (doctor, ("postloan doctor",)),
)
_GROUPS: Final = (
    ("import", import_.group),
    ("evaluate", evaluate.group),
    ("topics", topics.group),
    ("dead-letters", dead_letters.group),
    ("lanes", lanes.group),
    ("cardholder", cardholder.group),
    ("checkpoints", checkpoints.group),
    ("features", features.group),
    ("rules", rules.group),
    ("models", models.group),
)

for command, examples in _COMMANDS:
    app.command(epilog=example(*examples))(command)
for name, group in _GROUPS:
    app.add_typer(group, name=name)


def _show_version(wanted: bool) -> None:  # noqa: FBT001  # typer calls it so
    if wanted:
        from importlib.metadata import version  # slow

        typer.echo(f"postloan {version('postloan')}")
        raise typer.Exit


@app.callback()
def postloan(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Watch credit cards after they were granted: events in, risk alerts and limit actions out."""


def run() -> None:
    """Run the console script."""
    app()
