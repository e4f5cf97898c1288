import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.cli.app import app

DATA = Path(__file__).parents[2] / "data" / "taiwan-credit-default.csv.gz"
SMALL = ["simulate", "--cardholders", "3", "--months", "2", "--seed", "5"]


@pytest.fixture(name="few", scope="module")
def _few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data set's first 400 cardholders."""
    file = tmp_path_factory.mktemp("taiwan") / "few.csv"
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        file.write_text("".join(line for _, line in zip(range(401), lines, strict=False)), encoding="utf-8")
    return file


def test_a_simulated_book_is_the_same_in_a_file_and_on_standard_output(tmp_path: Path) -> None:
    file = tmp_path / "events"
    assert CliRunner().invoke(app, [*SMALL, "--to", str(file)]).exit_code == 0
    printed = CliRunner().invoke(app, SMALL)
    assert printed.stdout_bytes == file.read_bytes()
    lines = printed.stdout_bytes.splitlines()
    assert f"{len(lines)} records sent" in printed.stderr
    assert {"kind", "event_id", "occurred_at"} <= json.loads(lines[0]).keys()


@pytest.mark.parametrize("start", ["2025-01-02", "soon"])
def test_a_bad_start_is_refused(start: str) -> None:
    assert CliRunner().invoke(app, ["simulate", "--start", start]).exit_code == 2


def test_a_book_can_be_assessed(tmp_path: Path) -> None:
    events = CliRunner().invoke(app, SMALL).stdout_bytes
    result = CliRunner().invoke(
        app, ["assess", "--events", "-", "--out", str(tmp_path / "out")], input=events
    )
    assert result.exit_code == 0
    assert "dead letters    0" in result.stderr


def test_taiwan_is_imported(few: Path) -> None:
    result = CliRunner().invoke(app, ["import", "taiwan", str(few)])
    assert result.exit_code == 0
    kinds = {json.loads(line)["kind"] for line in result.stdout_bytes.splitlines()}
    assert kinds == {"account_updated", "statement_issued", "payment_posted", "outcome", "tick"}


@pytest.mark.parametrize("command", [["import", "taiwan"], ["evaluate", "taiwan"]])
def test_a_bad_data_set_is_refused(tmp_path: Path, command: list[str]) -> None:
    bad = tmp_path / "bad.csv.gz"
    bad.write_bytes(b"no gzip")
    for file in (bad, tmp_path, tmp_path / "missing"):
        result = CliRunner().invoke(app, [*command, str(file)])
        assert result.exit_code == 2
        assert str(file) in result.stderr
        assert "Traceback" not in result.stderr


def test_the_evaluation_tells_of_everybody(few: Path) -> None:
    result = CliRunner().invoke(app, ["evaluate", "taiwan", str(few), "--markdown"])
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("400 cardholders; ")
    rows = [line.split("|") for line in result.stdout.splitlines() if line.startswith("| ")]
    names = [row[1].strip() for row in rows]
    assert "days_past_due" in names
    actions = rows[names.index("worst action asked for") + 1 :]
    assert sum(int(row[2].replace(",", "")) for row in actions) == 400
    assert "AUC 0." in result.stdout
    assert "nothing decided" in CliRunner().invoke(app, ["evaluate", "taiwan", str(few)]).stdout
