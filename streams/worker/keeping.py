"""Keeps a pupil on the shelf: what changed of it since it was kept last.

What is told counts as kept only when the shelf has said so; else it is told again. If the shelf has something
else than what was kept last (it lost its tail, or somebody else kept), the pupil is kept anew as a whole.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from models import kept
from streams.ports.failures import LostError

if TYPE_CHECKING:
    from streams.ports.store import Kept, Shelf


class Pupil(Protocol):
    """What is kept: models.classroom.Classroom, models.faculty.Faculty."""

    def parts(self) -> kept.Parts: ...

    def value(self) -> bytes: ...


class Keeping:
    """One name on the shelf."""

    def __init__(self, shelf: Shelf, name: str) -> None:
        self._shelf = shelf
        self._name = name
        self._mark = ""
        """Of what the shelf has; none: the pupil is to be kept as a whole."""

    async def open(self) -> Kept | None:
        """What was kept last. Who opens the pupil that it is of says `goes_on`."""
        self._mark = ""
        return await self._shelf.get_pieces(self._name)

    def goes_on(self, found: Kept) -> None:
        """The pupil was opened from these pieces: what changes is kept beside them."""
        self._mark = found.mark if kept.value_from(found.value) is not None else ""

    async def keep(self, covers: int, pupil: Pupil) -> bool:
        """Whether it was kept: not if something is there that covers more. Nobody may teach it meanwhile."""
        try:
            mark = await self._put(covers, pupil)
        except LostError:
            self._mark = ""
            mark = await self._put(covers, pupil)
        if mark is None:
            return False
        self._mark = mark
        kept.confirm(pupil.parts())
        return True

    async def _put(self, covers: int, pupil: Pupil) -> str | None:
        parts = pupil.parts()
        value = pupil.value()
        await asyncio.sleep(0)
        told = kept.tell(parts, whole=not self._mark)
        return await self._shelf.put_pieces(self._name, covers, value, told, self._mark)
