"""Commands of the command line, given to it in this process: what they import is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from streams.cli.app import app

if TYPE_CHECKING:
    from tests.integration.workers import Site


def run(site: Site, *words: str, expect: int = 0, **settings: str) -> str:
    """What it writes to standard output; to standard error too where a code other than 0 is expected."""
    done = CliRunner().invoke(app, [*words], env=site.environment(**settings))
    assert done.exit_code == expect, done.output + repr(done.exception)
    return done.stdout + done.stderr * (expect != 0)
