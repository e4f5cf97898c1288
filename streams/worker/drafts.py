"""What a school enters into the registry: models with figures on the same labels, and their cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from features.catalogue import MODEL_NAMES
from models.cards import card
from models.families import LOGISTIC, family_of, scorer_of
from models.figures import Figures, figures_of, rival_of
from models.monitoring.stability import SCORE, indices
from models.panel import columns_of
from models.register import Registered
from models.registry import Change, Entry
from models.targets import BY_ID, DEFAULT

if TYPE_CHECKING:
    from models.classroom import Classroom
    from models.faculty import Faculty
    from models.families import AnySnapshot

BY: Final = "postloan"
_DEFAULT_LABELS: Final = "60 or more days past due inside 180 days, or charged off"


class Drafts:
    """Makes entries of snapshots.

    source: the topic whose lessons taught them, and up to which offset. champion: the default's, if one was
    promoted; if not, the classroom's own model acts.
    """

    def __init__(
        self, classroom: Classroom, faculty: Faculty, source: str, champion: Entry | None = None
    ) -> None:
        self._champion = champion
        self._classroom = classroom
        self._faculty = faculty
        self._source = source

    def of(self, snapshot: AnySnapshot) -> Registered:
        """A draft with its figures and its card."""
        target = getattr(snapshot, "target", DEFAULT)
        pupil = self._faculty.pupils[target]
        labels, drift = f"{self._source} {target}", self._drift(snapshot)
        if target != DEFAULT:
            figures = figures_of(pupil.progressive.pairs(), labels, drift.get(SCORE))
        else:
            figures = self._duel(snapshot, labels, drift.get(SCORE))
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

    def _duel(self, snapshot: AnySnapshot, labels: str, psi: float | None) -> Figures | None:
        """Of the default's challenger beside the champion; of the classroom's model as far as that acted."""
        duel = self._faculty.duel
        held = [(acted, label) for acted, _, label in duel]
        if family_of(snapshot) == LOGISTIC:
            return figures_of(held, labels, psi) if self._champion is None else None
        acting = self._classroom.learner.model_id if self._champion is None else self._champion.name
        own = [(expected, label) for _, expected, label in duel]
        return figures_of(own, labels, psi, rival_of(acting, held))

    def _drift(self, snapshot: AnySnapshot) -> dict[str, float]:
        columns = columns_of(snapshot, MODEL_NAMES)
        taught, seen = (rows[:, columns] for rows in self._classroom.populations())
        return indices(snapshot.feature_names, taught, seen, scorer_of(snapshot).pd)

    def _taught(self, snapshot: AnySnapshot) -> tuple[int, int]:
        bads = getattr(snapshot, "bads", None)
        return snapshot.lessons, int(self._classroom.bads if bads is None else bads)


def _values(snapshot: Any) -> dict[str, float]:
    """Information values, of a family that has them."""
    found = getattr(snapshot, "iv", None)
    return {} if found is None else dict(zip(snapshot.feature_names, found.array().tolist(), strict=True))
