"""One cardholder's story on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from streams.story.words import day_text

if TYPE_CHECKING:
    from rich.console import RenderableType

    from streams.story.told import Line, Story

_MARKS: Final = {"decided": ("→", "bold"), "came": ("✓", "green"), "calm": ("○", "dim")}
_SEVERITIES: Final = {"P1": "bold red", "P2": "yellow", "P3": "cyan", "P4": "dim"}


def story_panel(title: str, story: Story) -> RenderableType:
    """Title, card, and one row a sentence: date, mark, words."""
    head = Text.assemble((title, "bold"), (f"   {story.cardholder}: {story.card}", "dim"))
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True, justify="right", style="dim")
    table.add_column(no_wrap=True, justify="center")
    table.add_column()
    last = ""
    for line in story.lines:
        day = day_text(line.time)
        table.add_row(
            "" if day == last else day, _mark(line), Text(line.text, "dim" if line.voice == "calm" else "")
        )
        last = day
    return Padding(Group(head, table), (0, 0, 1, 2))


def _mark(line: Line) -> Text:
    if line.voice == "saw":
        return Text(line.mark, _SEVERITIES.get(line.mark, ""))
    mark, style = _MARKS[line.voice]
    return Text(mark, style)
