"""The file: a mark, pages of rows, what the lane itself remembers, and a digest of it all.

    mark | page | page | ... | 0 | trailer | length of the trailer | digest
    page: length | zlib(MessagePack([(cardholder id, packed row), ...]))

Lengths are 4 bytes, big-endian. Of a cardholder in several pages the last counts: a lane goes on while its
rows are read, and what changed meanwhile stands in the pages at the end.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import IO, TYPE_CHECKING, Final

import msgspec

from features.packing.form import VERSION
from streams.ports.outbox import Cut  # msgspec reads the type

if TYPE_CHECKING:
    from collections.abc import Sequence

MARK: Final = b"postloan checkpoint 1\n"
LEVEL: Final = 1
"""Of zlib: rows are half zeros, and the lane's core has better to do."""
_LENGTH: Final = 4
_DIGEST: Final = 32
MOST_PAGE: Final = 256 * 1024 * 1024

Rows = list[tuple[str, bytes]]


class CheckpointError(ValueError):
    """A file that is no checkpoint, or not whole."""


class Trailer(msgspec.Struct, frozen=True):
    """The lane itself."""

    lane: int
    cut: Cut
    """The batch behind it."""
    state: bytes
    row_version: int = VERSION
    """The newest version of packed rows among it."""


class Checkpoint(msgspec.Struct, frozen=True):
    """A lane as of one batch."""

    trailer: Trailer
    rows: dict[str, bytes]


_rows_decoder: Final = msgspec.msgpack.Decoder(Rows)
_trailer_decoder: Final = msgspec.msgpack.Decoder(Trailer)


class Writer:
    """Writes pages, then the trailer."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.blake2b(digest_size=_DIGEST)
        self._put(MARK)

    def _put(self, data: bytes) -> None:
        self._digest.update(data)
        self._file.write(data)

    def page(self, rows: Sequence[tuple[str, bytes]]) -> None:
        if rows:
            packed = zlib.compress(msgspec.msgpack.encode(rows), LEVEL)
            self._put(len(packed).to_bytes(_LENGTH, "big") + packed)

    def finish(self, trailer: Trailer) -> None:
        packed = msgspec.msgpack.encode(trailer)
        self._put(bytes(_LENGTH) + packed + len(packed).to_bytes(_LENGTH, "big"))
        self._file.write(self._digest.digest())


def read(file: IO[bytes]) -> Checkpoint:
    """The whole of it. Raises CheckpointError."""
    source = _Source(file)
    if source.take(len(MARK)) != MARK:
        raise CheckpointError("it is no checkpoint of this release")
    rows: dict[str, bytes] = {}
    try:
        while length := int.from_bytes(source.take(_LENGTH), "big"):
            if length > MOST_PAGE:
                raise CheckpointError("a page is larger than can be")
            rows.update(_rows_decoder.decode(zlib.decompress(source.take(length))))
        rest = file.read()
        packed, end = rest[: -_LENGTH - _DIGEST], rest[-_LENGTH - _DIGEST :]
        source.digest.update(packed + end[:_LENGTH])
        if len(end) != _LENGTH + _DIGEST or source.digest.digest() != end[_LENGTH:]:
            raise CheckpointError("its digest is not that of what it holds")
        return Checkpoint(_checked(_trailer_decoder.decode(packed)), rows)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise CheckpointError(f"it is damaged: {error}") from error


def _checked(trailer: Trailer) -> Trailer:
    if not 0 < trailer.row_version <= VERSION:
        raise CheckpointError(
            f"it has rows of version {trailer.row_version}; this release reads versions 1 to {VERSION}"
        )
    return trailer


class _Source:
    """Reads exactly what is asked for."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.blake2b(digest_size=_DIGEST)

    def take(self, length: int) -> bytes:
        found = self._file.read(length)
        if len(found) < length:
            raise CheckpointError("it ends too early")
        self.digest.update(found)
        return found
