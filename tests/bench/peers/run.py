"""Runs one peer over the events, pinned like our worker, and checks what it found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from deploy.process import Unavailable
from streams.ports.log import Topic
from tests.bench.cores import pinned
from tests.bench.marks import Mark, pace
from tests.bench.peers.check import check
from tests.bench.peers.flink import build_flink, flink_command
from tests.bench.peers.meter import VARIABLE
from tests.bench.servers import BUILD, KEEP, ROOT
from tests.integration.workers import leash

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.bench.marks import Pace
    from tests.bench.peers.lines import Hit
    from tests.bench.servers import Servers

PEERS: Final = ("flink_java_heap", "flink_java_rocksdb", "quix", "faust_table")
SHARES: Final = {"flink_java_heap": 1.0, "flink_java_rocksdb": 1.0, "quix": 1 / 2, "faust_table": 1 / 6}
"""Of all events, how many a run of each takes: the slowest take fewer, but enough that most have state."""
WARM_SHARES: Final = {"flink_java_heap": 0.5, "flink_java_rocksdb": 0.4, "quix": 0.3, "faust_table": 0.2}
"""Of these, how many pass before measuring begins; the Java machine is given longest."""
BENCH_PYTHON: Final = BUILD / "bench" / "venv" / "bin" / "python"
MOST_SECONDS: Final = 600.0
_STEPS: Final = 50


class PeerFailedError(RuntimeError):
    """A peer ended without a result; the message ends with what it wrote."""


@dataclass(frozen=True, slots=True)
class Source:
    """The events on a broker, and what the reference finds in them."""

    servers: Servers
    topic: str
    by_lane: tuple[int, ...]
    hits: Sequence[Sequence[Hit]]

    @property
    def events(self) -> int:
        return sum(self.by_lane)


@dataclass(frozen=True, slots=True)
class PeerRun:
    """One run of a peer."""

    pace: Pace
    peak_mb: int
    hits: int
    repeated: int


def check_peer(peer: str) -> None:
    """Raise Unavailable when something that a peer needs is missing here; builds what must be built."""
    if peer.startswith("flink_java_"):
        build_flink()
    elif peer == "quix":
        tried = [str(BENCH_PYTHON), "-c", "import quixstreams"]
        if not BENCH_PYTHON.is_file() or subprocess.run(tried, capture_output=True, check=False).returncode:
            raise Unavailable("its package is not installed (make bench installs requirements/bench.txt)")


def run_peer(peer: str, source: Source, name: str) -> PeerRun:
    """Run it once. Raises PeerFailedError, DiffersError."""
    folder = source.servers.folder / name
    folder.mkdir()
    out = f"peer.out-{name}"
    lanes = len(source.by_lane)
    source.servers.create("peer.", [Topic(out.removeprefix("peer."), lanes, KEEP)])
    share = SHARES[peer]
    stops = {lane: int(count * share) for lane, count in enumerate(source.by_lane)}
    events = sum(stops.values())
    step = max(1, events // _STEPS)
    told = {
        "broker": source.servers.bootstrap,
        "in": source.topic,
        "out": out,
        "name": name,
        "folder": str(folder / "state"),
        "events": events,
        "step": step,
    }
    ended = _ended(_command(peer, told, stops, folder), told, folder)
    stops = {int(lane): stop for lane, stop in ended.get("next", stops).items()}
    found = check(source.servers.bootstrap, out, source.hits, stops)
    marks = [Mark(*mark) for mark in ended["marks"]]
    measured = pace(marks, int(events * WARM_SHARES[peer]), events)
    source.servers.delete(_left(source, name))
    shutil.rmtree(folder)
    return PeerRun(measured, ended["peak_mb"], found["hits"], found["repeated"])


def _command(peer: str, told: dict[str, Any], stops: dict[int, int], folder: Path) -> list[str]:
    if peer.startswith("flink_java_"):
        return flink_command(peer.removeprefix("flink_java_"), told, stops, folder)
    if peer == "quix":
        return [str(BENCH_PYTHON), "-m", "tests.bench.peers.quix"]
    options = ["--datadir", str(folder), "worker", "-l", "error", "--without-web"]
    return [sys.executable, "-m", "tests.bench.peers.faust_table", *options]


def _ended(command: list[str], told: dict[str, Any], folder: Path) -> dict[str, Any]:
    environment = os.environ | {VARIABLE: json.dumps(told), "PYTHONPATH": str(ROOT)}
    with (folder / "out").open("w+b") as out:
        try:
            subprocess.run(
                [*leash(), *pinned(), *command],
                cwd=ROOT,
                env=environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                timeout=MOST_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise PeerFailedError(f"{told['name']}: not done after {MOST_SECONDS:.0f} s") from late
        out.seek(0)
        said = out.read().decode(errors="replace")
    for line in said.splitlines():
        if line.startswith("RESULT "):
            result: dict[str, Any] = json.loads(line.removeprefix("RESULT "))
            return result
    raise PeerFailedError(f"{told['name']} ended without a result:\n{said[-3000:]}")


def _left(source: Source, name: str) -> list[str]:
    """Topics that a run leaves: its output, and the changelogs that an engine made."""
    from kafka import KafkaConsumer

    consumer = KafkaConsumer(bootstrap_servers=source.servers.bootstrap)
    try:
        return [topic for topic in consumer.topics() if name in topic]
    finally:
        consumer.close()
