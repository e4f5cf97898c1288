"""The life of a model: draft → shadow → challenger → champion → retired, and what each step asks for.

A target has at most one champion. Who takes its place must show, on the very same labels, that it ranks and
fits
no worse and that its population has not moved; and a named person must approve. The figures stay with the
entry.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

import msgspec

from models.figures import Figures, Rival
from models.monitoring.psi import UNSTABLE

Stage = Literal["draft", "shadow", "challenger", "champion", "retired"]
STAGES: Final[tuple[Stage, ...]] = ("draft", "shadow", "challenger", "champion", "retired")

SLACK: Final = 0.005
"""AUC and KS that a new champion may fall short of the old one: below the noise of a few thousand labels."""
ECE_AT_MOST: Final = 0.03
LEAST_BADS: Final = 50
"""Fewer bads than these measure nothing."""


class Change(msgspec.Struct, frozen=True):
    """One step of a life. at_us: microseconds since 1970 (UTC)."""

    stage: Stage
    by: str
    at_us: int
    because: str


class Entry(msgspec.Struct, frozen=True):
    """A snapshot in the registry. version: lessons learned. file: its name beside the registry."""

    model_id: str
    version: int
    family: str
    target: str
    file: str
    figures: Figures | None
    history: tuple[Change, ...]

    @property
    def stage(self) -> Stage:
        return self.history[-1].stage

    @property
    def name(self) -> str:
        """model_id@version: as people call it."""
        return f"{self.model_id}@{self.version}"


class Registry(msgspec.Struct, frozen=True):
    """All entries, oldest first."""

    entries: tuple[Entry, ...] = ()
    format: int = 1

    def find(self, name: str) -> Entry:
        """By model_id@version, or by model_id: its newest version. LookupError if there is none."""
        for entry in sorted(self.entries, key=lambda one: -one.version):
            if name in (entry.name, entry.model_id):
                return entry
        known = ", ".join(entry.name for entry in self.entries) or "nothing is registered"
        raise LookupError(f"there is no model {name!r}; known: {known}")

    def champion(self, target: str) -> Entry | None:
        """The champion of a target."""
        return next((one for one in self.entries if one.target == target and one.stage == "champion"), None)

    def live(self) -> Iterator[Entry]:
        """Those that score what lanes observe: in shadow, challengers, and the champion of each target."""
        return (one for one in self.entries if one.stage not in ("draft", "retired"))

    def add(self, entry: Entry) -> "Registry":
        """With a new draft. ValueError if its name is taken."""
        if any(one.name == entry.name for one in self.entries):
            raise ValueError(f"{entry.name} is registered already")
        if entry.stage != "draft":
            raise ValueError("a model enters as a draft")
        return msgspec.structs.replace(self, entries=(*self.entries, entry))

    def promote(self, name: str, by: str, at_us: int, because: str = "") -> "Registry":
        """One stage on. PromotionRefusedError says everything that is lacking.

        The champion that is replaced is retired.
        """
        entry = self.find(name)
        place = STAGES.index(entry.stage)
        if entry.stage in ("champion", "retired"):
            raise PromotionRefusedError(f"{entry.name} is {entry.stage}: there is nothing above it")
        lacking = list(self.lacking(entry, by))
        if lacking:
            raise PromotionRefusedError("\n".join(f"{entry.name}: {why}" for why in lacking))
        stage = STAGES[place + 1]
        former = self.champion(entry.target) if stage == "champion" else None
        changes = {entry.name: Change(stage, by, at_us, because)}
        if former is not None:
            changes[former.name] = Change("retired", by, at_us, f"replaced by {entry.name}")
        return self._with(changes)

    def retire(self, name: str, by: str, at_us: int, because: str) -> "Registry":
        """Out of use, from any stage. PromotionRefusedError without a person and a reason."""
        entry = self.find(name)
        if entry.stage == "retired":
            raise PromotionRefusedError(f"{entry.name} is retired already")
        if not by.strip() or not because.strip():
            raise PromotionRefusedError(f"{entry.name}: retiring takes a named person and a reason")
        return self._with({entry.name: Change("retired", by, at_us, because)})

    def lacking(self, entry: Entry, by: str) -> Iterator[str]:
        """What stands between an entry and its next stage."""
        if not by.strip():
            yield "a named person must approve"
        if entry.stage == "draft":
            return
        if entry.figures is None:
            yield "it has no figures"
            return
        yield from _own(entry.figures)
        if entry.stage == "challenger":
            yield from against(entry, self.champion(entry.target))

    def _with(self, changes: Mapping[str, Change]) -> "Registry":
        """With changes by name."""
        moved = (
            msgspec.structs.replace(one, history=(*one.history, changes[one.name]))
            if one.name in changes
            else one
            for one in self.entries
        )
        return msgspec.structs.replace(self, entries=tuple(moved))


class PromotionRefusedError(ValueError):
    """A step that is not allowed; one reason a line."""


def _own(figures: Figures) -> Iterator[str]:
    if figures.bads < LEAST_BADS:
        yield f"its figures rest on {figures.bads} bads; {LEAST_BADS} are needed"
    if figures.ece > ECE_AT_MOST:
        yield f"its calibration error {figures.ece:.3f} is above {ECE_AT_MOST}"
    if figures.psi is not None and figures.psi >= UNSTABLE:
        yield f"its score is unstable: PSI {figures.psi:.2f}"


def against(entry: Entry, champion: Entry | None) -> Iterator[str]:
    """In what an entry falls short of the champion of its target.

    Without a registered one it is held against what acted while it looked on, if anything did.
    """
    own = entry.figures
    rival = None if own is None else own.rival
    if champion is not None and (rival is None or rival.name != champion.name):
        other = champion.figures
        if own is None or other is None:
            yield f"there are no figures to hold against {champion.name}"
            return
        if own.labels != other.labels:
            yield f"its figures rest on {own.labels}, those of {champion.name} on {other.labels}"
            return
        rival = Rival(champion.name, other.auc, other.ks, other.ece, other.brier)
    if own is None or rival is None:
        return
    if own.psi is None:
        yield "the stability of its score was not measured"
    for figure in ("auc", "ks"):
        mine, theirs = getattr(own, figure), getattr(rival, figure)
        if mine < theirs - SLACK:
            yield f"its {figure.upper()} {mine:.4f} is below that of {rival.name}, {theirs:.4f}"


_RIVALS: Final = ("auc", "ks", "ece", "brier")


def compared(first: Entry, second: Entry) -> list[tuple[str, list[float | None]]]:
    """Figures side by side: (figure, [of the first, of the second]). ValueError if the labels differ.

    Where one was measured beside the other those figures are shown.
    """
    one, two = first.figures, second.figures
    if one is not None and one.rival is not None and one.rival.name == second.name:
        return _beside(one, one.rival, swapped=False)
    if two is not None and two.rival is not None and two.rival.name == first.name:
        return _beside(two, two.rival, swapped=True)
    sets = {found.labels for found in (one, two) if found is not None}
    if len(sets) > 1:
        raise ValueError(f"their figures rest on different labels: {', '.join(sorted(sets))}")
    return [
        (name, [None if found is None else getattr(found, name) for found in (one, two)])
        for name in (*_RIVALS, "psi", "count", "bads")
    ]


def _beside(own: Figures, rival: Rival, *, swapped: bool) -> list[tuple[str, list[float | None]]]:
    pairs: list[tuple[str, list[float | None]]] = [
        (name, [getattr(own, name), getattr(rival, name)]) for name in _RIVALS
    ]
    pairs += [("psi", [own.psi, None]), ("count", [own.count] * 2), ("bads", [own.bads] * 2)]
    return [(name, values[::-1] if swapped else values) for name, values in pairs]
