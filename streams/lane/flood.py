"""Stops a lane whose feed is broken, before it drains into the dead letters.

The clock is the worker's: what is broken has no time of its own. The gate decides when a batch is taken, and
never what is in it, so nothing that comes out depends on it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from streams.lane.condition import HALTED, Condition
from streams.ports.failures import HaltedError

if TYPE_CHECKING:
    from streams.lane.patience import Patience
    from streams.lane.tuning import Tell, Tuning
    from streams.ports.store import Shelf

MINUTE: Final = 60.0
_FLOOD: Final = "flood"
_offsets: Final = msgspec.json.Decoder(tuple[int, ...])


def accepted_name(lane: int) -> str:
    """Where the store keeps an operator's word on a lane: up to which offsets dead letters are accepted."""
    return f"accepted-{lane}"


async def accept(shelf: Shelf, lane: int, ends: Sequence[int]) -> bool:
    """Let a lane dead-letter whatever it must before these offsets; False if more was accepted before."""
    return await shelf.put(accepted_name(lane), sum(ends), msgspec.json.encode(tuple(ends)))


class LastMinute:
    """Records and dead letters of the last minute, and how many of these came too late."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._batches: deque[tuple[float, int, int, int]] = deque()
        self.clear()

    def note(self, records: int, dead: int, late: int = 0) -> None:
        """Count a batch."""
        now = self._clock()
        self._batches.append((now, records, dead, late))
        self._add(records, dead, late)
        while self._batches[0][0] < now - MINUTE:
            _, *gone = self._batches.popleft()
            self._add(*(-count for count in gone))

    def _add(self, records: int, dead: int, late: int) -> None:
        self.records += records
        self.dead += dead
        self.late += late

    def clear(self) -> None:
        self._batches.clear()
        self.records = self.dead = self.late = 0


class FloodGate:
    """Of one lane."""

    def __init__(
        self,
        shelf: Shelf,
        tuning: Tuning,
        condition: Condition,
        tell: Tell,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shelf = shelf
        self._tuning = tuning
        self._condition = condition
        self._tell = tell
        self._minute = LastMinute(clock)
        self._accepted: tuple[int, ...] = ()

    def over(self, begins: Sequence[int], records: int, dead: int, late: int = 0) -> bool:
        """Note a batch; whether it must not be taken yet. `begins`: the offsets it begins at.

        `late`: how many of the dead letters are `too_late`.
        """
        if self._is_accepted(begins):
            return False
        minute = self._minute
        minute.note(records, dead, late)
        return (
            minute.dead >= self._tuning.flood_least
            and minute.dead > self._tuning.flood_share * minute.records
        )

    def _is_accepted(self, begins: Sequence[int]) -> bool:
        return any(map(int.__lt__, begins, self._accepted))

    async def opened(self, begins: Sequence[int], patience: Patience, *, to_end: bool) -> bool:
        """Wait for the operator's word on the batch; False when the lane is to stop meanwhile.

        With `to_end` nobody is there to give it: raises HaltedError.
        """
        lane, minute = self._condition.lane, self._minute
        why = _why(lane, minute)
        told = False
        while True:
            kept = await patience.patiently(lambda: self._shelf.get(accepted_name(lane)))
            if kept is not None:
                self._accepted = _offsets.decode(kept[1])
            if self._is_accepted(begins):
                break
            if not told:
                told = True
                self._condition.hinder(_FLOOD, HALTED, why)
                self._tell(
                    "lane_halted",
                    lane=lane,
                    why=why,
                    dead=minute.dead,
                    late=minute.late,
                    records=minute.records,
                )
            if to_end:
                raise HaltedError(f"lane {lane} has halted: {why}")
            if await patience.pause(self._tuning.poll):
                return False
        minute.clear()
        if told:
            self._condition.clear(_FLOOD)
            self._tell("lane_goes_on", lane=lane, accepted=list(self._accepted))
        return True


def _why(lane: int, minute: LastMinute) -> str:
    flood = f"{minute.dead:,} of the last minute's {minute.records:,} records are dead letters"
    mend = "mend the feed"
    if 2 * minute.late > minute.dead:
        flood += f", {minute.late:,} of them too_late (behind the lane's time)"
        mend = (
            "if a history is being loaded, stop the workers until all of it is in the log, for a backlog is "
            "merged by time; else look for a record dated far ahead, or a feed that is far behind"
        )
    return f"{flood}; {mend}, or let them pass: postloan lanes resume {lane}"
