"""Each folder of cases: events.jsonl and perhaps a rulebook.yaml, and what `assess` makes of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.cli.app import app

CASES = sorted(path.parent for path in Path(__file__).parent.glob("cases/*/events.jsonl"))


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_assess(case: Path, tmp_path: Path, golden: Callable[[Path, bytes], None]) -> None:
    out, refused, rulebook = tmp_path / "out", tmp_path / "refused", case / "rulebook.yaml"
    arguments = ["assess", "--events", str(case / "events.jsonl"), "--out", str(out)]
    arguments += ["--dead-letters", str(refused)]
    arguments += ["--rulebook", str(rulebook)] if rulebook.is_file() else []
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.stderr
    golden(case / "expected_decisions.jsonl", out.read_bytes())
    golden(case / "expected_dead_letters.jsonl", refused.read_bytes())
    golden(case / "expected_summary.txt", result.stderr_bytes)
