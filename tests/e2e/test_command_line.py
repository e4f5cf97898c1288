"""The commands one after the other, as their user types them, over a real Kafka and a real Redis."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.servers import KafkaServer, RedisServer

pytestmark = [pytest.mark.e2e, pytest.mark.integration]

LANES = 3
BOOK = ("simulate", "--cardholders", "40", "--months", "5", "--transactions", "8", "--to")
PATIENCE = 120.0


class Shell:
    """Types commands with the settings of one test."""

    def __init__(self, settings: dict[str, str]) -> None:
        theirs = {name: value for name, value in os.environ.items() if not name.startswith("POSTLOAN_")}
        self._environment = theirs | {f"POSTLOAN_{name}": value for name, value in settings.items()}

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        script = "from streams.cli import main; main()"
        return subprocess.Popen(
            [sys.executable, "-c", script, *words],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *words: str, expect: int = 0) -> bytes:
        running = self.start(*words)
        out, said = running.communicate(timeout=PATIENCE)
        assert running.returncode == expect, said.decode() + out.decode()
        return out


@pytest.fixture(name="shell")
def _shell(kafka: KafkaServer, redis_server: RedisServer, topic_prefix: str) -> Shell:
    name = topic_prefix.rstrip(".") + "-cli"
    return Shell(
        {
            "KAFKA_BOOTSTRAP": kafka.bootstrap,
            "REDIS_URL": redis_server.url,
            "TOPIC_PREFIX": f"{name}.",
            "STATE_NAMESPACE": name,
            "GROUP": name,
            "LANES": str(LANES),
        }
    )


def test_from_no_topics_to_decisions(shell: Shell, tmp_path: Path) -> None:
    assert b"postloan topics create" in shell.run("doctor", expect=1)
    shell.run("watch", expect=2)
    assert shell.run("topics", "create").count(b"created ") == 16
    assert shell.run("topics", "create").count(b"was there ") == 16
    assert b"nothing to mend" in shell.run("doctor")

    events, decided = tmp_path / "events", tmp_path / "decisions"
    shell.run(*BOOK, str(events))
    shell.run("assess", "--events", str(events), "--out", str(decided), "--lanes", str(LANES), "--no-model")
    wanted = sorted(_without_topic(line) for line in decided.read_bytes().splitlines())
    assert len(wanted) > 20

    shell.run(*BOOK, "kafka")
    worker = shell.start("worker")
    try:
        found = _watched(shell, len(wanted))
    finally:
        worker.terminate()
        _, said = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0, said.decode()
    assert found == wanted  # with so few labels no model scores yet

    lines = shell.run("watch", "--from-start", "--until-end").decode().splitlines()
    assert len(lines) == len(wanted)
    assert "episode" in shell.run("cardholder", "show", "ch-0000001").decode()
    shell.run("cardholder", "show", "nobody", expect=1)


def _watched(shell: Shell, count: int) -> list[bytes]:
    deadline = time.monotonic() + PATIENCE
    while True:
        found = shell.run("watch", "--from-start", "--until-end", "--json").splitlines()
        if len(found) >= count or time.monotonic() > deadline:
            return sorted(map(_without_topic, found))
        time.sleep(0.5)


def _without_topic(line: bytes) -> bytes:
    """The trigger's topic bears the prefix of the test."""
    before, mark, after = line.partition(b'"topic":"')
    return before + mark + after[after.index(b".") :] if mark else line
