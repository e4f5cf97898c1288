"""Kafka's jars, copied once by Maven into a folder named after the pom."""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from deploy.process import Unavailable

POM = Path(__file__).with_name("pom.xml")
STORE = Path(__file__).resolve().parents[2] / ".services" / "jars"
OLDEST_JAVA = 17


def java() -> str:
    """The java command; Unavailable when there is none, or an old one."""
    path = shutil.which("java")
    if path is None:
        raise Unavailable("Kafka needs Java: apt-get install default-jre-headless")
    said = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < OLDEST_JAVA:
        raise Unavailable(f"Kafka needs Java {OLDEST_JAVA} or newer; {path} says: {said.strip()}")
    return path


def jar_folder(store: Path = STORE) -> Path:
    """The folder with the jars, whether or not they are there yet."""
    return store / hashlib.sha256(POM.read_bytes()).hexdigest()[:12]


def can_have_jars() -> None:
    """Raise Unavailable when the jars are not there and cannot be brought."""
    if not jar_folder().is_dir() and shutil.which("mvn") is None:
        raise Unavailable("Kafka's jars come by Maven: apt-get install maven")


def bring_jars(store: Path = STORE) -> Path:
    """The folder with the jars, filled on first use; safe to call from several processes at once."""
    target = jar_folder(store)
    if target.is_dir():
        return target
    can_have_jars()
    store.mkdir(parents=True, exist_ok=True)
    with (store / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.is_dir():
            return target
        with tempfile.TemporaryDirectory(dir=store) as folder:
            command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies"]
            said = subprocess.run(
                [*command, "-DincludeScope=runtime", f"-DoutputDirectory={folder}/jars"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            if said.returncode != 0:
                raise Unavailable(f"Maven could not bring Kafka's jars:\n{said.stdout}{said.stderr}")
            (Path(folder) / "jars").rename(target)
    return target
