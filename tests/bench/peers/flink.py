"""The Flink job: built by Maven when it is first wanted, run in one Java process."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

from deploy.kafka.jars import java
from deploy.process import Unavailable
from tests.bench.servers import BUILD

PROJECT: Final = Path(__file__).with_name("flink_job")
TARGET: Final = BUILD / "bench" / "flink"
_MACHINE: Final = ("-Xms2g", "-Xmx2g", "-Xmn1g", "-XX:+UseSerialGC")
_OPENED: Final = ("java.util", "java.lang", "java.time")
_BACKENDS: Final = {
    "heap": ["backend=hashmap"],
    "rocksdb": [
        "backend=rocksdb",
        "-Dstate.backend.rocksdb.use-bloom-filter=true",
        "-Dstate.backend.rocksdb.compression.per.level=NO_COMPRESSION",
    ],
}


def build_flink() -> None:
    """Build the job unless it is built. Raises Unavailable when something for it is missing."""
    java()
    newest = max(file.stat().st_mtime for file in PROJECT.rglob("*") if file.is_file())
    done = TARGET / "built"
    if done.is_file() and done.stat().st_mtime >= newest:
        return
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable("Flink's job is built by Maven: apt-get install maven")
    said = subprocess.run(
        [maven, "-q", "-B", "-f", str(PROJECT / "pom.xml"), "package", f"-Dbuild.out={TARGET}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode != 0:
        raise Unavailable(f"Maven could not build Flink's job:\n{said.stdout[-2000:]}{said.stderr[-2000:]}")
    done.touch()


def flink_command(backend: str, told: dict[str, Any], stops: dict[int, int], folder: Path) -> list[str]:
    """How to run the job with a state backend: heap or rocksdb."""
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED]
    return [
        *(java(), *_MACHINE, *opened),
        *("-cp", f"{TARGET}/classes:{TARGET}/libs/*", "postloan.bench.Job"),
        *(f"{name}={told[name]}" for name in ("broker", "in", "out", "step")),
        "stops=" + ",".join(str(stops[lane]) for lane in sorted(stops)),
        f"checkpoints={folder}/checkpoints",
        *_BACKENDS[backend],
    ]
