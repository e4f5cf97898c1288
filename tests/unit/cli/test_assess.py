import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from streams.cli.app import app

CASES = Path(__file__).parents[2] / "golden" / "cases"
EVENTS = CASES / "cut_and_restored" / "events.jsonl"
COMMAND = [sys.executable, "-c", "from streams.cli import main; main()", "assess"]


def _assess(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["assess", *map(str, arguments)], input=stdin)


def test_dash_is_standard_input_and_output(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert _assess("--events", EVENTS, "--out", out).exit_code == 0
    piped = _assess("--events", "-", "--out", "-", stdin=EVENTS.read_bytes())
    assert piped.exit_code == 0
    assert piped.stdout_bytes == out.read_bytes() != b""


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    _assess("--events", EVENTS, "--out", first)
    _assess("--events", EVENTS, "--out", second)
    assert first.read_bytes() == second.read_bytes()


def test_refused_records_leave_exit_code_0(tmp_path: Path) -> None:
    result = _assess("--events", CASES / "refused" / "events.jsonl", "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert "dead letters    23 (schema 18, " in result.stderr


def test_only_line_feeds_end_a_line_and_the_last_may_lack_one(tmp_path: Path) -> None:
    events = tmp_path / "events"
    events.write_bytes(
        b'{"kind":"tick","event_id":"a","occurred_at":"2025-01-01T00:00:00Z"}\r\n\x85\x0b\n{"x":"\r"}'
    )
    refused = tmp_path / "refused"
    result = _assess("--events", events, "--out", tmp_path / "out", "--dead-letters", refused)
    assert result.exit_code == 0
    assert [line.count(b'"source_offset":') for line in refused.read_bytes().splitlines()] == [1, 1]


@pytest.mark.parametrize("option", ["--events", "--rulebook"])
@pytest.mark.parametrize(("name", "why"), [("missing", "no such file or directory"), ("", "is a directory")])
def test_a_file_that_cannot_be_read(tmp_path: Path, option: str, name: str, why: str) -> None:
    arguments = {"--events": str(EVENTS), "--out": str(tmp_path / "out"), option: str(tmp_path / name)}
    result = _assess(*(word for pair in arguments.items() for word in pair))
    assert result.exit_code == 2
    assert why in result.stderr
    assert str(tmp_path / name) in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"rules: [", ":1:"),
        (b"a: 2025-99-99", "month must be in 1..12"),
        (b"\xff", "byte 0 is not UTF-8"),
        (b"version: x\nrules: []\npolicy: {}", "policy.halve: "),
        (b"", "rulebook"),
    ],
)
def test_a_bad_rulebook(tmp_path: Path, text: bytes, told: str) -> None:
    rulebook = tmp_path / "own.yaml"
    rulebook.write_bytes(text)
    result = _assess("--events", EVENTS, "--out", tmp_path / "out", "--rulebook", rulebook)
    assert result.exit_code == 2
    assert "own.yaml" in result.stderr
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    result = _assess("--events", EVENTS, "--out", tmp_path / "nowhere" / "out")
    assert result.exit_code == 2
    assert "cannot write the decisions" in result.stderr


@pytest.mark.parametrize("name", ["-", "out"])
def test_both_outputs_into_one_file_are_refused(tmp_path: Path, name: str) -> None:
    place = name if name == "-" else tmp_path / name
    assert _assess("--events", EVENTS, "--out", place, "--dead-letters", place).exit_code == 2


def test_both_outputs_into_the_bin_are_fine() -> None:
    result = _assess("--events", EVENTS, "--out", os.devnull, "--dead-letters", os.devnull)
    assert result.exit_code == 0


@pytest.mark.parametrize("wrong", [["--lanes", "0"], ["--lanes", "x"], ["--nonsense"], []])
def test_wrong_arguments(wrong: list[str]) -> None:
    arguments = ["--events", EVENTS, "--out", os.devnull, *wrong] if wrong else []
    assert _assess(*arguments).exit_code == 2


def test_an_older_output_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_bytes(b"older\n")
    result = _assess("--events", EVENTS, "--out", out, "--dead-letters", tmp_path / "no" / "refused")
    assert result.exit_code == 2
    assert out.read_bytes() == b"older\n"
    assert list(tmp_path.iterdir()) == [out]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "out")
    assert _assess("--events", EVENTS, "--out", tmp_path / "link").exit_code == 0
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "out").read_bytes()


def test_hard_rules_only(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert _assess("--events", EVENTS, "--out", out, "--no-model").exit_code == 0
    assert b'"model_score"' in out.read_bytes()  # unknown, always


def test_a_reader_that_goes_away_is_no_error() -> None:
    running = subprocess.Popen(
        [*COMMAND, "--events", str(EVENTS), "--out", "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert running.stdout is not None
    running.stdout.close()
    _, said = running.communicate(timeout=120)
    assert b"Traceback" not in said
    assert running.returncode == 0
