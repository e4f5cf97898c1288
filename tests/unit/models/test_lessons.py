from typing import Any

import msgspec
import numpy as np
import pytest

from models.lessons import Label, Lesson, Observation, features_of, vector_of


def test_an_observation_survives_json() -> None:
    observation = Observation("c1", "s1", 1_700_000_000_000_000, (0.1, None, -3.0, 1e15), 0.07)
    assert msgspec.json.decode(msgspec.json.encode(observation), type=Observation) == observation


ROWS = np.array([[1.5, np.nan, np.inf], [-0.0, 2.0**-1074, 1e15]])
KNOWN = [[1.5, np.nan, np.nan], [-0.0, 2.0**-1074, 1e15]]


def test_what_is_not_finite_is_unknown() -> None:
    assert [vector_of(features).tobytes() for features in features_of(ROWS)] == [
        np.array(row).tobytes() for row in KNOWN
    ]
    assert features_of(ROWS[:0]) == []


@pytest.mark.parametrize("form", [msgspec.json, msgspec.msgpack])
def test_features_arrive_in_either_form(form: Any) -> None:
    for features in (features_of(ROWS)[0], (1.5, None, None)):
        observation = Observation("c1", "s1", 0, features)
        found = form.decode(form.encode(observation), type=Observation)
        assert found == observation
        np.testing.assert_array_equal(found.vector(), KNOWN[0])


def test_a_lesson_has_a_target() -> None:
    observation = Observation("c1", "s1", 0, (1.0,))
    assert Lesson(observation, Label("c1", "s1", "bad", 1, "window_closed")).target == 1
    assert Lesson(observation, Label("c1", "s1", "good", 1, "window_closed")).target == 0
