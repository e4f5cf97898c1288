"""Where a model is taught: joins labels to observations, learns, measures, and hands out snapshots."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType
from numpy.typing import NDArray

from models import kept
from models.band import RecentRows, worst_band
from models.joiner import Joiner
from models.lessons import Correction, Label, Lesson, Observation, Outcome, Treatment
from models.logistic import LogisticLearner
from models.metrics import Progressive
from models.monitoring.monitor import Monitor, MonitorState, State
from models.monitoring.population import SEEN_ROWS, Population, PopulationState, is_ripe, share_of
from models.score import Scorer
from models.snapshot import MIN_LESSONS, MODEL_ID, Snapshot, SnapshotRefusedError
from models.tally import Tally, TallyState
from models.targets import DEFAULT
from models.treatments import Treatments, TreatmentsState

BAND_ROWS = 5_000
"""The band is drawn over the latest observations: this many."""


class Change(msgspec.Struct, frozen=True):
    """The monitor's state changed. at_us: time of the observation or label by which."""

    state: State
    because: tuple[str, ...]
    figures: dict[str, float | None]
    at_us: int


class _State(msgspec.Struct, frozen=True):
    joiner: msgspec.Raw
    learner: msgspec.Raw
    measured: list[tuple[float, int]]
    window: int | None
    recent: bytes
    band_rows: int
    published: int
    monitor: MonitorState | None = None
    told: State = "stable"
    bads: int = 0
    treatments: TreatmentsState | None = None
    population: PopulationState | None = None
    ripe: bytes = b""
    tally: TallyState | None = None


class Classroom:
    """Takes observations and labels in any order; the same deliveries in the same order teach the same.

    feature_names: the k names of the observations' features, in order.
    waiting_limit: observations held until their labels mature (models.joiner).
    band_rows: latest observations over which the worst band is drawn.
    metric_window: latest predictions that the metrics are measured over; None: all.
    """

    def __init__(
        self,
        feature_names: Sequence[str],
        *,
        model_id: str = MODEL_ID,
        waiting_limit: int = 200_000,
        band_rows: int = BAND_ROWS,
        metric_window: int | None = 10_000,
    ) -> None:
        self.learner = LogisticLearner(feature_names, model_id)
        self.joiner = Joiner(waiting_limit)
        self.progressive = Progressive(metric_window)
        self._band_rows = band_rows
        self._recent = RecentRows(band_rows, len(self.learner.feature_names))
        self._published = 0
        self.monitor = Monitor(self.learner.feature_names)
        self._population = Population(len(self.learner.feature_names))
        self._ripe = RecentRows(band_rows, 1)
        """Of each of the recent rows whether its history was full."""
        self._told: State = "stable"
        self._now_us = 0
        self.treatments = Treatments()
        self.tally = Tally()
        """What live models expected of each observation, and its default label."""
        self.bads = 0
        """Of the labels learned."""

    @property
    def lessons(self) -> int:
        """Matured labels learned."""
        return self.learner.lessons

    def observe(self, observation: Observation) -> Lesson | None:
        """Take an observation; the lesson it gave if its label was there first.

        If no champion scored it, and the learner is ready, the learner's own prediction of now is kept with
        it: metrics use only predictions made when the observation was, so none can know a later label.
        """
        vector = observation.vector()
        k = len(self.learner.feature_names)
        if len(vector) != k:
            raise ValueError(f"observation {observation.key} has {len(vector)} features, not {k}")
        if self.joiner.holds(observation.key):
            return None
        self._recent.add(vector)
        self._ripe.add(float(is_ripe(observation)))
        self._population.see(observation, vector)
        observation = self.expected(observation)
        self.tally.observe(observation.scores)
        self._now_us = max(self._now_us, observation.occurred_at_us)
        if self.monitor.seen() and self.lessons >= MIN_LESSONS:
            self.monitor.judge(*self.populations(), Scorer(self.learner.snapshot()).pd)
        return self._teach(self.joiner.take(observation))

    def expected(self, observation: Observation) -> Observation:
        """The observation with what the learner expects now, if it is ready and no champion has told."""
        if observation.model_pd is not None or self.lessons < MIN_LESSONS:
            return observation
        return msgspec.structs.replace(observation, model_pd=self.learner.predict(observation.vector()))

    def treat(self, treatment: Treatment) -> None:
        """Take what was done to a cardholder, or by chance was not."""
        self.treatments.take(treatment)

    def mature(self, label: Label) -> Lesson | None:
        """Take a label; the lesson it gave, if any."""
        self._now_us = max(self._now_us, label.matured_us)
        return self._teach(self.joiner.mature(label))

    def correct(self, outcome: Outcome) -> list[Correction]:
        """Take an outcome; what it corrects of the labels given. What still waits is labelled by the lane.

        The loss that was watched is not taken back: an alarm is about what was known then.
        """
        self._now_us = max(self._now_us, outcome.at_us)
        changed = self.joiner.gradebook.correct(outcome)
        for before, after in changed:
            lesson = Lesson(after.observation, after.label)
            was, pd = before.taught, before.observation.model_pd
            now = None if after.label.label == "set_aside" else lesson.target
            if was is None:
                if before.label.label == "set_aside":
                    self._teach(lesson)
                continue  # not learned for what was done to the cardholder
            if pd is not None:
                self.progressive.correct(pd, was, now)
            self.tally.correct(DEFAULT, self._live(before.observation), was, now)
            self.bads += (now or 0) - was
            self.learner.correct(after.observation.vector(), was, now, before.weight)
        return list(self.joiner.gradebook.corrections)[
            len(self.joiner.gradebook.corrections) - len(changed) :
        ]

    def attend(self, given: Iterable[Observation | Treatment | Label | Outcome]) -> None:
        """Take all that a lane gave out to learning, in its order."""
        for one in given:
            if isinstance(one, Observation):
                self.observe(one)
            elif isinstance(one, Treatment):
                self.treat(one)
            elif isinstance(one, Label):
                self.mature(one)
            else:
                self.correct(one)

    def populations(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Rows it was made on and of those seen latest, all with full histories, float64[n, k] each."""
        seen, ripe = self._recent.rows()[-SEEN_ROWS:], self._ripe.rows()[-SEEN_ROWS:, 0] == 1.0
        return self._population.reference(), seen[ripe]

    def recent(self) -> NDArray[np.float64]:
        """The rows seen latest, float64[n, k]."""
        return self._recent.rows()

    def change(self) -> Change | None:
        """The monitor's state, if it is another than when last asked. To be asked after each delivery."""
        if self.monitor.state == self._told:
            return None
        self._told = self.monitor.state
        return self.standing()

    def standing(self) -> Change:
        """What the monitor says now."""
        monitor = self.monitor
        return Change(monitor.state, monitor.because, self.progressive.measured(), self._now_us)

    def snapshot_if_due(self, every: int = 50) -> Snapshot | None:
        """A snapshot if `every` lessons were learned since the last one that was due."""
        if self.lessons - self._published < every:
            return None
        self._published = self.lessons
        return self.snapshot()

    def snapshot(self) -> Snapshot:
        """The model now, with the band it draws over the latest observations and its metrics."""
        bare = self.learner.snapshot()
        return msgspec.structs.replace(
            bare,
            worst_band_pd=worst_band(Scorer(bare).pd(self._recent.rows())),
            metrics=self.progressive.measured(),
        )

    def parts(self) -> kept.Parts:
        """What is kept in pieces."""
        return {
            "waiting": self.joiner.waiting,
            "early": self.joiner.early,
            "settled": self.joiner.settled,
            "marks": self.joiner.gradebook.marks,
            "treatments": self.treatments.latest,
            "recent": self._recent,
            "ripe": self._ripe,
            "taught": self._population.taught,
        }

    def value(self) -> bytes:
        """What is kept beside the pieces."""
        return kept.value_of(self.to_json(whole=False), self.parts())

    @classmethod
    def from_kept(cls, raw: bytes, pieces: Mapping[str, bytes], feature_names: Sequence[str]) -> Self:
        """The classroom of which this was kept, in pieces or whole; it goes on identically."""
        value = kept.value_from(raw)
        if value is None:
            return cls.from_json(raw, feature_names)
        classroom = cls.from_json(bytes(value.rest), feature_names)
        kept.resume(classroom.parts(), value, pieces)
        classroom.joiner.gradebook.sort_out()
        return classroom

    def to_json(self, *, whole: bool = True) -> bytes:
        """Everything the classroom holds; or what is not in pieces."""
        rows = self._recent.rows().astype("<f8").tobytes() if whole else b""
        state = _State(
            msgspec.Raw(self.joiner.to_json(whole=whole)),
            msgspec.Raw(self.learner.snapshot().to_json()),
            self.progressive.pairs(),
            self.progressive.window,
            rows,
            self._band_rows,
            self._published,
            self.monitor.to_state(),
            self._told,
            self.bads,
            self.treatments.to_state(whole=whole),
            self._population.to_state(whole=whole),
            self._ripe.rows().astype(np.bool_).tobytes() if whole else b"",
            self.tally.to_state(),
        )
        return msgspec.json.encode(state)

    @classmethod
    def from_json(cls, raw: bytes, feature_names: Sequence[str]) -> Self:
        """The classroom that gave these bytes; it goes on identically. Refused for other features."""
        try:
            state = msgspec.json.decode(raw, type=_State)
        except msgspec.MsgspecError as error:
            raise SnapshotRefusedError(f"not a classroom: {error}") from error
        learned = Snapshot.from_json(bytes(state.learner), feature_names)
        classroom = cls(feature_names, band_rows=state.band_rows, metric_window=state.window)
        classroom.learner = LogisticLearner.from_snapshot(learned)
        classroom.joiner = Joiner.from_json(bytes(state.joiner))
        classroom.progressive.extend(state.measured)
        recent = np.frombuffer(state.recent, "<f8").reshape(-1, len(learned.feature_names))
        ripe = np.frombuffer(state.ripe, np.bool_) if state.ripe else np.ones(len(recent), np.bool_)
        for row, full in zip(recent, ripe.astype(np.float64), strict=True):
            classroom._recent.add(row)
            classroom._ripe.add(full)
        if state.population is not None:
            classroom._population.resume(state.population)
        if state.monitor is not None:
            classroom.monitor.resume(state.monitor)
        classroom._told, classroom.bads = state.told, state.bads
        if state.treatments is not None:
            classroom.treatments.resume(state.treatments)
        if state.tally is not None:
            classroom.tally.resume(state.tally)
        classroom._published = state.published
        return classroom

    def _live(self, observation: Observation) -> dict[str, float] | UnsetType:
        """What live models expected; where its own acted that too, by its id alone: its versions are one."""
        scores, acted = observation.scores, observation.model_pd
        own = f"{self.learner.model_id}."
        if scores is UNSET or acted is None:
            return scores
        if any(name.startswith(own) and pd == acted for name, pd in scores.items()):
            return {**scores, self.learner.model_id: acted}
        return scores

    def _teach(self, lesson: Lesson | None) -> Lesson | None:
        if lesson is None:
            return None
        weight = self.treatments.weight(lesson)
        if weight == 0.0:
            return None
        self.joiner.gradebook.weigh(lesson.label.key, weight)
        if lesson.observation.model_pd is not None:
            self.progressive.add(lesson.observation.model_pd, lesson.target)
            share = share_of(lesson.observation)
            self.monitor.matured(lesson.observation.model_pd, lesson.target, share)
        self.tally.settle(DEFAULT, self._live(lesson.observation), lesson.target)
        self.bads += lesson.target
        vector = lesson.observation.vector()
        self._population.teach(lesson.observation, vector)
        self.learner.learn(vector, lesson.target, weight)
        return lesson
