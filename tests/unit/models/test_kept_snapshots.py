"""Snapshots that were kept are read and scored as on the day they were written, whatever River is there."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest

from models.families import FAMILIES, read, restore
from tests.unit.models.kept_snapshots import NAMES, kept

WITHOUT_RIVER = """
import sys

class Barred:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "river":
            raise ImportError("River is not here")

sys.meta_path.insert(0, Barred())
import msgspec, numpy as np
from models.families import read, scorer_of
from models.panel import Panel, placed
from tests.unit.models.kept_snapshots import NAMES, kept

found = kept()
scorers = {family: scorer_of(read(bytes(raw))) for family, raw in found.snapshots.items()}
pds = {family: placed(scorer, NAMES).pd(found.array()).tolist() for family, scorer in scorers.items()}
panel = Panel(NAMES, list(scorers.values()))
pds["panel"] = np.sort(panel.pd(found.array())[0]).tolist()
print(msgspec.json.encode(pds).decode())
"""


@pytest.fixture(scope="module")
def scored() -> dict[str, list[float]]:
    """By a Python that cannot import River."""
    done = subprocess.run([sys.executable, "-c", WITHOUT_RIVER], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return msgspec.json.decode(done.stdout, type=dict[str, list[float]])


@pytest.mark.parametrize("family", FAMILIES)
def test_it_scores_as_it_did_without_river(family: str, scored: dict[str, list[float]]) -> None:
    wanted = kept().pds[family]
    assert len(set(wanted)) > 1
    np.testing.assert_allclose(scored[family], wanted, rtol=0.0, atol=1e-12)


def test_together_they_score_the_same(scored: dict[str, list[float]]) -> None:
    first = sorted(pds[0] for pds in kept().pds.values())
    np.testing.assert_allclose(scored["panel"], first, rtol=0.0, atol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_it_holds_numbers_and_names_and_nothing_of_river(family: str) -> None:
    raw = bytes(kept().snapshots[family])
    assert b"river" not in raw.lower()
    allowed = {
        "float64",
        *NAMES,
        "car",
        "home",
        "other",
        "default",
        family,
        "scorecard",
        "forest",
        "logistic",
    }
    allowed |= {f"default-{one}" for one in FAMILIES}
    for key, value in texts(msgspec.json.decode(raw)):
        assert value in allowed or key in PACKED, f"{key}: {value[:40]}"


PACKED = {"covariance", "squeezed"}
"""Fields that hold arrays as base64."""


def texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """All texts inside, with the field that each is in."""
    if isinstance(value, str):
        yield key, value
    for name, inner in value.items() if isinstance(value, dict) else ():
        yield from texts(inner, name)
    for inner in value if isinstance(value, list) else ():
        yield from texts(inner, key)


@pytest.mark.parametrize("family", FAMILIES)
def test_whoever_restores_it_learns_on(family: str) -> None:
    found = kept()
    snapshot = read(bytes(found.snapshots[family]), NAMES)
    learner = restore(snapshot)
    row = found.array()[0]
    assert learner.predict(row) == pytest.approx(found.pds[family][0], abs=1e-9)
    learner.learn(row, 1)
    assert learner.lessons == 601
