import gzip
from pathlib import Path

import numpy as np
import pytest

from streams.models_report.evaluate import BATCH, evaluate
from streams.models_report.mapping import MappingError, read_mapping
from streams.models_report.table import Table, read_table

HEADER = "id,income,purpose,age,outcome\n"


def _write(folder: Path, n: int = 900, seed: int = 1, delimiter: str = ",") -> Path:
    draw = np.random.default_rng(seed)
    lines = [HEADER.replace(",", delimiter)]
    for index in range(n):
        income, age, purpose = np.exp(draw.normal(8, 1)), draw.integers(18, 80), draw.choice(list("abcd"))
        logit = -1.0 - 0.8 * (np.log(income) - 8) + 1.2 * (purpose == "b") - 0.02 * (age - 45)
        label = "default" if draw.random() < 1 / (1 + np.exp(-logit)) else "paid"
        shown = draw.choice(["NA", "-999"]) if draw.random() < 0.1 else f"{income:.2f}"
        lines.append(delimiter.join((f"c{index}x", shown, f"P{purpose}", str(age), label)) + "\n")
    file = folder / "loans.csv"
    file.write_text("".join(lines), encoding="utf-8")
    return file


def _mapping(more: str = "") -> str:
    return f"target: outcome\nbad: [default]\nunknown: [-999]\n{more}"


def test_columns_are_read_as_what_they_are(tmp_path: Path) -> None:
    table = read_table(_write(tmp_path), read_mapping(_mapping(), "m"))
    assert table.names == ("income", "purpose", "age")
    assert set(table.categories) == {"purpose"}
    assert set(table.categories["purpose"]) == {"pa", "pb", "pc", "pd"}
    counts = [int((table.rows[:, 1] == code).sum()) for code in range(4)]
    assert counts == sorted(counts, reverse=True)
    assert table.notes == ("id: every value is another text, so it is left out; name it to keep it",)
    assert 50 < np.isnan(table.rows[:, 0]).sum() < 150
    assert set(np.unique(table.rows[:, 1])) == {0.0, 1.0, 2.0, 3.0}
    assert 0.1 < table.labels.mean() < 0.6


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_and_gzip(tmp_path: Path, delimiter: str) -> None:
    file = _write(tmp_path, delimiter=delimiter)
    plain = read_table(file, read_mapping(_mapping(), "m"))
    packed = tmp_path / "loans.csv.gz"
    packed.write_bytes(gzip.compress(b"\xef\xbb\xbf" + file.read_bytes()))
    np.testing.assert_array_equal(read_table(packed, read_mapping(_mapping(), "m")).rows, plain.rows)


def test_only_named_columns_and_rows_without_a_label(tmp_path: Path) -> None:
    file = _write(tmp_path)
    file.write_text(file.read_text(encoding="utf-8") + "z,1,Pa,30,\n", encoding="utf-8")
    table = read_table(file, read_mapping(_mapping("only: true\nnumbers: [age]\ngood: [paid]\n"), "m"))
    assert table.names == ("age",)
    assert "1 rows have no label and are left aside" in table.notes


def test_a_number_that_is_none_counts_as_unknown(tmp_path: Path) -> None:
    file = _write(tmp_path)
    file.write_text(file.read_text(encoding="utf-8") + "z,soon,Pa,1e999,paid\n", encoding="utf-8")
    table = read_table(file, read_mapping(_mapping("numbers: [income, age]\n"), "m"))
    assert np.isnan(table.rows[-1, [0, 2]]).all()
    assert "income: 1 values are no numbers and count as unknown" in table.notes


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("target: [", "m:1:10: not YAML|not YAML"),
        ("bad: [1]", "target: Field required"),
        ("- a", "expected fields"),
        ("target: outcome\nbda: [1]", "bda: Extra inputs"),
        ("target: gone", "there is no column 'gone'"),
        ("target: outcome\nnumbers: [outcome]", "named twice"),
        ("target: outcome\nbad: [nobody]", "has 0 bad of 900 rows"),
        ("target: outcome\nbad: [default]\nonly: true", "no column is left"),
    ],
)
def test_what_does_not_fit_is_told(tmp_path: Path, mapping: str, message: str) -> None:
    with pytest.raises(MappingError, match=message):
        read_table(_write(tmp_path), read_mapping(mapping, "m"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n", "no rows below"),
        ("a,a\n1,2\n", "stands there 2 times"),
        ("a,outcome\n1,2,3\n", "row 2 has 3 fields, the header 2"),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "broken.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(MappingError, match=message):
        read_table(file, read_mapping("target: outcome", "m"))


def test_online_models_keep_up_with_batch_on_the_same_bins(tmp_path: Path) -> None:
    table = read_table(_write(tmp_path, 3_000), read_mapping(_mapping(), "m"))
    found = evaluate(table, ("scorecard", "lda", "logistic"), shuffles=2)
    batch = found.figures[BATCH]["auc"]
    for family in ("scorecard", "lda"):
        assert found.figures[family]["auc"] > batch - 0.01
        assert found.figures[family]["ece"] < 0.05
    assert next(iter(found.iv)) == "income"


def test_columns_without_any_value_do_no_harm() -> None:
    draw = np.random.default_rng(3)
    rows = np.column_stack([draw.normal(size=400), np.full(400, np.nan), np.full(400, 7.0)])
    labels = (rows[:, 0] + draw.normal(size=400) > 1).astype(np.int64)
    found = evaluate(Table(("x", "none", "same"), rows, labels, {}, ()), shuffles=1)
    assert found.figures["scorecard"]["auc"] > 0.65
    assert found.iv["none"] == pytest.approx(0.0, abs=1e-6)


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        evaluate(Table(("x",), np.zeros((9, 1)), np.zeros(9, np.int64), {}, ()))
