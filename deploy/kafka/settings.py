"""The broker's settings: server.properties with the ports, addresses and folder of one broker."""

from __future__ import annotations

from pathlib import Path
from string import Template

TEMPLATE = Path(__file__).with_name("server.properties")


def broker_settings(
    *, port: int, inside_port: int, controller_port: int, advertised: str, log_dirs: Path | str
) -> dict[str, str]:
    text = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        port=port,
        inside_port=inside_port,
        controller_port=controller_port,
        advertised=advertised,
        log_dirs=log_dirs,
    )
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=")[::2] for line in lines if line and not line.startswith("#"))
    return dict(pairs)


def as_environment(settings: dict[str, str]) -> dict[str, str]:
    """The settings as Kafka's container image takes them: log.dirs becomes KAFKA_LOG_DIRS."""
    return {f"KAFKA_{name.upper().replace('.', '_')}": setting for name, setting in settings.items()}
