"""What health and metrics look at: nothing is counted for them but what lanes note once a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.lane.condition import Condition


class View(Protocol):
    """A worker, as seen from outside."""

    @property
    def conditions(self) -> Mapping[int, Condition]:
        """Of each lane that is or was this worker's."""
        ...

    @property
    def ends(self) -> Mapping[int, tuple[int, ...]]:
        """Where the input topics of each lane end, as last seen."""
        ...

    @property
    def servers(self) -> Mapping[str, str]:
        """Why a server does not answer, by its name; empty: it does."""
        ...

    @property
    def joined(self) -> bool:
        """Whether the workers' group has told which lanes are this worker's."""
        ...


def lag(view: View, lane: int) -> int | None:
    """Offsets that a lane has yet to take; None when it is not known where its topics end.

    0 when all records are taken. Before that, what the log puts between records (the marks of transactions
    that were committed, the records of those that were not) counts with them: only who reads it can tell.
    """
    places, ends = view.conditions[lane].places, view.ends.get(lane)
    if not places or ends is None:
        return None
    return sum(max(0, end - place) for place, end in zip(places, ends, strict=True))


def held(view: View) -> list[int]:
    """The lanes that are this worker's now."""
    return sorted(lane for lane, condition in view.conditions.items() if condition.assigned)
