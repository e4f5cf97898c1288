import subprocess
import sys
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from streams.cli.app import app

HEAVY = (
    "numpy",
    "numba",
    "msgspec",
    "pydantic",
    "rich",
    "kafka",
    "aiokafka",
    "faust",
    "redis",
    "river",
    "yaml",
)


def test_help_loads_nothing_heavy() -> None:
    script = f"import sys, streams.cli.app; print([m for m in {HEAVY!r} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert said.stdout.strip() == "[]"


def test_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"postloan {version('postloan')}\n"


@pytest.mark.parametrize(
    "words", [["nonsense"], ["features", "show", "nonsense"], ["simulate", "--months", "0"]]
)
def test_wrong_words_give_2(words: list[str]) -> None:
    assert CliRunner().invoke(app, words).exit_code == 2


def test_a_feature_is_shown_and_a_near_miss_named() -> None:
    assert (
        "at_least(4, empty_statements)"
        in CliRunner().invoke(app, ["features", "show", "empty_statements.certain"]).stdout
    )
    missed = CliRunner().invoke(app, ["features", "show", "utilisation"])
    assert "did you mean utilisation.now" in missed.stderr


def test_bad_settings_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTLOAN_LANES", "none")
    for words in (["worker"], ["doctor"], ["watch"], ["topics", "create"], ["cardholder", "show", "anna"]):
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 2
        assert "lanes" in result.stderr


def test_servers_that_are_away_give_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTLOAN_KAFKA_BOOTSTRAP", "127.0.0.1:1")
    monkeypatch.setenv("POSTLOAN_REDIS_URL", "redis://:secret@127.0.0.1:1/0")
    for words in (
        ["watch"],
        ["topics", "create"],
        ["simulate", "--to", "kafka"],
        ["cardholder", "show", "anna"],
    ):
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 3, words
        assert "127.0.0.1:1" in result.stderr
        assert "secret" not in result.output


def test_the_doctor_says_what_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTLOAN_KAFKA_BOOTSTRAP", "127.0.0.1:1")
    monkeypatch.setenv("POSTLOAN_REDIS_URL", "redis://:secret@127.0.0.1:1/0")
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "2 to mend" in result.stdout
    assert "secret" not in result.output


def test_explain_refuses_what_would_be_ignored() -> None:
    """Of a file and of Kafka: words that mean nothing there."""
    of_file = CliRunner().invoke(app, ["explain", "anna", "--events", "e.jsonl", "--from-start"])
    assert of_file.exit_code == 2
    assert "--from-start goes with Kafka" in of_file.stderr
    of_kafka = CliRunner().invoke(app, ["explain", "anna", "--no-model"])
    assert of_kafka.exit_code == 2
    assert "go with --events" in of_kafka.stderr
