"""Models of other targets, taught side by side from the same observations. None of them decides anything."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from features.catalogue import MODEL_NAMES
from models import kept
from models.band import worst_band
from models.families.card import CardLearner
from models.families.compiled import CardScorer
from models.families.snapshot import CardSnapshot
from models.gradebook import Gradebook, GradebookState
from models.histories import Histories, Settled
from models.lessons import Correction, Key, Label, Observation, Outcome
from models.metrics import Progressive
from models.snapshot import MIN_LESSONS, SnapshotRefusedError
from models.tally import Tally, TallyState
from models.targets import DEFAULT, TARGETS, Target

FAMILY: Final = "scorecard"
TRACED: Final = 1_000
"""Latest lessons of each model that can be traced to their observations."""
DUEL: Final = 10_000
"""Latest labels that champion and challenger are compared on."""
PUBLISHED_EVERY: Final = 500
"""Lessons between two snapshots of one model."""


class Trace(msgspec.Struct, frozen=True):
    """A lesson: which observation taught which model what."""

    key: Key
    label: int
    pd: float | None


class _Place(msgspec.Struct, frozen=True):
    snapshot: msgspec.Raw
    measured: list[tuple[float, int]]
    traced: list[Trace]
    published: int


class _State(msgspec.Struct, frozen=True):
    feature_names: tuple[str, ...]
    histories: msgspec.Raw
    duel: list[tuple[float, float, int]]
    places: dict[str, _Place]
    tally: TallyState | None = None
    gradebook: GradebookState | None = None


class Pupil:
    """One model: a scorecard over its own features."""

    def __init__(self, name: str, columns: NDArray[np.int64], features: Sequence[str], weight: float) -> None:
        self.columns = columns
        self.learner = CardLearner(FAMILY, features, target=name, bad_weight=weight)
        self.progressive = Progressive()
        self.traced: deque[Trace] = deque(maxlen=TRACED)
        self.published = 0

    def expect(self, vector: NDArray[np.float64]) -> float | None:
        """The probability; None as long as it is not ready."""
        if self.learner.lessons < MIN_LESSONS:
            return None
        return self.learner.predict(vector[self.columns])

    def teach(self, key: Key, vector: NDArray[np.float64], label: int, pd: float | None) -> None:
        """One lesson; measured first, by what was expected before."""
        if pd is not None:
            self.progressive.add(pd, label)
        self.traced.append(Trace(key, label, pd))
        self.learner.learn(vector[self.columns], label)

    def correct(self, observation: Observation, was: int, now: int | None) -> None:
        """Put right a lesson that was learned with the label `was`; now None: it ought not to be learned."""
        if observation.model_pd is not None:
            self.progressive.correct(observation.model_pd, was, now)
        self.learner.correct(observation.vector()[self.columns], was, now)

    def snapshot(self, seen: NDArray[np.float64]) -> CardSnapshot:
        """The model now, with the band it draws over the latest observations and its figures."""
        bare = self.learner.snapshot(metrics=self.progressive.measured())
        pds = CardScorer(bare).pd(seen[:, self.columns])
        return msgspec.structs.replace(bare, worst_band_pd=worst_band(pds))


class Faculty:
    """A challenger of the default, and a model of each target; fed as models.classroom.Classroom is."""

    def __init__(self, targets: Sequence[Target] = TARGETS) -> None:
        self._targets = tuple(targets)
        self.histories = Histories(targets)
        self.gradebook = Gradebook()
        """Labels of the default that were given."""
        self.duel: deque[tuple[float, float, int]] = deque(maxlen=DUEL)
        """Of the default: what champion and challenger expected, and the label; both before it was known."""
        self.tally = Tally()
        """Of the other targets: what live models expected of what was settled."""
        every = np.arange(len(MODEL_NAMES), dtype=np.int64)
        self.pupils = {DEFAULT: Pupil(DEFAULT, every, MODEL_NAMES, 1.0)} | {
            target.id: Pupil(target.id, target.columns, target.features, target.bad_weight)
            for target in self._targets
        }

    def observe(self, observation: Observation) -> list[Settled]:
        """Take an observation; the labels that it gave to earlier ones, which are learned."""
        vector = observation.vector()
        if len(vector) != len(MODEL_NAMES):
            raise ValueError(f"observation {observation.key} has {len(vector)} features")
        expected = {DEFAULT: self.pupils[DEFAULT].expect(vector)} | {
            target.id: self.pupils[target.id].expect(vector)
            for target in self._targets
            if target.concerns(vector)
        }
        return self._teach(self.histories.observe(observation, expected))

    def mature(self, label: Label) -> list[Settled]:
        """Take a default label; the other labels that it settles, which are learned."""
        waiting = self.histories.waiting(label)
        if waiting is not None:
            self.gradebook.enter(waiting, label, 1.0)
        return self._teach(self.histories.mature(label))

    def correct(self, outcome: Outcome) -> list[Correction]:
        """Take an outcome; what it corrects of the default's labels. Those of other targets stay."""
        pupil = self.pupils[DEFAULT]
        changed = self.gradebook.correct(outcome)
        for before, after in changed:
            mark = after.observation
            was, now = before.taught, after.taught
            if was is None and now is not None:
                pupil.teach(mark.key, mark.vector(), now, mark.model_pd)
            elif was is not None:
                pupil.correct(mark, was, now)
                _correct_duel(self.duel, mark.model_pd, was, now)
        return list(self.gradebook.corrections)[len(self.gradebook.corrections) - len(changed) :]

    def _teach(self, settled: list[Settled]) -> list[Settled]:
        for one in settled:
            if one.target == DEFAULT and one.pd is not None and one.champion_pd is not None:
                self.duel.append((one.champion_pd, one.pd, one.label))
            if one.target != DEFAULT:
                self.tally.settle(one.target, one.scores, one.label)
            self.pupils[one.target].teach(one.key, one.vector(), one.label, one.pd)
        return settled

    def snapshots_due(self, seen: NDArray[np.float64]) -> list[CardSnapshot]:
        """Of each model that is ready and had PUBLISHED_EVERY lessons since its last one.

        seen: the latest observations, float64[n, k], over which the default's worst band is drawn.
        """
        due = []
        for pupil in self.pupils.values():
            lessons = pupil.learner.lessons
            if lessons >= MIN_LESSONS and lessons - pupil.published >= PUBLISHED_EVERY:
                pupil.published = lessons
                due.append(pupil.snapshot(seen))
        return due

    def parts(self) -> kept.Parts:
        """What is kept in pieces."""
        return {"histories": self.histories.held, "marks": self.gradebook.marks}

    def value(self) -> bytes:
        """What is kept beside the pieces."""
        return kept.value_of(self.to_json(whole=False), self.parts())

    @classmethod
    def from_kept(cls, raw: bytes, pieces: Mapping[str, bytes], targets: Sequence[Target] = TARGETS) -> Self:
        """The faculty of which this was kept, in pieces or whole; it goes on identically."""
        value = kept.value_from(raw)
        if value is None:
            return cls.from_json(raw, targets)
        faculty = cls.from_json(bytes(value.rest), targets)
        kept.resume(faculty.parts(), value, pieces)
        faculty.gradebook.sort_out()
        return faculty

    def to_json(self, *, whole: bool = True) -> bytes:
        """Everything it holds; or what is not in pieces."""
        places = {
            name: _Place(
                msgspec.Raw(pupil.learner.snapshot().to_json()),
                pupil.progressive.pairs(),
                list(pupil.traced),
                pupil.published,
            )
            for name, pupil in self.pupils.items()
        }
        histories = msgspec.Raw(self.histories.to_json(whole=whole))
        tally, grades = self.tally.to_state(), self.gradebook.to_state(whole=whole)
        return msgspec.json.encode(_State(MODEL_NAMES, histories, list(self.duel), places, tally, grades))

    @classmethod
    def from_json(cls, raw: bytes, targets: Sequence[Target] = TARGETS) -> Self:
        """The faculty that gave these bytes; it goes on identically. Refused for other features, targets."""
        faculty = cls(targets)
        try:
            state = msgspec.json.decode(raw, type=_State)
        except msgspec.MsgspecError as error:
            raise SnapshotRefusedError(f"not a faculty: {error}") from error
        if state.feature_names != MODEL_NAMES or state.places.keys() != faculty.pupils.keys():
            raise SnapshotRefusedError("the faculty was for other features or targets")
        faculty.histories = Histories.from_json(bytes(state.histories), targets)
        faculty.duel.extend(state.duel)
        if state.tally is not None:
            faculty.tally.resume(state.tally)
        if state.gradebook is not None:
            faculty.gradebook.resume(state.gradebook)
        for name, place in state.places.items():
            pupil = faculty.pupils[name]
            features = pupil.learner.feature_names
            pupil.learner = CardLearner.from_snapshot(CardSnapshot.from_json(bytes(place.snapshot), features))
            pupil.progressive.extend(place.measured)
            pupil.traced.extend(place.traced)
            pupil.published = place.published
        return faculty


def _correct_duel(
    duel: deque[tuple[float, float, int]], own: float | None, was: int, now: int | None
) -> None:
    """Put right the label of a pair in the duel, if it is still there."""
    for place, (held, expected, label) in enumerate(duel):
        if expected == own and label == was:
            del duel[place]
            if now is not None:
                duel.insert(place, (held, expected, now))
            return
