"""What a school enters into the registry: models with figures on the same labels, and their cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.cards import card
from models.families import family_of, scorer_of
from models.metrics import auc, brier, ece, ks
from models.monitoring.stability import SCORE, indices
from models.register import Registered
from models.registry import Change, Entry, Figures
from models.targets import BY_ID, DEFAULT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.classroom import Classroom
    from models.faculty import Faculty
    from models.families import AnySnapshot
    from models.registry import Registry

BY: Final = "postloan"
_DEFAULT_LABELS: Final = "60 or more days past due inside 180 days, or charged off"


def figures_of(pairs: Sequence[tuple[float, int]], labels: str, psi: float | None) -> Figures | None:
    """Of (probability, label) pairs; None while one class is missing."""
    pds, bad = np.array([pd for pd, _ in pairs]), np.array([bool(label) for _, label in pairs])
    ranks, distance = auc(pds, bad), ks(pds, bad)
    if ranks is None or distance is None:
        return None
    return Figures(
        labels=labels,
        count=len(pairs),
        bads=int(bad.sum()),
        auc=ranks,
        ks=distance,
        ece=ece(pds, bad) or 0.0,
        brier=brier(pds, bad) or 0.0,
        psi=psi,
    )


class Drafts:
    """Makes entries of snapshots. source: the topic whose lessons taught them, and up to which offset."""

    def __init__(self, classroom: Classroom, faculty: Faculty, source: str) -> None:
        self._classroom = classroom
        self._faculty = faculty
        self._source = source

    def of(self, snapshot: AnySnapshot) -> Registered:
        """A draft with its figures and its card."""
        target = getattr(snapshot, "target", DEFAULT)
        pupil = self._faculty.pupils[target]
        duel = list(self._faculty.duel)
        if target != DEFAULT:
            drift: dict[str, float] = {}
            pairs, psi = pupil.progressive.pairs(), None
        else:
            drift = self._drift(snapshot)
            psi = drift.get(SCORE)
            champions = family_of(snapshot) == "logistic"
            pairs = [(held if champions else own, label) for held, own, label in duel]
        figures = figures_of(pairs, f"{self._source} {target}", psi)
        entry = Entry(
            model_id=snapshot.model_id,
            version=snapshot.version,
            family=family_of(snapshot),
            target=target,
            file="",
            figures=figures,
            history=(Change("draft", BY, self._classroom.standing().at_us, ""),),
        )
        rows, bads = self._taught(snapshot)
        made = card(
            entry,
            rows=rows,
            bads=bads,
            source=self._source,
            labels=BY_ID[target].happens if target in BY_ID else _DEFAULT_LABELS,
            iv=_values(snapshot),
            drift=drift,
        )
        return Registered(entry, made)

    def again(self, registry: Registry) -> tuple[str, Figures] | None:
        """The champion of the default on the labels of now, so that others can be held against it."""
        champion = registry.champion(DEFAULT)
        if champion is None:
            return None
        pairs = [(held, label) for held, _, label in self._faculty.duel]
        psi = self._classroom.monitor.indices.get(SCORE)
        figures = figures_of(pairs, f"{self._source} {DEFAULT}", psi)
        return None if figures is None else (champion.name, figures)

    def _drift(self, snapshot: AnySnapshot) -> dict[str, float]:
        taught, seen = self._classroom.populations()
        return indices(tuple(snapshot.feature_names), taught, seen, scorer_of(snapshot).pd)

    def _taught(self, snapshot: AnySnapshot) -> tuple[int, int]:
        bads = getattr(snapshot, "bads", None)
        return snapshot.lessons, int(self._classroom.bads if bads is None else bads)


def _values(snapshot: Any) -> dict[str, float]:
    """Information values, of a family that has them."""
    found = getattr(snapshot, "iv", None)
    return {} if found is None else dict(zip(snapshot.feature_names, found.array().tolist(), strict=True))
