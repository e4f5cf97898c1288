import math
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest

from models.logistic import LogisticLearner
from models.snapshot import MIN_LESSONS, Snapshot, SnapshotRefusedError, pack, unpack

NAMES = tuple(f"f{index}" for index in range(6))


@pytest.fixture(name="snapshot")
def _snapshot(book: Callable[..., Any]) -> Snapshot:
    learner = LogisticLearner(NAMES)
    for vector, label in zip(*book(120), strict=True):
        learner.learn(vector, int(label))
    return learner.snapshot(0.31, {"auc": 0.7, "ks": None})


def test_json_gives_it_back_exactly(snapshot: Snapshot) -> None:
    assert Snapshot.from_json(snapshot.to_json(), NAMES) == snapshot
    assert Snapshot.from_json(snapshot.to_json()).to_json() == snapshot.to_json()


def test_its_version_counts_lessons(snapshot: Snapshot) -> None:
    assert (snapshot.model_id, snapshot.version, snapshot.lessons) == ("default-logistic", 120, 120)
    assert snapshot.scales == tuple(map(math.sqrt, snapshot.variances))


@pytest.mark.parametrize(("lessons", "ready"), [(0, False), (MIN_LESSONS - 1, False), (MIN_LESSONS, True)])
def test_it_is_ready_from_500_lessons_on(snapshot: Snapshot, lessons: int, *, ready: bool) -> None:
    assert msgspec.structs.replace(snapshot, lessons=lessons).ready is ready


def test_a_field_it_does_not_know_is_ignored(snapshot: Snapshot) -> None:
    widened = snapshot.to_json().replace(b'{"format":1,', b'{"format":1,"later":[1],', 1)
    assert Snapshot.from_json(widened) == snapshot


def _changed(snapshot: Snapshot, **fields: Any) -> bytes:
    return msgspec.structs.replace(snapshot, **fields).to_json()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"format": 2}, "snapshot format 2 is unknown here; this version reads 1"),
        ({"means": (0.0,)}, "means has 1 values, not 6"),
        ({"weights": ()}, "weights has 0 values, not 18"),
        ({"covariance": b""}, "covariance has 0 bytes, not 1520"),
        ({"variances": (-1.0,) * 6}, "a variance is negative"),
        ({"intercept": math.nan}, "not a snapshot: Expected `float`, got `null`"),
    ],
)
def test_a_broken_one_is_refused(snapshot: Snapshot, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(SnapshotRefusedError, match=message):
        Snapshot.from_json(_changed(snapshot, **fields))


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"format":1}', b"\xff"])
def test_what_is_no_snapshot_is_refused(raw: bytes) -> None:
    with pytest.raises(SnapshotRefusedError, match="not a snapshot"):
        Snapshot.from_json(raw)


def test_other_features_are_refused(snapshot: Snapshot) -> None:
    raw = snapshot.to_json()
    with pytest.raises(SnapshotRefusedError, match=r"it lacks \['age'\], has besides \['f5'\]"):
        Snapshot.from_json(raw, (*NAMES[:5], "age"))
    with pytest.raises(SnapshotRefusedError, match="their order differs"):
        Snapshot.from_json(raw, NAMES[::-1])


def test_a_symmetric_matrix_is_packed_exactly() -> None:
    half = np.random.default_rng(2).normal(size=(7, 7))
    matrix = half + half.T
    np.testing.assert_array_equal(unpack(pack(matrix), 7), matrix)
