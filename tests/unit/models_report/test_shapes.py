"""Data of three shapes that banks have: categories with unknowns, few bads with dates, numbers with holes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from streams.models_report.evaluate import BATCH, evaluate
from streams.models_report.mapping import MappingError, read_mapping
from streams.models_report.table import read_table

if TYPE_CHECKING:
    from pathlib import Path


def by_chance(draw: np.random.Generator, logit: float) -> bool:
    return bool(draw.random() < 1 / (1 + np.exp(-logit)))


def categories(draw: np.random.Generator) -> str:
    """As the German credit file: codes, quoted texts, question marks; three in ten are bad."""
    lines = ['"checking";"purpose";"duration";"savings";"telephone";"class"']
    for _ in range(1_500):
        checking, purpose = (
            draw.choice(["A11", "A12", "A13", "A14", "?"]),
            draw.choice(["car; new", "tv", "edu"]),
        )
        duration, savings = int(draw.integers(4, 60)), draw.choice(["none", "some", ""])
        logit = -1.6 + 1.3 * (checking == "A11") + 0.03 * (duration - 20) + 0.5 * (savings == "none")
        shown = "" if draw.random() < 0.05 else str(duration)
        word = 2 if by_chance(draw, logit) else 1
        lines.append(f'"{checking}";"{purpose}";{shown};"{savings}";"none";{word}')
    return "\ufeff" + "\r\n".join(lines) + "\r\n"


def rare(draw: np.random.Generator) -> str:
    """Four in a hundred bad, in order of time, with dates beside."""
    lines = ["opened,amount,rate,term,empty,default"]
    for n in range(6_000):
        amount, rate = float(np.exp(draw.normal(9, 0.8))), float(draw.normal(12, 3))
        logit = -4.0 + 0.25 * (rate - 12) + 0.7 * (np.log(amount) - 9)
        day = np.datetime64("2020-01-01") + n // 5
        lines.append(f"{day},{amount:.2f},{rate:.1f},{draw.choice([36, 60])},,{int(by_chance(draw, logit))}")
    return "\n".join(lines) + "\n"


def holes(draw: np.random.Generator) -> str:
    """Numbers alone; some columns half empty, one constant."""
    lines = ["\t".join([*(f"x{j}" for j in range(10)), "same", "SeriousDlqin2yrs"])]
    for _ in range(3_000):
        x = draw.normal(size=10)
        label = int(by_chance(draw, -1.8 + 0.9 * x[0] - 0.6 * x[1] + 0.4 * x[2]))
        shown = [("NaN" if draw.random() < 0.05 * j else f"{value:.4f}") for j, value in enumerate(x)]
        lines.append("\t".join([*shown, "7", str(label)]))
    return "\n".join(lines) + "\n"


SHAPES = {
    "categories": (categories, "target: class\nbad: [2]\ngood: [1]\n", 6),
    "rare": (rare, "target: default\nignore: [opened]\nin_order: true\n", 1),
    "holes": (holes, "target: SeriousDlqin2yrs\n", 4),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_online_is_within_a_hundredth_of_batch_on_the_same_bins(shape: str, tmp_path: Path) -> None:
    make, mapping, shuffles = SHAPES[shape]
    file = tmp_path / "given.csv"
    file.write_bytes(make(np.random.default_rng(5)).encode("utf-8"))
    read = read_mapping(mapping, "m")
    table = read_table(file, read)
    found = evaluate(table, ("scorecard", "lda", "logistic"), shuffles=shuffles, in_order=read.in_order)
    best = max(found.figures[family]["auc"] for family in ("scorecard", "lda", "logistic"))
    assert best > found.figures[BATCH]["auc"] - 0.01
    assert best > 0.62


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "no rows below"),
        (b"x;y\n", "no rows below"),
        (b"x,y\n1,0\n2,0\n", "has 0 bad of 2 rows"),
        (b"x,y\n1,1\n2,1\n", "has 2 bad of 2 rows"),
        (b"\x1f\x8bbroken", "not a whole gzip"),
        (b'x,y\n"1,0\n', "2 fields|not a csv|1 fields"),
    ],
)
def test_files_that_cannot_be_used_say_why(text: bytes, message: str, tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_bytes(text)
    with pytest.raises(MappingError, match=message):
        read_table(file, read_mapping("target: y", "m"))
