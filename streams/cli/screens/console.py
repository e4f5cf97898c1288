"""The console that screens are shown on."""

from __future__ import annotations

import sys
from typing import IO, Final

from rich.console import Console

WIDEST: Final = 100
"""Screens are laid out for this width; also the width where there is no terminal."""


def make_console(file: IO[str] | None = None) -> Console:
    """Standard output (or `file`), at most WIDEST columns wide, without colours where it is no terminal."""
    console = Console(file=file, highlight=False)
    width = min(WIDEST, console.width) if console.is_terminal else WIDEST
    return Console(file=file or sys.stdout, highlight=False, width=width)
