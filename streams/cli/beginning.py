"""Where commands begin that run a lane again: at a checkpoint, if one fits."""

from __future__ import annotations

from typing import Annotated

import typer

FromStart = Annotated[
    bool,
    typer.Option("--from-start", help="From Kafka: begin at the lane's beginning, not at a checkpoint."),
]


def say(event: str, **facts: object) -> None:
    """Tell on standard error of a checkpoint that is passed over."""
    told = " ".join(f"{name}={fact}" for name, fact in facts.items())
    typer.echo(f"postloan: {event.replace('_', ' ')}: {told}", err=True)
