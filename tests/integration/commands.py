"""Commands of the command line, as processes of their own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.workers import Site


def run(site: Site, *words: str, expect: int = 0, **settings: str) -> str:
    """What it writes to standard output; to standard error too where a code other than 0 is expected."""
    script = "from streams.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        env=site.environment(**settings),
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == expect, done.stderr.decode() + done.stdout.decode()
    return done.stdout.decode() + done.stderr.decode() * (expect != 0)
