"""Copies a lane that stands still, from outside: nobody's lease is needed, and no owner is disturbed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from streams.checkpoint.form import Trailer, Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.checkpoint.depot import Depot, Kept
    from streams.ports.outbox import Cut


class Standing(NamedTuple):
    """A lane at one moment; the same twice: nothing was committed in between."""

    epoch: int
    token: bytes
    cut: Cut
    state: bytes
    moving: bool
    """Whether rows of the last batch are still on their way to the others."""


class View(Protocol):
    """Looks at the store."""

    def standing(self, lane: int) -> Standing | None:
        """None when nothing of the lane was committed."""
        ...

    def rows(self, lane: int) -> Iterator[list[tuple[str, bytes]]]: ...


def copy(depot: Depot, view: View, lane: int, standing: Standing) -> Kept | None:
    """Write a checkpoint of the lane as it stood; None when it did not stand still meanwhile.

    All up to its batch must have gone out. Raises OSError, UnreachableError.
    """
    if standing.moving:
        return None
    part = depot.begin(lane)
    try:
        writer = Writer(part.file)
        for page in view.rows(lane):
            writer.page(page)
            if view.standing(lane) != standing:
                break
        if view.standing(lane) != standing:
            depot.drop(part)
            return None
        writer.finish(Trailer(lane, standing.cut, standing.state))
        return depot.keep(part, lane, standing.cut)
    except BaseException:
        depot.drop(part)
        raise
