from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from models.classroom import Classroom
from models.lessons import Label, Observation, Outcome, OutcomeWord
from models.score import Scorer
from models.snapshot import MIN_LESSONS, SnapshotRefusedError

NAMES = tuple(f"f{index}" for index in range(6))


def _label(observation: Observation, target: int) -> Label:
    return Label(
        *observation.key, "bad" if target else "good", observation.occurred_at_us + 1, "window_closed"
    )


@pytest.fixture(name="course")
def _course(book: Callable[..., Any], observed: Callable[..., Observation]) -> Callable[[int], Any]:
    def course(n: int) -> list[tuple[Observation, Label]]:
        vectors, labels = book(n)
        observations = [observed(index, vector) for index, vector in enumerate(vectors)]
        return [(one, _label(one, int(label))) for one, label in zip(observations, labels, strict=True)]

    return course


def _attend(classroom: Classroom, course: list[tuple[Observation, Label]]) -> Classroom:
    for observation, label in course:
        classroom.observe(observation)
        classroom.mature(label)
    return classroom


def test_a_snapshot_is_due_every_50_lessons(course: Callable[[int], Any]) -> None:
    classroom, versions = Classroom(NAMES), []
    for observation, label in course(120):
        classroom.observe(observation)
        classroom.mature(label)
        snapshot = classroom.snapshot_if_due(every=50)
        if snapshot is not None:
            versions.append(snapshot.version)
    assert versions == [50, 100]


def test_deliveries_again_change_nothing(course: Callable[[int], Any]) -> None:
    lessons = course(300)
    classroom = _attend(Classroom(NAMES), lessons)
    before = classroom.to_json()
    assert _attend(classroom, lessons).to_json() == before


def test_a_prediction_knows_no_label_that_came_later(course: Callable[[int], Any]) -> None:
    lessons = course(MIN_LESSONS + 80)
    taught, probes = lessons[:MIN_LESSONS], lessons[MIN_LESSONS:]
    classroom = _attend(Classroom(NAMES), taught)
    assert classroom.progressive.count == 0  # nothing was ready to predict them
    then = Scorer(classroom.snapshot()).pd(np.array([observation.vector() for observation, _ in probes]))
    for observation, _ in probes:
        classroom.observe(observation)
    for _, label in probes:
        classroom.mature(label)
    recorded = [pd for pd, _ in classroom.progressive.pairs()]
    np.testing.assert_allclose(recorded, then, rtol=0.0, atol=1e-9)
    assert [label for _, label in classroom.progressive.pairs()] == [
        int(label.label == "bad") for _, label in probes
    ]


def test_the_champions_own_prediction_is_measured(observed: Callable[..., Observation]) -> None:
    classroom = Classroom(NAMES)
    observation = observed(1, np.zeros(6), 0.123)
    classroom.observe(observation)
    classroom.mature(_label(observation, 1))
    assert classroom.progressive.pairs() == [(0.123, 1)]


def test_an_early_label_teaches_when_its_observation_comes(observed: Callable[..., Observation]) -> None:
    classroom = Classroom(NAMES)
    observation = observed(1, np.zeros(6))
    assert classroom.mature(_label(observation, 1)) is None
    assert classroom.observe(observation) is not None
    assert classroom.lessons == 1


def test_the_band_holds_the_worst_hundredth_of_recent_observations(course: Callable[[int], Any]) -> None:
    lessons = course(1500)
    classroom = _attend(Classroom(NAMES, band_rows=1000), lessons)
    snapshot = classroom.snapshot()
    pds = Scorer(snapshot).pd(np.array([observation.vector() for observation, _ in lessons[-1000:]]))
    assert snapshot.ready
    assert int((pds >= snapshot.worst_band_pd).sum()) == 10
    assert snapshot.metrics["count"] == 1000.0
    assert 0.65 < (snapshot.metrics["auc"] or 0.0) < 0.95


def test_it_goes_on_from_json(course: Callable[[int], Any]) -> None:
    lessons = course(900)
    classroom = Classroom(NAMES, band_rows=200, metric_window=100)
    _attend(classroom, lessons[:600])
    for observation, _ in lessons[600:650]:
        classroom.observe(observation)
    classroom.snapshot_if_due()
    again = Classroom.from_json(classroom.to_json(), NAMES)
    assert again.to_json() == classroom.to_json()
    _attend(again, lessons[600:])
    _attend(classroom, lessons[600:])
    assert again.snapshot_if_due() == classroom.snapshot_if_due()
    assert again.to_json() == classroom.to_json()


def test_other_features_are_refused(observed: Callable[..., Observation]) -> None:
    with pytest.raises(ValueError, match="has 5 features, not 6"):
        Classroom(NAMES).observe(observed(1, np.zeros(5)))
    with pytest.raises(SnapshotRefusedError, match="their order differs"):
        Classroom.from_json(Classroom(NAMES).to_json(), NAMES[::-1])
    with pytest.raises(SnapshotRefusedError, match="not a classroom"):
        Classroom.from_json(b"{}", NAMES)


def _outcome(observation: Observation, what: OutcomeWord, later: int = 10) -> Outcome:
    return Outcome(observation.cardholder_id, observation.occurred_at_us + later, what)


def test_a_label_that_is_corrected_is_learned_as_what_it_is(course: Callable[[int], Any]) -> None:
    lessons = course(900)
    bads = [observation for observation, label in lessons if label.label == "bad"][-20:]
    keys = {observation.key for observation in bads}
    misled = [(one, _label(one, 0) if one.key in keys else label) for one, label in lessons]
    right, wrong, mended = (_attend(Classroom(NAMES), given) for given in (lessons, misled, misled))
    for observation in bads:
        (correction,) = mended.correct(_outcome(observation, "charged_off"))
        assert (correction.corrects, correction.was, correction.now) == (observation.key, "good", "bad")
        assert mended.correct(_outcome(observation, "charged_off")) == []
    assert mended.bads == right.bads == wrong.bads + 20
    assert mended.lessons == right.lessons
    assert sum(label for _, label in mended.progressive.pairs()) == sum(
        label for _, label in right.progressive.pairs()
    )
    asked = np.array([observation.vector() for observation, _ in lessons])
    truth, before, after = (Scorer(one.snapshot()).pd(asked) for one in (right, wrong, mended))
    assert np.abs(after - truth).mean() < 0.2 * np.abs(before - truth).mean()
    assert mended.snapshot().version == 920
    again = Classroom.from_json(mended.to_json(), NAMES)
    assert again.to_json() == mended.to_json()
    later = _outcome(bads[0], "false_alarm", 20)
    assert again.correct(later) == mended.correct(later) != []
    assert again.to_json() == mended.to_json()


def test_a_fraud_is_taken_back_and_learned_again_if_it_was_none(course: Callable[[int], Any]) -> None:
    classroom = _attend(Classroom(NAMES), course(600))
    observation, _ = course(600)[-1]
    before, measured = classroom.lessons, classroom.progressive.count
    assert [one.now for one in classroom.correct(_outcome(observation, "fraud_confirmed"))] == ["set_aside"]
    assert classroom.progressive.count == measured - 1
    assert [one.now for one in classroom.correct(_outcome(observation, "false_alarm", 20))] == ["good"]
    assert classroom.progressive.count == measured
    assert classroom.lessons == before + 1
