"""Where checkpoints lie: a folder, or object storage by its URL, through fsspec.

A checkpoint is written under a name of its own and then renamed, so that what bears a checkpoint's name is
whole. Its name tells lane, batch and digest chain: which one fits a log is known without opening it.
All of it blocks; lanes call it in threads.
"""

from __future__ import annotations

import re
import uuid
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

import fsspec

from streams.checkpoint.form import CheckpointError, read
from streams.ports.failures import UnusableError

if TYPE_CHECKING:
    from streams.checkpoint.form import Checkpoint
    from streams.ports.outbox import Cut
    from streams.settings import Settings

_NAME: Final = re.compile(r"(\d{12})-([0-9a-f]{16})\.checkpoint")
_PART: Final = ".part"


class Kept(NamedTuple):
    """A checkpoint, by its name; the newest is the largest."""

    batch: int
    chain: str
    path: str
    size: int


class Part(NamedTuple):
    """A checkpoint under way."""

    path: str
    file: IO[bytes]


class Depot:
    """The checkpoints of all lanes of one monitor. Raises OSError for what the storage refuses."""

    def __init__(self, url: str, namespace: str) -> None:
        """`url`: a path, `s3://bucket/folder`, or the like. A bad one raises ValueError or ImportError."""
        self.url = url
        self._files: Any
        self._files, root = fsspec.core.url_to_fs(url)
        self._root = f"{root.rstrip('/')}/{namespace}"

    def _folder(self, lane: int) -> str:
        return f"{self._root}/lane-{lane:05d}"

    def kept(self, lane: int) -> list[Kept]:
        """All of a lane, newest first."""
        self._files.invalidate_cache()
        try:
            found = self._files.ls(self._folder(lane), detail=True)
        except FileNotFoundError:
            return []
        names = ((_NAME.fullmatch(one["name"].rpartition("/")[2]), one) for one in found)
        return sorted(
            (Kept(int(name[1]), name[2], one["name"], int(one["size"] or 0)) for name, one in names if name),
            reverse=True,
        )

    def begin(self, lane: int) -> Part:
        """A file to be written, that nobody takes for a checkpoint."""
        self._files.makedirs(self._folder(lane), exist_ok=True)
        path = f"{self._folder(lane)}/{uuid.uuid4().hex}{_PART}"
        return Part(path, self._files.open(path, "wb"))

    def keep(self, part: Part, lane: int, cut: Cut) -> Kept:
        """Close a file that is whole, and give it its name."""
        part.file.close()
        path = f"{self._folder(lane)}/{cut.batch:012d}-{cut.chain}.checkpoint"
        self._files.mv(part.path, path)
        return Kept(cut.batch, cut.chain, path, int(self._files.size(path) or 0))

    def drop(self, part: Part) -> None:
        """Give up a file, whatever state it is in."""
        with suppress(OSError, ValueError):
            part.file.close()
        with suppress(OSError):
            self._files.rm_file(part.path)

    def read(self, kept: Kept, lane: int) -> Checkpoint:
        """A checkpoint, held against its name. Raises CheckpointError, OSError."""
        with self._files.open(kept.path, "rb") as file:
            found = read(file)
        cut = found.trailer.cut
        if (found.trailer.lane, cut.batch, cut.chain) != (lane, kept.batch, kept.chain):
            raise CheckpointError("it is not what its name says")
        return found

    def prune(self, lane: int, keep: int) -> None:
        """Leave the newest so many."""
        for kept in self.kept(lane)[keep:]:
            self._files.rm_file(kept.path)


def depot_of(settings: Settings) -> Depot | None:
    """Where checkpoints lie, if anywhere. Raises UnusableError for a kind that is not to be had."""
    if settings.checkpoints is None:
        return None
    try:
        return Depot(settings.checkpoints, settings.state_namespace)
    except (ImportError, ValueError) as error:
        raise UnusableError(f"checkpoints: {settings.checkpoints}: {error}") from error
