"""An ordered mapping that is kept piece by piece: a keep costs by what changed, not by what is held.

Entries are numbered as they come, and `size` numbers make a piece. A full piece that was told is not told
again, however many of its entries go: a mask beside it tells those. What replaces a value comes anew, in the
newest piece, and so do the last entries of a piece when most of it has gone. Each entry knows by its `order`
where it belongs, so that the order outlasts all of it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any, Final, Generic, Protocol, Self, TypeVar

import msgspec

SIZE: Final = 256
SURVIVORS: Final = 4
"""A piece whose entries have gone but for one in so many is given up; those move to the newest."""
MASK: Final = "-"
"""After the name of a piece: which of its entries have gone."""
NOWHERE: Final = -1

K = TypeVar("K")
Told = tuple[str, bytes | None]
"""A piece by its name; None: there is no such piece any more."""


class Part(Protocol):
    """What is kept in pieces."""

    def __len__(self) -> int: ...

    def tell(self, *, whole: bool) -> Iterator[Told]:
        """What changed since `confirm`; or all there is. Nothing may change while it is read."""
        ...

    def confirm(self) -> None:
        """What was told is kept now."""
        ...

    def resume(self, pieces: Mapping[str, bytes]) -> Self:
        """Hold what is kept in these."""
        ...


class Pieces(Generic[K]):
    """Packed values by key, in the order in which the keys came.

    key: the type of the keys, for msgspec. size: numbers to a piece.
    """

    def __init__(self, key: Any, size: int = SIZE) -> None:
        self._size = size
        self._decoder = msgspec.msgpack.Decoder(list[tuple[int, int, key, bytes]])
        self._held: OrderedDict[K, tuple[int, int, bytes]] = OrderedDict()
        """Order, number and value. A plain dictionary looks for its oldest behind all that have gone."""
        self._next = 0
        self._keys: dict[int, list[K]] = {}
        """Of each piece, with those that have gone."""
        self._left: dict[int, int] = {}
        self._masks: dict[int, int] = {}
        self._changed: set[int] = set()
        """Pieces to be told; further those of which the mask is, and those that are no more."""
        self._thinned: set[int] = set()
        self._dropped: set[int] = set()

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, key: K) -> bool:
        return key in self._held

    def __getitem__(self, key: K) -> bytes:
        return self._held[key][2]

    def __iter__(self) -> Iterator[K]:
        return iter(self._held)

    def values(self) -> Iterator[bytes]:
        """Oldest first."""
        return (value for _, _, value in self._held.values())

    def get(self, key: K) -> bytes | None:
        """Its value; None if there is none."""
        held = self._held.get(key)
        return None if held is None else held[2]

    def put(self, key: K, value: bytes) -> None:
        """Hold a new key behind all others, or another value in the place of a known one."""
        held = self._held.get(key)
        if held is None:
            self._place(key, self._next, value)
            return
        order, number, _ = held
        if number // self._size in self._changed:  # is to be told anyway
            self._held[key] = order, number, value
            return
        self._held[key] = order, NOWHERE, value
        self._leave(number)
        self._place(key, order, value)

    def pop(self, key: K) -> bytes | None:
        """Take it out; None if it was not there."""
        held = self._held.pop(key, None)
        if held is None:
            return None
        self._leave(held[1])
        return held[2]

    def oldest(self) -> K:
        """Raises StopIteration if nothing is held."""
        return next(iter(self._held))

    def tell(self, *, whole: bool) -> Iterator[Told]:
        """As Part.tell."""
        for piece in sorted(self._keys if whole else self._changed):
            yield str(piece), self._body(piece)
        if whole:
            return
        for piece in sorted(self._thinned - self._changed):
            yield f"{piece}{MASK}", self._masks[piece].to_bytes((self._size + 7) // 8, "little")
        for piece in sorted(self._dropped):
            yield str(piece), None
            yield f"{piece}{MASK}", None

    def confirm(self) -> None:
        """As Part.confirm."""
        self._changed.clear()
        self._thinned.clear()
        self._dropped.clear()

    def resume(self, pieces: Mapping[str, bytes]) -> Self:
        """As Part.resume. To be asked of a new one; what comes next begins a piece, lest a number recur."""
        found: list[tuple[int, int, K, bytes]] = []
        for name, body in pieces.items():
            if name.endswith(MASK):
                continue
            piece = int(name)
            mask = int.from_bytes(pieces.get(f"{name}{MASK}", b""), "little")
            there = [
                (order, piece * self._size + offset, key, value)
                for offset, order, key, value in self._decoder.decode(body)
                if not mask >> offset & 1
            ]
            found += there
            self._keys[piece] = [key for _, _, key, _ in there]
            self._left[piece] = len(there)
            self._masks[piece] = mask
        found.sort(key=itemgetter(0))
        self._held = OrderedDict((key, (order, number, value)) for order, number, key, value in found)
        self._next = (max(self._keys, default=-1) + 1) * self._size
        return self

    def _body(self, piece: int) -> bytes:
        first = piece * self._size
        return msgspec.msgpack.encode(
            [(number - first, order, key, value) for key, (order, number, value) in self._of(piece)]
        )

    def _of(self, piece: int) -> Iterator[tuple[K, tuple[int, int, bytes]]]:
        """What is left of a piece. A key may have gone from it and come back."""
        for key in dict.fromkeys(self._keys[piece]):
            held = self._held.get(key)
            if held is not None and held[1] // self._size == piece:
                yield key, held

    def _place(self, key: K, order: int, value: bytes) -> None:
        number = self._next
        self._next += 1
        piece = number // self._size
        begun = piece not in self._keys
        self._keys.setdefault(piece, []).append(key)
        self._left[piece] = self._left.get(piece, 0) + 1
        self._changed.add(piece)
        self._held[key] = order, number, value
        if begun:
            self._thin(piece - 1)

    def _leave(self, number: int) -> None:
        piece, offset = divmod(number, self._size)
        self._left[piece] -= 1
        self._masks[piece] = self._masks.get(piece, 0) | 1 << offset
        self._thinned.add(piece)
        self._thin(piece)

    def _thin(self, piece: int) -> None:
        """Give a piece up if little is left of it and it is not the newest."""
        if self._left.get(piece, self._size) > self._size // SURVIVORS or piece == self._next // self._size:
            return
        left = list(self._of(piece))
        del self._keys[piece], self._left[piece]
        self._masks.pop(piece, None)
        self._changed.discard(piece)
        self._thinned.discard(piece)
        self._dropped.add(piece)
        for key, (order, _, value) in left:
            self._place(key, order, value)
