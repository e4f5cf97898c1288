"""Writes tests/data/models-v1: a snapshot of each family, rows, and what it scored when it was written.

A file that is there stays as it is: it stands for a snapshot that somebody kept. A new format gets a new one.

    python -m tests.unit.models.kept_snapshots tests/data/models-v2/snapshots.json.gz
"""

import gzip
import sys
from importlib.metadata import version
from pathlib import Path

import msgspec
import numpy as np

from models.families import FAMILIES, new, read, scorer_of

NAMES = ("limit", "delay", "kind")
KEPT = Path(__file__).parents[2] / "data" / "models-v1" / "snapshots.json.gz"


class Kept(msgspec.Struct, frozen=True):
    """river: the version that taught them. rows: None is unknown. snapshots, pds: by family."""

    river: str
    rows: list[list[float | None]]
    snapshots: dict[str, msgspec.Raw]
    pds: dict[str, list[float]]

    def array(self) -> np.ndarray:
        return np.array([[np.nan if x is None else x for x in row] for row in self.rows])


def kept() -> Kept:
    return msgspec.json.decode(gzip.decompress(KEPT.read_bytes()), type=Kept)


def write(place: Path) -> None:
    draw = np.random.default_rng(11)
    rows = np.column_stack([np.exp(draw.normal(9, 1, 640)), draw.poisson(0.7, 640), draw.integers(0, 3, 640)])
    logit = 1.2 * rows[:, 1] - 0.5 * (np.log(rows[:, 0]) - 9.0) - 2.0
    labels = (draw.random(640) < 1.0 / (1.0 + np.exp(-logit))).astype(int)
    rows[draw.random(rows.shape) < 0.1] = np.nan
    snapshots, pds = {}, {}
    for family in FAMILIES:
        learner = new(family, NAMES, categories={"kind": ("car", "home", "other")})
        for row, label in zip(rows[:600], labels[:600].tolist(), strict=True):
            learner.learn(row, label)
        raw = learner.snapshot().to_json()
        snapshots[family] = msgspec.Raw(raw)
        pds[family] = scorer_of(read(raw)).pd(rows[600:]).tolist()
    shown = [[None if x != x else x for x in row] for row in rows[600:].tolist()]  # noqa: PLR0124  # NaN
    place.parent.mkdir(parents=True, exist_ok=True)
    raw = msgspec.json.encode(Kept(version("river"), shown, snapshots, pds))
    place.write_bytes(gzip.compress(raw, mtime=0))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
