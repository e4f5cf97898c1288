"""How many cardholders the lanes of a worker may keep in memory, all together."""

from __future__ import annotations


class Room:
    """Shared by lanes: each may have an equal share, and beyond it what the others leave free.

    A lane keeps to what is free now with each batch. So where one comes or grows into its share, the others
    give way with their next batches; until then all are over the bound together, by less than that share.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._rows: dict[int, int] = {}

    def note(self, lane: int, rows: int) -> None:
        """So many a lane has now."""
        self._rows[lane] = rows

    def leave(self, lane: int) -> None:
        """It has ended; what it leaves for a later run of it is not counted until then."""
        self._rows.pop(lane, None)

    def most_for(self, lane: int) -> int:
        """How many a lane may keep."""
        others = [rows for other, rows in self._rows.items() if other != lane]
        return max(1, self._most // (len(others) + 1), self._most - sum(others))
