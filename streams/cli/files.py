"""Lines in, lines out. An output file appears whole under its name or not at all."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Self

from streams.cli.exits import UNUSABLE, leave

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

STANDARD: Final = "-"
"""The name that means standard input or standard output."""


def lines_of(name: str) -> Iterator[bytes]:
    r"""The lines of a file or of standard input, without their ends; only b"\n" ends a line.

    Leaves with a message at the first line that cannot be read.
    """
    try:
        if name == STANDARD:
            yield from _stripped(sys.stdin.buffer)
        else:
            with Path(name).open("rb") as file:
                yield from _stripped(file)
    except OSError as error:
        leave(UNUSABLE, f"cannot read the events {_shown(name)}: {_why(error)}")


def check_readable(name: str, what: str) -> None:
    """Leave with a message now if a file cannot be opened, before any long work."""
    if name != STANDARD:
        try:
            with Path(name).open("rb"):
                pass
        except OSError as error:
            leave(UNUSABLE, f"cannot read the {what} {_shown(name)}: {_why(error)}")


def text_of(name: str, what: str) -> str:
    """The text of a small file. Leaves with a message if it cannot be read or is not UTF-8."""
    try:
        return Path(name).read_text(encoding="utf-8")
    except OSError as error:
        leave(UNUSABLE, f"cannot read the {what} {_shown(name)}: {_why(error)}")
    except UnicodeDecodeError as error:
        leave(UNUSABLE, f"cannot read the {what} {_shown(name)}: byte {error.start} is not UTF-8")


class OutputFile:
    """A file to write lines to, or standard output.

    A regular file is written beside its place and renamed when `publish` is called; without that call nothing
    appears. Pipes, devices and standard output are written straight. Leaves with a message if it cannot.
    """

    def __init__(self, name: str, what: str) -> None:
        self.name = name
        self._what = what
        self._part: Path | None = None
        self._target = Path(os.path.realpath(name))
        try:
            self._file = self._open()
        except OSError as error:
            leave(UNUSABLE, f"cannot write the {what} {_shown(name)}: {_why(error)}")

    def _open(self) -> IO[bytes]:
        if self.name == STANDARD:
            return sys.stdout.buffer
        if self._target.exists() and not self._target.is_file():
            return self._target.open("wb")  # a device or a pipe; a folder is refused by the system
        self._part = self._target.with_name(f".{self._target.name}.{os.getpid()}.part")
        return self._part.open("wb")

    def write(self, line: bytes) -> None:
        """Write one line; its end is added."""
        try:
            self._file.write(line + b"\n")
        except BrokenPipeError:
            raise
        except OSError as error:
            leave(UNUSABLE, f"cannot write the {self._what} {_shown(self.name)}: {_why(error)}")

    def publish(self) -> None:
        """All is written: let the file appear under its name."""
        try:
            self._file.flush()
            if self._part is not None:
                self._file.close()
                self._part.replace(self._target)
                self._part = None
        except BrokenPipeError:
            raise
        except OSError as error:
            leave(UNUSABLE, f"cannot write the {self._what} {_shown(self.name)}: {_why(error)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.name != STANDARD:
            with suppress(OSError):
                self._file.close()
        if self._part is not None:
            self._part.unlink(missing_ok=True)


def _stripped(file: IO[bytes]) -> Iterator[bytes]:
    for line in file:
        yield line.removesuffix(b"\n")


def _shown(name: str) -> str:
    return "standard input or output" if name == STANDARD else f"'{name}'"


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
