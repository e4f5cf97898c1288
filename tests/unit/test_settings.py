from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from streams.settings import Settings, SettingsError, read_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("POSTLOAN_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_defaults_need_nothing() -> None:
    settings = read_settings()
    assert (settings.kafka_bootstrap, settings.topic_prefix, settings.lanes) == (
        "127.0.0.1:9092",
        "postloan.",
        12,
    )


def test_variables_go_before_the_file_and_the_file_before_defaults(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "postloan.toml").write_text('lanes = 3\ngroup = "g"\n')
    monkeypatch.setenv("POSTLOAN_LANES", "5")
    settings = read_settings()
    assert (settings.lanes, settings.group, settings.state_namespace) == (5, "g", "postloan")
    assert read_settings(lanes=7).lanes == 7


def test_the_file_may_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("lanes = 4")
    monkeypatch.setenv("POSTLOAN_CONFIG", str(tmp_path / "own.toml"))
    assert read_settings().lanes == 4
    monkeypatch.setenv("POSTLOAN_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(SettingsError, match=r"none\.toml"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("POSTLOAN_LANE", "3", "POSTLOAN_LANE: there is no such setting"),
        ("postloan_topicprefix", "x", "postloan_topicprefix: there is no such setting"),
        ("POSTLOAN_LANES", "none", "lanes: "),
        ("POSTLOAN_LANES", "0", "lanes: "),
        ("POSTLOAN_TICK_SECONDS", "0", "tick_seconds: "),
        ("POSTLOAN_REDIS_URL", "http://user:hunter2@host", "redis_url: "),
        ("POSTLOAN_STATE_NAMESPACE", "a{b}", "state_namespace: "),
    ],
)
def test_bad_variables_are_named(monkeypatch: pytest.MonkeyPatch, name: str, text: str, told: str) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert str(refused.value).startswith(told)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("text", ["lane = 3", "lanes = [", "[lanes]\nx = 1"])
def test_bad_files_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "postloan.toml").write_text(text)
    with pytest.raises(SettingsError, match=r"lane|postloan\.toml"):
        read_settings()


def test_variables_of_the_test_run_are_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTLOAN_TEST_SERVERS", "local")
    read_settings()


def test_passwords_are_never_shown() -> None:
    settings = read_settings(redis_url="rediss://user:hunter2@host:1/2")
    assert "hunter2" not in f"{settings!r} {settings} {settings.shown_redis_url} {settings.model_dump_json()}"
    assert settings.shown_redis_url == "rediss://user:***@host:1/2"


def test_settings_do_not_change() -> None:
    settings = read_settings()
    with pytest.raises(ValidationError):
        settings.lanes = 3  # type: ignore[misc]
    assert isinstance(settings, Settings)
