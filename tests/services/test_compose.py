"""docker-compose.yml runs the same Kafka and Redis as the local processes do."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from deploy.kafka.jars import POM
from deploy.kafka.settings import as_environment, broker_settings
from tests.services.containers import DockerKafka, DockerRedis

ROOT = Path(__file__).resolve().parents[2]
PLACES = {"KAFKA_LISTENERS", "KAFKA_ADVERTISED_LISTENERS"}  # a container must be reached from outside it


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    compose: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    found: dict[str, Any] = compose["services"]
    return found


def test_the_broker_has_the_local_brokers_settings(services: dict[str, Any]) -> None:
    local = as_environment(
        broker_settings(
            port=9092, inside_port=19092, controller_port=9093, advertised="", log_dirs="/var/lib/kafka/data"
        )
    )
    composed = services["kafka"]["environment"]
    differ = {name for name, setting in local.items() if composed.get(name) != setting}
    assert differ == PLACES
    unknown = set(composed) - set(local) - {"CLUSTER_ID", "KAFKA_HEAP_OPTS"}
    assert not unknown


def test_redis_has_the_local_settings(services: dict[str, Any]) -> None:
    command: list[str] = services["redis"]["command"]
    composed = dict(zip(command[1::2], command[2::2], strict=True))
    lines = (ROOT / "deploy" / "redis" / "redis.conf").read_text().splitlines()
    local = dict(line.split(maxsplit=1) for line in lines if len(line.split()) > 1 and line[0] != "#")
    assert composed == {option: local[option.removeprefix("--")].strip('"') for option in composed}
    assert composed["--maxmemory-policy"] == "noeviction"


def test_every_kafka_is_of_one_version(services: dict[str, Any]) -> None:
    version = ET.parse(POM).findtext("properties/kafka.version")
    assert services["kafka"]["image"] == f"apache/kafka:{version}" == DockerKafka.image
    assert services["redis"]["image"] == DockerRedis.image


def test_the_commands_are_those_of_the_project(services: dict[str, Any]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(project["scripts"]) == {"postloan"}
    assert 'ENTRYPOINT ["postloan"]' in (ROOT / "deploy" / "Dockerfile").read_text()
    commands = [services[name]["command"][0] for name in ("topics", "worker", "simulator")]
    assert commands == ["topics", "worker", "simulate"]
