"""Many byte strings in one buffer: no object for each, so that a pass over all of them can be compiled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.addresses import address_of, copy
from features.ahead import fetch
from features.inbound.eights import same_at

NULL = -1
"""The start of a null."""
_AHEAD = 16
"""So many before its turn what is copied of a text is fetched."""
_LINE_END = ord("\n")


@dataclass(frozen=True, slots=True)
class Spans:
    """Byte strings or nulls, as places in a text; they lie in it in their order."""

    text: NDArray[np.uint8]
    """Never written to."""
    starts: NDArray[np.int64]
    """NULL for a null."""
    ends: NDArray[np.int64]
    """At least the start."""

    @classmethod
    def of(cls, values: Sequence[bytes | None]) -> Self:
        """A copy of values."""
        count = len(values)
        known = [value or b"" for value in values] if None in values else values
        ends = np.cumsum(np.fromiter(map(len, known), np.int64, count), dtype=np.int64)  # type: ignore[arg-type] # none is None
        starts = np.zeros(count, np.int64)
        starts[1:] = ends[:-1]
        if known is not values:
            null = np.fromiter((value is None for value in values), np.bool_, count)
            starts[null] = ends[null] = NULL
        return cls(np.frombuffer(b"".join(known), np.uint8), starts, ends)  # type: ignore[arg-type] # none is None

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, position: int) -> bytes | None:
        start = int(self.starts[position])
        return None if start == NULL else self.text[start : self.ends[position]].tobytes()

    def __iter__(self) -> Iterator[bytes | None]:
        text = self.text.tobytes()
        for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            yield None if start == NULL else text[start:end]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Bytes of each; 0 of a null."""
        return self.ends - self.starts

    def part(self, start: int, stop: int) -> "Spans":
        """Some that follow one another. The text is kept whole."""
        return Spans(self.text, self.starts[start:stop], self.ends[start:stop])

    def take(self, index: NDArray[np.int64]) -> "Spans":
        """Some, in any order, with a text of their own."""
        return _gathered(self.text, self.starts[index], self.ends[index])

    def lines(self) -> "Spans":
        """A copy of those that are no nulls, each with a line end behind it."""
        return _gathered(self.text, self.starts.copy(), self.ends.copy(), line_ends=True)

    def _trimmed(self) -> "Spans":
        """The same without the text before the first and behind the last."""
        known = np.flatnonzero(self.starts != NULL)
        if not len(known):
            return Spans(self.text[:0], self.starts, self.ends)
        first = int(self.starts[known].min())
        moved = self.starts - first
        ends = self.ends - first
        null = self.starts == NULL
        moved[null] = ends[null] = NULL
        return Spans(self.text[first : self.ends.max()], moved, ends)


def joined(parts: Sequence[Spans]) -> Spans:
    """Spans one behind the other. Of each text no more is kept than what lies between first and last."""
    if len(parts) == 1:
        return parts[0]
    trimmed = [part._trimmed() for part in parts]  # noqa: SLF001  # their own module
    if not trimmed:
        return Spans.of(())
    shift = 0
    starts, ends = [], []
    for part in trimmed:
        null = part.starts == NULL
        starts.append(np.where(null, NULL, part.starts + shift))
        ends.append(np.where(null, NULL, part.ends + shift))
        shift += len(part.text)
    text = np.concatenate([part.text for part in trimmed])
    text.setflags(write=False)
    return Spans(text, np.concatenate(starts), np.concatenate(ends))


def _gathered(
    text: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64], *, line_ends: bool = False
) -> Spans:
    """What lies in the places, which are written over, with a text of its own."""
    own = np.empty(int((ends - starts).sum()) + line_ends * len(starts), np.uint8)
    own = own[: _gather(text, starts, ends, own, line_ends)]
    own.setflags(write=False)  # like a text from bytes: one compiled pass serves both
    return Spans(own, starts, ends)


@njit(cache=True, nogil=True)
def _gather(
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    own: NDArray[np.uint8],
    line_ends: bool,  # noqa: FBT001  # as Numba calls it
) -> int:
    """Copy what lies in the places to `own`, and let the places say where it is there; its end."""
    at = 0
    for index in range(len(starts)):
        if index + _AHEAD < len(starts):
            fetch(text, starts[index + _AHEAD], 0)
        if starts[index] < 0:
            continue
        begin, size = starts[index], ends[index] - starts[index]
        copy(address_of(own) + at, address_of(text) + begin, size)
        starts[index] = at
        at += size
        if line_ends:
            own[at] = _LINE_END
            at += 1
        ends[index] = at
    return at


@njit(cache=True, nogil=True)
def _differ(
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    other: NDArray[np.uint8],
    other_starts: NDArray[np.int64],
    other_ends: NDArray[np.int64],
) -> NDArray[np.bool_]:
    found = np.zeros(len(starts), np.bool_)
    for index in range(len(starts)):
        start, at, size = starts[index], other_starts[index], ends[index] - starts[index]
        alike = (start < 0) == (at < 0) and other_ends[index] - at == size
        found[index] = not alike or (start >= 0 and not same_at(text, start, other, at, size))
    return found


def differ(first: Spans, second: Spans) -> NDArray[np.bool_]:
    """Which of two equally long runs differ."""
    different: NDArray[np.bool_] = _differ(
        first.text, first.starts, first.ends, second.text, second.starts, second.ends
    )
    return different
