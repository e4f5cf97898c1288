"""All commands, put together. Importing this reads no clock, opens nothing, and loads no numpy."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from streams.cli.commands.assess import assess
from streams.cli.exits import INTERRUPTED

app = typer.Typer(
    name="postloan",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command()(assess)


def _show_version(wanted: bool) -> None:  # noqa: FBT001  # typer calls it so
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415  # slow

        typer.echo(f"postloan {version('postloan')}")
        raise typer.Exit


@app.callback()
def postloan(
    *,
    version: Annotated[  # noqa: ARG001  # its callback does it
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    r"""Watch credit cards after they were granted: events in, risk alerts and limit actions out.

    \b
    Example:
      postloan demo
    """


def run() -> None:
    """Run the console script, and end quietly when a reader went away or a person pressed Ctrl-C."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
