"""The case of a cardholder: its episode, its cuts and their fate. Kept for the few, as plain structs."""

from __future__ import annotations

from typing import Final

import msgspec

REQUESTED, APPLIED = "requested", "applied"
FINAL: Final = ("rejected", "failed", "reversed")


class Cut(msgspec.Struct, array_like=True):
    """A requested cut or block (contract 6.3, 6.7)."""

    id: str
    target: int
    episode_id: str
    base_limit: int
    rules: tuple[str, ...]
    """Those with target halve or worse when it was requested: clean again before it is undone (6.8)."""
    requested_day: int
    status: str = REQUESTED
    applied_day: int | None = None
    undone: bool = False

    @property
    def standing(self) -> bool:
        """Applied and not undone."""
        return self.status == APPLIED and not self.undone

    def cools(self, target: int, today: int, days: int) -> bool:
        """Whether it withholds a cut to `target` today (contract 6.4, cooldown)."""
        if self.target < target or self.status in FINAL:
            return False
        last = self.requested_day if self.applied_day is None else max(self.requested_day, self.applied_day)
        return today - last < days

    def take(self, result: str, day: int) -> bool:
        """Take a result; whether it changed anything (requested < applied < final, the first stays)."""
        if self.status in FINAL or (self.status == APPLIED and result == APPLIED):
            return False
        self.status = result
        if result == APPLIED:
            self.applied_day = day
        return True


class Episode(msgspec.Struct, array_like=True):
    """An open episode (contract 5)."""

    id: str
    severity: int
    base_limit: int
    """0 until a limit above 0 is known."""
    rules: dict[str, int]
    """The rules ever hit in it by id (rulebooks change), and the worst target each asked for."""
    alerts: int = 0
    worst_requested: int = 0
    """Rank of the worst target requested in it."""
    told: list[int] = msgspec.field(default_factory=list)
    """Targets whose withholding was told."""
    clean_since: int | None = None
    """Date of the first judgement since which all its rules are no_hit."""

    @property
    def alert_id(self) -> str:
        """The latest alert."""
        return f"{self.id}.a{self.alerts}"


class Case(msgspec.Struct, array_like=True):
    """What decisions remember of a cardholder."""

    episodes: int = 0
    actions: int = 0
    episode: Episode | None = None
    cuts: list[Cut] = msgspec.field(default_factory=list)
    """In the order requested; those that can matter no more leave."""
    raised_on: int | None = None
    clean_cycles: int = 0
    closed_seen: int = 0
    """Cycles closed up to the last judgement: which of them are new."""

    @property
    def standing(self) -> list[Cut]:
        """Standing applied cuts, oldest first."""
        return [cut for cut in self.cuts if cut.standing]

    @property
    def marks(self) -> tuple[int, bool, bool]:
        """Floor, alone, watched: what the passes over many rows must know of it.

        floor: ratios are taken to no less than this limit (contract 3.3). alone: whether a judgement may move
        the floor without lowering the limit itself. watched: whether a judgement without a hit matters, too.
        """
        standing, episode = self.standing, self.episode
        floor = 0 if episode is None else episode.base_limit
        alone = episode is not None and floor == 0
        if not standing:
            return floor, alone, episode is not None
        return max(floor, *(cut.base_limit for cut in standing)), True, True

    def forget(self, today: int, cooldown: int) -> None:
        """Drop the cuts that can change nothing any more."""
        self.cuts = [
            cut
            for cut in self.cuts
            if not (cut.status in FINAL or (cut.undone and not cut.cools(0, today, cooldown)))
        ]


class Fuse(msgspec.Struct, array_like=True):
    """The breaker of a lane (contract 6.6)."""

    requests: list[tuple[int, int]] = msgspec.field(default_factory=list)
    """(instant in microseconds, limit) of each cut counted."""
    blown: bool = False

    def reset(self) -> None:
        """A person closed it again."""
        self.requests.clear()
        self.blown = False
