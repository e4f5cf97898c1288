"""The workers of a round: some of them are up, some were killed, one may sleep."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.integration.workers import ROOT, START, Process, leash

if TYPE_CHECKING:
    from tests.integration.workers import Site

CLOCK = Path(__file__).with_name("wrong_clock")
STOP_SECONDS = 90.0
WORKER = ["-c", START]
NAIVE = ["-m", "tests.chaos.naive"]


class Workforce:
    """Starts and ends workers; they are known by their number."""

    def __init__(self, site: Site, settings: dict[str, str], program: list[str] | None = None) -> None:
        self.site = site
        self.settings = settings
        self.program = program or WORKER
        self.up: dict[int, Process] = {}
        """By number, in the order in which they came."""
        self.all: list[Process] = []
        self.ended: list[str] = []
        """What ended without being told to, or badly."""

    def join(self, clock: str | None = None, **settings: str) -> int:
        """One more worker; its number. `clock`: how wrong its clock is (wrong_clock/sitecustomize.py)."""
        number = len(self.all) + 1
        log = self.site.folder / f"worker-{number}.log"
        environment = self.site.environment(**(self.settings | settings))
        if clock is not None:
            environment["POSTLOAN_TEST_CLOCK"] = clock
            environment["PYTHONPATH"] = f"{CLOCK}:{environment.get('PYTHONPATH', '')}"
        with log.open("wb") as stderr:
            child = subprocess.Popen(
                [*leash(), sys.executable, *self.program], cwd=ROOT, env=environment, stderr=stderr
            )
        self.up[number] = Process(child, log)
        self.all.append(self.up[number])
        return number

    def kill(self, number: int) -> None:
        """kill -9."""
        self.up.pop(number).kill()

    def signal(self, number: int, what: signal.Signals) -> None:
        self.up[number].child.send_signal(what)

    def ask_to_stop(self, number: int) -> Process:
        """SIGTERM; the worker is no longer one of those up."""
        leaving = self.up.pop(number)
        leaving.child.send_signal(signal.SIGTERM)
        return leaving

    def see_off(self, leaving: Process) -> None:
        """Wait for a worker that was asked to stop; one that does not is killed, and that is noted."""
        name = leaving.log.stem
        try:
            code = leaving.child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.ended.append(f"{name} did not stop in {STOP_SECONDS:.0f} s")
            leaving.kill()
            return
        early = code == -signal.SIGTERM and not leaving.named("worker_starts")  # it knew no signal yet
        if code != 0 and not early:
            self.ended.append(f"{name} was asked to stop and ended with {code}")

    def replace_the_ended(self) -> None:
        """Start a worker for each that ended on its own, as a machine's keeper would, and note it."""
        for number, process in list(self.up.items()):
            code = process.child.poll()
            if code is not None:
                del self.up[number]
                self.ended.append(f"{process.log.stem} ended on its own with {code}")
                self.join()

    def stop_all(self) -> None:
        """SIGTERM to all, and wait for each."""
        for leaving in [self.ask_to_stop(number) for number in list(self.up)]:
            self.see_off(leaving)

    def kill_all(self) -> None:
        for process in self.all:
            if process.child.poll() is None:
                process.kill()
        self.up.clear()

    def said(self, event: str) -> int:
        """How often workers told of an event."""
        return sum(len(process.named(event)) for process in self.all)
