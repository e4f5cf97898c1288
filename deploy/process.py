"""A server that runs as a local process in a folder of its own, with its pid, its log and what it stores."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

HOST = "127.0.0.1"


class Unavailable(RuntimeError):  # noqa: N818 - it states a fact about the machine
    """The server cannot run on this machine; the message says what is missing."""


class StartFailed(RuntimeError):  # noqa: N818 - it states what happened
    """The server was started but did not come up; the message ends with its log."""


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=0.5):
        return True
    return False


class LocalServer(ABC):
    """Starts, stops, kills and pauses one server process.

    The process is known by the pid file in its folder, so another Python process can stop it later.
    Unless `detached`, it dies with the thread that started it, where the system can arrange that.
    """

    name: ClassVar[str]
    start_timeout: ClassVar[float]

    def __init__(self, folder: Path, port: int | None = None, *, detached: bool = False) -> None:
        self.folder = folder.absolute()
        self.port = port or free_port()
        self.detached = detached
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def log_file(self) -> Path:
        return self.folder / "server.log"

    @property
    def pid_file(self) -> Path:
        return self.folder / "pid"

    @property
    def pid(self) -> int | None:
        """The running server's process id, or None."""
        if self._child is not None:
            return self._child.pid if self._child.poll() is None else None
        try:
            pid = int(self.pid_file.read_text())
            arguments = subprocess.run(
                ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=True
            ).stdout
        except (OSError, ValueError, subprocess.CalledProcessError):
            return None
        return pid if self._mark() in arguments else None  # else the pid went to somebody else

    def start(self) -> Self:
        """Start and wait until the server answers. Does nothing when it runs already."""
        if self.pid is not None:
            return self
        self.check_possible()
        if listens(self.port):
            raise StartFailed(f"{self.name}: something else listens on port {self.port} already")
        self.folder.mkdir(parents=True, exist_ok=True)
        self._prepare()
        with self.log_file.open("ab") as log:
            self._child = subprocess.Popen(
                [*self._leash(), *self._command()],
                cwd=self.folder,
                env={**os.environ, **self._environment()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid_file.write_text(str(self._child.pid))
        try:
            self._wait_until_ready()
        except BaseException:  # also Ctrl-C: no half-started server stays behind
            self.kill()
            raise
        return self

    def stop(self, patience: float = 20.0) -> None:
        """Ask the server to end, and end it when it does not."""
        if self._signal(signal.SIGTERM) and not self._gone(patience):
            self.kill()
        self.pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """End it at once, as a crash would (kill -9)."""
        if self._signal(signal.SIGKILL) and not self._gone(10.0):
            raise RuntimeError(f"{self.name}: process {self.pid} survives kill -9")

    def restart(self) -> None:
        """Stop and start on the same port with what was stored."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused server go on."""
        self._signal(signal.SIGCONT)

    def discard(self) -> None:
        """Kill it and throw away what it stored; only its log stays."""
        self.kill()
        self.pid_file.unlink(missing_ok=True)
        for stored in self.folder.iterdir() if self.folder.is_dir() else ():
            if stored.is_dir():
                shutil.rmtree(stored, ignore_errors=True)

    def log_tail(self, lines: int = 30) -> str:
        with contextlib.suppress(OSError):
            return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])
        return ""

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @abstractmethod
    def check_possible(self) -> None:
        """Raise Unavailable when this machine cannot run the server."""

    @abstractmethod
    def _prepare(self) -> None:
        """Write what the server reads at its start."""

    @abstractmethod
    def _command(self) -> Sequence[str]: ...

    @abstractmethod
    def _answers(self) -> bool:
        """Whether the server does its work, asked by its own protocol."""

    @abstractmethod
    def _mark(self) -> str:
        """A part of the process's arguments by which it is known as this server."""

    def _environment(self) -> Mapping[str, str]:
        return {}

    def _leash(self) -> list[str]:
        setpriv = shutil.which("setpriv")
        if self.detached or setpriv is None or threading.current_thread() is not threading.main_thread():
            return []
        return [setpriv, "--pdeathsig", "KILL"]

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + self.start_timeout
        while time.monotonic() < deadline:
            if self.pid is None:
                raise StartFailed(f"{self.name} ended while starting:\n{self.log_tail()}")
            if listens(self.port) and self._answers():
                return
            time.sleep(0.05)
        waited = f"{self.name} did not answer on port {self.port} in {self.start_timeout:.0f} s"
        raise StartFailed(f"{waited}:\n{self.log_tail()}")

    def _signal(self, number: signal.Signals) -> bool:
        pid = self.pid
        if pid is None:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        return True

    def _gone(self, patience: float) -> bool:
        deadline = time.monotonic() + patience
        while self.pid is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True
