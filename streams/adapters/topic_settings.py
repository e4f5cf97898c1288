"""Reads the settings of topics, for the doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError

from streams.ports.failures import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Sequence


def topic_settings(bootstrap: str, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Settings in force of each topic, by its full name and the setting's."""
    try:
        admin: Any = KafkaAdminClient(bootstrap_servers=bootstrap, client_id="postloan-doctor")
        try:
            resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
            described = admin.describe_configs(resources, config_filter="all")["topic"]
        finally:
            admin.close()
    except KafkaError as error:
        raise UnreachableError(f"Kafka: {type(error).__name__}: {error}") from error
    return {
        topic: {name: str(setting["value"]) for name, setting in settings.items()}
        for topic, settings in described.items()
    }
