from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.workers import Site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.servers import KafkaServer, RedisServer


@pytest.fixture
def site(kafka: KafkaServer, redis_server: RedisServer, topic_prefix: str, tmp_path: Path) -> Site:
    return Site(kafka, redis_server, topic_prefix, 4, tmp_path)
