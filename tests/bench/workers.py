"""Workers of ours as their user starts them, on cores of their own, and how far they are."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import redis

from streams.ports.outbox import cut_from_json
from tests.bench.cores import WORKER, cpu_seconds, peak_mb, pinned
from tests.bench.marks import Mark
from tests.bench.servers import ROOT
from tests.integration.workers import START, Process, leash

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.book import Feed

LOOK_SECONDS: Final = 0.05
STUCK_SECONDS: Final = 120.0


class StuckError(RuntimeError):
    """A worker ended, or stood still; the message ends with its log."""


class Run:
    """One run of some workers over a feed: a namespace, a group, and logs of its own."""

    def __init__(self, feed: Feed, name: str, **settings: str) -> None:
        self.feed = feed
        self.name = name
        self._settings = settings
        self._redis: Any = redis.Redis.from_url(feed.servers.redis_url)
        self._workers: list[Process] = []

    @property
    def log(self) -> Path:
        return self.feed.servers.folder / f"{self.name}.log"

    def _environment(self) -> dict[str, str]:
        mine = {
            "KAFKA_BOOTSTRAP": self.feed.servers.bootstrap,
            "REDIS_URL": self.feed.servers.redis_url,
            "TOPIC_PREFIX": self.feed.prefix,
            "LANES": str(self.feed.lanes),
            "GROUP": self.name,
            "STATE_NAMESPACE": self.name,
            "UNSTABLE_MODEL": "keep",  # when the model is judged is a matter of time: decisions must not be
        } | self._settings
        theirs = {name: value for name, value in os.environ.items() if not name.startswith("POSTLOAN_")}
        paths = {"PYTHONPATH": str(ROOT)}
        return theirs | paths | {f"POSTLOAN_{name}": value for name, value in mine.items()}

    @contextmanager
    def worker(self, core: int = WORKER, sampled: Path | None = None) -> Iterator[Process]:
        """A worker on a core; `sampled`: where it tells what its time goes to."""
        command = ["-c", START] if sampled is None else ["-m", "tests.bench.sampled", str(sampled)]
        log = self.log.with_suffix(f".{len(self._workers)}.log")
        with log.open("wb") as stderr, ExitStack() as stack:
            child = subprocess.Popen(
                [*leash(), *pinned(core), sys.executable, *command],
                cwd=ROOT,
                env=self._environment(),
                stderr=stderr,
            )
            stack.callback(child.wait)
            stack.callback(child.kill)
            process = Process(child, log)
            self._workers.append(process)
            yield process

    # --- how far -------------------------------------------------------------------------------------------

    def committed(self) -> int:
        """Records whose consequences are durable."""
        keys = [f"{{{self.name}:{lane}}}:meta" for lane in range(self.feed.lanes)]
        with self._redis.pipeline(transaction=False) as all_lanes:
            for key in keys:
                all_lanes.hget(key, "cut")
            return sum(sum(cut_from_json(cut).offsets) for cut in all_lanes.execute() if cut)

    def mark(self) -> Mark:
        """Now: of all workers together."""
        spent = sum(cpu_seconds(worker.child.pid) for worker in self._workers)
        return Mark(self.committed(), time.monotonic(), spent)

    def watch(self, records: int) -> list[Mark]:
        """Marks until so many records are committed. Raises StuckError."""
        marks = [self.mark()]
        moved = marks[-1].at
        while marks[-1].events < records:
            time.sleep(LOOK_SECONDS)
            if any(worker.child.poll() is not None for worker in self._workers):
                raise StuckError(f"a worker ended\n{self.logs()}")
            mark = self.mark()
            if mark.events > marks[-1].events:
                marks.append(mark)
                moved = mark.at
            elif mark.at - moved > STUCK_SECONDS:
                raise StuckError(
                    f"{mark.events} of {records} records after {STUCK_SECONDS:.0f} s\n{self.logs()}"
                )
        return marks

    def peak_mb(self) -> int:
        return sum(peak_mb(worker.child.pid) for worker in self._workers)

    def logs(self) -> str:
        return "\n".join(worker.log.read_text()[-4000:] for worker in self._workers)

    def close(self) -> None:
        self._redis.close()
