import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from streams.cli.app import app
from tests.oracle.lines import Pen


def run(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["models", "vintages", *map(str, arguments)], input=stdin)


@pytest.fixture(name="log")
def _log(tmp_path: Path) -> Path:
    """From 2024-01-01 on: four accounts opened on 10 January, one in 2022, one of which nobody tells."""
    pen = Pen()
    pen.put("bureau_report", "unknown", 0)
    pen.account("old", 0, opened_on="2022-05-10")
    for name in ("never", "late", "paid", "charged"):
        pen.account(name, 12, opened_on="2024-01-10")
        pen.statement(name, 20, 100_000, 5_000, due=40)  # due on 10 February; 60 days later is 10 April
    pen.payment("never", 30, 100_000)
    pen.payment("charged", 30, 100_000)
    pen.payment("paid", 60, 100_000)
    pen.put("outcome", "charged", 80, outcome="charged_off")
    pen.tick(150)
    file = tmp_path / "log.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in pen.lines()))
    return file


def counted(found: Any, opened: str) -> list[tuple[int, int, int, float]]:
    (vintage,) = [one for one in found["vintages"] if one["opened"] == opened]
    return [(one["month"], one["watched"], one["bads"], one["rate"]) for one in vintage["months"]]


def test_who_turned_bad_counts_from_then_on(log: Path) -> None:
    found = json.loads(run("--events", log, "--json").stdout)
    assert (found["accounts"], found["opening_unknown"], found["days_past_due"]) == (5, 1, 60)
    assert counted(found, "2024Q1") == [
        (1, 4, 0, 0.0),
        (2, 4, 0, 0.0),
        (3, 4, 1, 0.25),  # charged off on 21 March
        (4, 3, 1, 0.5),  # 60 days past due in April
    ]
    assert [month for month, *_ in counted(found, "2022Q2")] == [21, 22, 23, 24]


def test_days_past_due_and_cohorts_can_be_told(log: Path) -> None:
    found = json.loads(
        run("--events", "-", "--json", "--by", "month", "--dpd", 15, stdin=log.read_bytes()).stdout
    )
    assert counted(found, "2024-01")[1:] == [(2, 4, 2, 0.5), (3, 2, 1, 0.75), (4, 1, 0, 0.75)]


def test_the_table(log: Path) -> None:
    lines = run("--events", log).stdout.splitlines()
    assert lines[3].split() == ["opened", "accounts", "1", "2", "3", "4", "24"]
    assert lines[5].split() == ["2024Q1", "4", "0.00%", "0.00%", "25.00%", "50.00%"]
    assert lines[-1].startswith("1 more")


def test_a_log_without_openings_is_refused(tmp_path: Path) -> None:
    pen = Pen()
    pen.account("c", 0)
    file = tmp_path / "log.jsonl"
    file.write_bytes(b"\n".join(pen.lines()))
    refused = run("--events", file)
    assert refused.exit_code == 2
    assert "opened_on" in refused.stderr
    assert run("--events", tmp_path / "none").exit_code == 2
