"""Packed rows of some cardholders, all in two texts: an object for each row would cost more than the row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from features.inbound.spans import Spans, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Ids of cardholders, and the packed row of each; as pairs to whoever goes through them."""

    names: Spans
    packed: Spans

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, bytes]]) -> Self:
        """A copy of (cardholder id, packed row)."""
        known = list(pairs)
        return cls(Spans.of([name.encode() for name, _ in known]), Spans.of([row for _, row in known]))

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        for name, row in zip(self.names, self.packed, strict=True):
            assert name is not None, "a row has an owner"
            assert row is not None, "an owner has a row"
            yield name.decode(), row

    def part(self, start: int, stop: int) -> Rows:
        """Some that follow one another."""
        return Rows(self.names.part(start, stop), self.packed.part(start, stop))

    def and_then(self, more: Rows) -> Rows:
        """These, and others behind them."""
        if not len(self):
            return more
        return Rows(joined((self.names, more.names)), joined((self.packed, more.packed)))


NO_ROWS: Final = Rows.of(())
