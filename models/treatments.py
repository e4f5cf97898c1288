"""What the bank did to a cardholder changes what becomes of them; by whom it is told what would have been.

Automatic halvings are withheld from a control group that is drawn by chance (contract 6.4). Of those for
whom one was wanted while an observation's window ran, or up to a window before it, the spared tell what
happens without one: each counts for all of them, as 1 / the share that was spared (inverse propensity;
Horvitz and Thompson, JASA 47, 1952), and the halved are not learned. The share is that of the lessons so
far. As long as few were spared, everybody counts once.

Cuts to a tenth and blocks wait for a person or come after 31 days past due: nobody is spared those by
chance, and who got one is learned as they are.
"""

from __future__ import annotations

from typing import Final

import msgspec

from features.calendar import DAY_US
from models.lessons import Lesson, Treatment
from models.maturity import OUTCOME_WINDOW_DAYS
from models.pieces import Pieces

LEAST_SPARED: Final = 30
"""Lessons of spared cardholders before which the share is not trusted."""
MOST: Final = 50.0
"""What one lesson counts at most: the weight of a control group of 2 %."""
_WINDOW_US: Final = OUTCOME_WINDOW_DAYS * DAY_US


class TreatmentsState(msgspec.Struct, frozen=True):
    """Everything that Treatments hold."""

    latest: dict[str, list[Treatment]]
    halved: int
    spared: int


class Treatments:
    """limit: cardholders remembered; the one treated longest ago gives way."""

    def __init__(self, limit: int = 200_000) -> None:
        self._limit = limit
        self.latest: Pieces[str] = Pieces(str)
        """By cardholder."""
        self.halved = self.spared = 0
        """Lessons of either kind so far."""

    def take(self, treatment: Treatment) -> None:
        """Remember one; a redelivered one changes nothing."""
        holder = treatment.cardholder_id
        known = _unpacked(self.latest.pop(holder))
        first = treatment.at_us - 2 * _WINDOW_US
        near = [one for one in known if one.at_us > first and one != treatment]
        self.latest.put(holder, msgspec.msgpack.encode([*near, treatment]))
        if len(self.latest) > self._limit:
            self.latest.pop(self.latest.oldest())

    def weight(self, lesson: Lesson) -> float:
        """As how many cardholders a lesson counts; 0: it is not learned. To be asked once for each."""
        observed = lesson.observation.occurred_at_us
        near = [
            one.what
            for one in _unpacked(self.latest.get(lesson.observation.cardholder_id))
            if abs(one.at_us - observed) < _WINDOW_US and one.at_us <= lesson.label.matured_us
        ]
        if not near:
            return 1.0
        halved = "halved" in near
        if halved:
            self.halved += 1
        else:
            self.spared += 1
        if self.spared < LEAST_SPARED:
            return 1.0
        return 0.0 if halved else min(MOST, (self.halved + self.spared) / self.spared)

    def to_state(self, *, whole: bool = True) -> TreatmentsState:
        """For `resume`; or what is not in pieces."""
        held = self.latest if whole else ()
        latest = {holder: _unpacked(self.latest[holder]) for holder in held}
        return TreatmentsState(latest, self.halved, self.spared)

    def resume(self, state: TreatmentsState) -> None:
        """Go on from `to_state`."""
        self.latest = Pieces(str)
        for holder, latest in state.latest.items():
            self.latest.put(holder, msgspec.msgpack.encode(latest))
        self.halved, self.spared = state.halved, state.spared


def _unpacked(packed: bytes | None) -> list[Treatment]:
    return [] if packed is None else msgspec.msgpack.decode(packed, type=list[Treatment])
