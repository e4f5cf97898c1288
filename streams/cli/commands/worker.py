"""`postloan worker`: judge what comes, until told to stop."""

from __future__ import annotations

import typer

from streams.cli.configured import settings_given


def worker() -> None:
    """Judge what comes from Kafka.

    Publishes what it decides, and goes on until SIGTERM or Ctrl-C. Start as many as there are cores to
    spare: they share the lanes, and one takes over what another leaves. Settings come from POSTLOAN_…
    variables over postloan.toml (docs/operations.md).
    """
    settings = settings_given()
    from streams.worker import run_worker  # Faust, numpy and numba

    raise typer.Exit(run_worker(settings) or 0)
