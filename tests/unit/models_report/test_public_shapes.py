"""Data in the manner of well-known public credit files, against logistic regression made here, in batch."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.metrics import auc
from streams.models_report.evaluate import evaluate
from streams.models_report.mapping import read_mapping
from streams.models_report.table import Table, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

Draw = np.random.Generator


def turned_out(draw: Draw, logit: float) -> bool:
    return bool(draw.random() < 1.0 / (1.0 + np.exp(-logit)))


def german(draw: Draw) -> bytes:
    """Codes and words, headers with spaces and commas, decimal commas, BOM, CRLF; three in ten are bad."""
    rows = [["Status of account", "Duration, months", "Credit amount", "Purpose", "Savings", "Rate", "class"]]
    for _ in range(1_000):
        status = draw.choice(["A11", "A12", "A13", "A14"])
        duration, amount = int(draw.integers(4, 72)), float(np.exp(draw.normal(7.8, 0.8)))
        savings = draw.choice(["no known", "little", "rich; very", "?"])
        logit = -1.7 + 1.2 * (status == "A11") + 0.03 * (duration - 20) + 0.6 * (savings == "little")
        shown = f"{amount:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
        word = "bad" if turned_out(draw, logit) else "good"
        rate = "unknown" if draw.random() < 0.1 else f"{draw.normal(4, 1):.1f}".replace(".", ",")
        rows.append([status, str(duration), shown, str(draw.choice(["A40", "A43"])), savings, rate, word])
    text = io.StringIO()
    csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def give_me_some_credit(draw: Draw) -> bytes:
    """A nameless counter, NA, one in fifteen bad, outliers a million times too large."""
    lines = [",SeriousDlqin2yrs,Revolving,age,Late30,DebtRatio,MonthlyIncome,Dependents"]
    for n in range(6_000):
        use, age, late = float(draw.beta(0.6, 1.2)), int(draw.integers(21, 95)), int(draw.poisson(0.3))
        income = float(np.exp(draw.normal(8.6, 0.7)))
        logit = -4.1 + 2.2 * use + 1.0 * min(late, 4) - 0.02 * (age - 50) - 0.3 * (np.log(income) - 8.6)
        label = int(turned_out(draw, logit))
        late = 98 if draw.random() < 0.003 else late
        use = use * 1e6 if draw.random() < 0.01 else use
        shown = "NA" if draw.random() < 0.2 else f"{income:.0f}"
        debt = float(np.exp(draw.normal(-1, 1))) * (1e6 if draw.random() < 0.02 else 1.0)
        dependents = "NA" if draw.random() < 0.03 else str(draw.poisson(0.7))
        lines.append(f"{n + 1},{label},{use:.6g},{age},{late},{debt:.6g},{shown},{dependents}")
    return ("\n".join(lines) + "\n").encode()


def home_credit(draw: Draw) -> bytes:
    """A hundred columns and more, most of them half empty; constants, dates, words, identifiers."""
    noise = [f"AVG_{j}" for j in range(90)]
    header = ["SK_ID", "TARGET", "CONTRACT", "ORGANIZATION", "OPENED", "DOCUMENT", "EMPTY", *noise]
    header += [f"EXT_{j}" for j in range(3)]
    lines = [",".join(header)]
    for n in range(3_000):
        ext = draw.normal(size=3)
        contract, organisation = (
            draw.choice(["Cash loans", "Revolving loans"]),
            f"Type {draw.integers(0, 60)}",
        )
        logit = -2.3 + 0.8 * ext[0] - 0.7 * ext[1] + 0.5 * ext[2] + 0.4 * (contract == "Cash loans")
        label = int(turned_out(draw, logit))
        day = np.datetime64("2016-01-01") + int(draw.integers(0, 900))
        cells = [f"id-{n:06d}", str(label), str(contract), organisation, str(day), "0", ""]
        cells += ["" if draw.random() < 0.6 else f"{value:.3f}" for value in draw.normal(size=len(noise))]
        cells += ["" if draw.random() < 0.2 * j else f"{value:.4f}" for j, value in enumerate(ext)]
        lines.append(",".join(cells))
    return ("\n".join(lines) + "\n").encode()


LINEAR = ("scorecard", "lda", "logistic")
SHAPES = {
    "german": (german, "target: class\nbad: [bad]\ngood: [good]\nunknown: [no known]\n", LINEAR, 6),
    "give me some credit": (give_me_some_credit, "target: SeriousDlqin2yrs\n", LINEAR, 2),
    "home credit": (home_credit, "target: TARGET\n", LINEAR[:2], 1),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_online_is_within_a_hundredth_of_newtons_steps_on_the_same_bins(shape: str, tmp_path: Path) -> None:
    make, mapping, families, shuffles = SHAPES[shape]
    file = tmp_path / "given.csv"
    file.write_bytes(make(np.random.default_rng(3)))
    table = read_table(file, read_mapping(mapping, "m"))
    found = evaluate(table, families, shuffles=shuffles)
    online = {family: found.figures[family]["auc"] for family in families}
    assert max(online.values()) > in_batch(table) - 0.01, online
    assert max(online.values()) > 0.65, online


def in_batch(table: Table) -> float:
    """AUC of logistic regression on weights of evidence over quantile bins, mean of five folds."""
    n = len(table.labels)
    fold = np.random.default_rng(1).permutation(n) % 5
    return float(np.mean([_fold(table, fold == k) for k in range(5)]))


def _fold(table: Table, asked: NDArray[np.bool_]) -> float:
    inputs = np.column_stack(
        [
            _evidence(table.rows[:, j], table.labels, asked, codes=name in table.categories)
            for j, name in enumerate(table.names)
        ]
    )
    design = np.column_stack([inputs, np.ones(len(inputs))])
    taught, labels = design[~asked], table.labels[~asked]
    weights = np.zeros(design.shape[1])
    for _ in range(25):
        p = 1.0 / (1.0 + np.exp(-taught @ weights))
        curvature = (taught * (p * (1.0 - p))[:, None]).T @ taught + np.eye(len(weights))
        weights += np.linalg.solve(curvature, taught.T @ (labels - p) - weights)
    found = auc(design[asked] @ weights, table.labels[asked] == 1)
    assert found is not None
    return found


def _evidence(
    values: NDArray[np.float64], labels: NDArray[np.int64], asked: NDArray[np.bool_], *, codes: bool
) -> NDArray[np.float64]:
    known = np.sort(values[~asked & ~np.isnan(values)])
    if codes:
        places = np.where(values < 31, values, 31) + 1
    else:
        cuts = np.unique(known[(np.arange(1, 32) * len(known)) // 32]) if len(known) else np.empty(0)
        places = np.searchsorted(cuts, values, side="left") + 1.0
    bins = np.where(np.isnan(values), 0, places).astype(np.int64)
    bads = np.bincount(bins[~asked], labels[~asked], 34)
    rate = labels[~asked].mean()
    drawn = (bads + 10 * rate) / (np.bincount(bins[~asked], minlength=34) + 10)
    told: NDArray[np.float64] = np.log(rate / (1 - rate)) - np.log(drawn / (1 - drawn))
    return told[bins]


def test_what_is_written_otherwise_is_read_alike(tmp_path: Path) -> None:
    table = _read(tmp_path, '"a, b; c";y\r\n1.234,5;1\r\n"-0,25";0\r\n7;1\r\n?;0\r\n')
    np.testing.assert_array_equal(table.rows[:, 0], [1234.5, -0.25, 7.0, np.nan])
    assert table.names == ("a, b; c",)
    table = _read(tmp_path, 'a,y\n"1,234.5",1\n"12,345",0\n7,1\n')
    np.testing.assert_array_equal(table.rows[:, 0], [1234.5, 12345.0, 7.0])


def _read(folder: Path, text: str) -> Table:
    file = folder / "odd.csv"
    file.write_bytes(text.encode())
    return read_table(file, read_mapping("target: y", "m"))
