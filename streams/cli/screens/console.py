"""Shows what rich can render."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from rich.console import Console

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDEST: Final = 100
"""Screens are laid out for this width; also the width where there is no terminal."""


def show(*shown: RenderableType) -> None:
    """Print on standard output: no blanks at the ends of lines, no colours where it is no terminal."""
    console = Console(highlight=False)
    console.width = min(WIDEST, console.width) if console.is_terminal else WIDEST
    with console.capture() as captured:
        for renderable in shown:
            console.print(renderable)
    sys.stdout.write("".join(line.rstrip() + "\n" for line in captured.get().split("\n")[:-1]))
