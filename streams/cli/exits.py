"""Exit codes that scripts can rely on, and the one way to leave with a message (docs/cli.md lists them)."""

from __future__ import annotations

from typing import Final, NoReturn

import typer

DONE: Final = 0
MEND: Final = 1
"""Something runs but is not as it must be: the doctor found a fault, a worker stopped on its own."""
UNUSABLE: Final = 2
"""What was given cannot be used: wrong arguments, a file that cannot be read or written, a bad rulebook."""
UNREACHABLE: Final = 3
"""Kafka or Redis did not answer."""
INTERRUPTED: Final = 130
"""Ended by Ctrl-C, as shells count it."""


def leave(code: int, message: str) -> NoReturn:
    """Say why on standard error, and leave."""
    typer.echo(f"postloan: {message}", err=True)
    raise typer.Exit(code)
