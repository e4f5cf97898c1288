"""Which core does what: one for the worker that is measured, the other for the servers and ourselves."""

from __future__ import annotations

import os
import shutil
from typing import Final

SERVERS: Final = 0
WORKER: Final = 1
_TICKS: Final = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def can_pin() -> bool:
    return shutil.which("taskset") is not None and (os.cpu_count() or 1) > WORKER


def stay_with_servers() -> bool:
    """Keep this process, and all it starts, off the worker's core; whether that can be done."""
    if not can_pin():
        return False
    os.sched_setaffinity(0, {SERVERS})
    return True


def pinned(core: int = WORKER) -> list[str]:
    """What stands before a command to run it on one core; nothing where that cannot be done."""
    return ["taskset", "-c", str(core)] if can_pin() else []


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far, all its threads."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123  # read ten times a second
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def peak_mb(pid: int) -> int:
    """The largest resident size of a process so far."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:  # noqa: PTH123  # the same
        for line in status:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) // 1024
    return 0


def machine() -> dict[str, str | int | bool]:
    """The machine in general terms."""
    model = "unknown"
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as told:  # noqa: PTH123  # the same
        for line in told:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return {"processor": model, "cores": os.cpu_count() or 1, "pinned": can_pin()}
