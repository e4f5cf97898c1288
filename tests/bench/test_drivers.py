from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.bench import compare
from tests.bench.peers.run import PEERS
from tests.bench.servers import Servers
from tests.bench.stages import STAGES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.servers import KafkaServer, RedisServer


@pytest.fixture
def servers(kafka: KafkaServer, redis_server: RedisServer, tmp_path: Path) -> Servers:
    return Servers(kafka.bootstrap, redis_server.url, tmp_path)


@pytest.mark.integration
def test_a_comparison_checks_its_engines_and_tells_what_its_result_should(
    servers: Servers, tmp_path: Path
) -> None:
    out = tmp_path / "bench.json"
    sizes = ["--events", "60000", "--cardholders", "3000", "--repeats", "1", "--peers", "none"]
    assert compare.main([*sizes, "--out", str(out)], servers) == 0
    found = json.loads(out.read_text())
    assert set(found["ours"]) == {"events_per_second", "cpu_us_per_event", "stages"}
    assert set(found["ours"]["stages"]) <= {*STAGES, "waiting"}
    assert set(found["peers"]) == set(PEERS)
    assert found["ratios"] == {}
    assert found["decisions"] > 0
    assert out.with_suffix(".png").stat().st_size > 0
