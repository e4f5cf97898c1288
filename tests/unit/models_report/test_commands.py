"""From a data set to a champion and to rules, by the command line."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from streams.cli.app import app

NAMES = ("days_past_due", "utilisation.now", "cash.share.30d")


def _run(*words: object) -> Result:
    return CliRunner().invoke(app, ["models", *map(str, words)])


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with four drafts of features of the catalogue."""
    folder = tmp_path_factory.mktemp("models")
    draw = np.random.default_rng(12)
    n = 4_000
    rows = np.column_stack([draw.poisson(0.6, n) * 15, draw.random(n).round(4), draw.random(n).round(4)])
    logit = -3.0 + 1.6 * (rows[:, 0] >= 30) + 1.6 * (rows[:, 1] > 0.6) + rows[:, 2]
    bad = draw.random(n) < 1 / (1 + np.exp(-logit))
    lines = [",".join((*NAMES, "late"))]
    lines += [
        ",".join((*map(str, row), str(int(label)))) for row, label in zip(rows.tolist(), bad, strict=True)
    ]
    (folder / "book.csv").write_text("\n".join(lines), encoding="utf-8")
    (folder / "book.yaml").write_text("target: late\n", encoding="utf-8")
    families = [word for name in ("scorecard", "lda", "tree", "blend") for word in ("--family", name)]
    done = _run(
        "evaluate", folder / "book.csv", "--mapping", folder / "book.yaml", "--shuffles", 1, *families,
        "--registry", folder / "registry", "--json", folder / "figures.json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "registered as drafts: default-scorecard@4000" in done.output
    return folder


def test_figures_are_written(folder: Path) -> None:
    figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    assert figures["rows"] == 4_000
    assert set(figures["models"]["lda"]) == {"auc", "ks", "ece", "brier"}


def test_the_way_to_champion(folder: Path) -> None:
    registry = ("--registry", folder / "registry")
    for stage in ("shadow", "challenger", "champion"):
        done = _run("promote", "default-scorecard", "--by", "A. Lee", *registry)
        assert f"default-scorecard@4000 is {stage}" in done.output
    assert _run("promote", "default-scorecard", "--by", "A. Lee", *registry).exit_code == 1
    assert "champion" in _run("list", *registry).output
    assert "by A. Lee" in _run("show", "default-scorecard", *registry).output
    beside = _run("compare", "default-scorecard", "default-lda", *registry).output.splitlines()
    differences = {line.split()[0]: line.split()[-1] for line in beside[1:]}
    assert differences["count"] == differences["bads"] == "+0"
    assert "." in differences["auc"]
    told = json.loads(_run("card", "default-scorecard", "--json", *registry).output)
    assert told["stage"] == "champion"
    assert {line["name"] for line in told["features"][:2]} == {"days_past_due", "utilisation.now"}
    assert "## Known limits" in _run("card", "default-lda", *registry).output
    retired = _run("retire", "default-lda", "--by", "A. Lee", "--because", "no use", *registry)
    assert "default-lda@4000 is retired" in retired.output
    assert _run("show", "nobody", *registry).exit_code == 2


def test_a_tree_becomes_rules_that_are_accepted(folder: Path) -> None:
    out = folder / "rules.yaml"
    done = _run(
        "rules",
        "default-tree",
        "--registry",
        folder / "registry",
        "--max-depth",
        4,
        "--min-lift",
        2,
        "--out",
        out,
    )
    assert done.exit_code == 0, done.output
    text = out.read_text(encoding="utf-8")
    assert "days_past_due > " in text
    assert "times the book" in text
    checked = CliRunner().invoke(app, ["rules", "check", str(out)])
    assert checked.exit_code == 0, checked.output
    assert "all well" in checked.output


def test_what_a_model_cannot_give_is_refused(folder: Path) -> None:
    registry = ("--registry", folder / "registry")
    assert _run("rules", "default-lda", *registry).exit_code == 2
    assert _run("points", "default-lda", *registry).exit_code == 2
    assert _run("rules", "default-tree", "--min-lift", 90, *registry).exit_code == 1


def test_a_scorecard_prints_as_a_table(folder: Path) -> None:
    file = folder / "registry" / "default-scorecard-4000.json"
    for model in (file, "default-blend"):
        done = _run("points", model, "--registry", folder / "registry", "--features", 2)
        assert done.exit_code == 0
        assert done.output.startswith("feature ")
        assert "days_past_due" in done.output


def test_a_bad_mapping_ends_with_its_place(folder: Path) -> None:
    (folder / "bad.yaml").write_text("target: gone\n", encoding="utf-8")
    done = _run("evaluate", folder / "book.csv", "--mapping", folder / "bad.yaml")
    assert done.exit_code == 2
    assert "there is no column 'gone'" in done.output
    again = _run("evaluate", folder / "book.csv", "--mapping", folder / "book.yaml", "--family", "magic")
    assert again.exit_code == 2
