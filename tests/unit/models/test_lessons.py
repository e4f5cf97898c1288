import msgspec
import numpy as np

from models.lessons import Label, Lesson, Observation, known_or_none


def test_an_observation_survives_json() -> None:
    observation = Observation("c1", "s1", 1_700_000_000_000_000, (0.1, None, -3.0, 1e15), 0.07)
    assert msgspec.json.decode(msgspec.json.encode(observation), type=Observation) == observation


def test_unknown_is_nan_in_a_vector_and_null_in_json() -> None:
    vector = np.array([1.5, np.nan, np.inf])
    observation = Observation("c1", "s1", 0, known_or_none(vector))
    assert observation.features == (1.5, None, None)
    np.testing.assert_array_equal(observation.vector(), [1.5, np.nan, np.nan])
    assert b"[1.5,null,null]" in msgspec.json.encode(observation)


def test_a_lesson_has_a_target() -> None:
    observation = Observation("c1", "s1", 0, (1.0,))
    assert Lesson(observation, Label("c1", "s1", "bad", 1, "window_closed")).target == 1
    assert Lesson(observation, Label("c1", "s1", "good", 1, "window_closed")).target == 0
