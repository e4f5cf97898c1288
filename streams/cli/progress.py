"""Progress of long work on standard error: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID

    from streams.assess import Progress as Report

SILENT_SECONDS: Final = 10.0
"""Elsewhere than on a terminal a line is written no more often than this."""

_WORDS: Final = {"read": "reading records", "judge": "judging records"}


@contextmanager
def progress(words: dict[str, str] | None = None) -> Iterator[Report]:
    """A function to call with a stage, how much of it is done, and how much there is (0 = unknown)."""
    spoken = _WORDS | (words or {})
    if not sys.stderr.isatty():
        yield _Plain(spoken)
        return
    from rich.console import Console  # only where there is a terminal
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        yield _Bars(bars, spoken)


class _Bars:
    """One bar a stage; the bar of a stage is full once the next one begins."""

    def __init__(self, bars: Progress, words: dict[str, str]) -> None:
        self._bars = bars
        self._words = words
        self._tasks: dict[str, TaskID] = {}
        self._done = 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        task = self._tasks.get(stage)
        if task is None:
            for earlier in self._tasks.values():
                self._bars.update(earlier, total=self._done, completed=self._done)
                self._bars.stop_task(earlier)
            words = f"{self._words.get(stage, stage):<18}"
            task = self._tasks[stage] = self._bars.add_task(words, total=total or None)
        self._bars.update(task, completed=done, total=total or None)
        self._done = done


class _Plain:
    """Lines for logs."""

    def __init__(self, words: dict[str, str]) -> None:
        self._words = words
        self._told = time.monotonic()

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told >= SILENT_SECONDS:
            self._told = now
            of = f" of {total:,}" if total else ""
            print(f"{self._words.get(stage, stage)}: {done:,}{of}", file=sys.stderr, flush=True)  # noqa: T201
