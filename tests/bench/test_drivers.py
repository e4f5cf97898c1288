from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.bench import compare, latency, scale
from tests.bench.peers.run import PEERS
from tests.bench.servers import Servers
from tests.bench.stages import STAGES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.servers import KafkaServer, RedisServer

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]  # the first run compiles the passes

SMALL = ("--batch-records", "8192")
"""A lane that takes all there is in one batch has no steady stretch."""


@pytest.fixture
def servers(kafka: KafkaServer, redis_server: RedisServer, tmp_path: Path) -> Servers:
    return Servers(kafka.bootstrap, redis_server.url, tmp_path)


def test_a_comparison_checks_its_engines_and_tells_what_its_result_should(
    servers: Servers, tmp_path: Path
) -> None:
    out = tmp_path / "bench.json"
    sizes = ["--events", "150000", "--cardholders", "3000", "--repeats", "1", "--peers", "none", *SMALL]
    assert compare.main([*sizes, "--out", str(out)], servers) == 0
    found = json.loads(out.read_text())
    assert set(found["ours"]) == {"events_per_second", "cpu_us_per_event", "stages"}
    assert set(found["ours"]["stages"]) <= {*STAGES, "waiting"}
    assert set(found["peers"]) == set(PEERS)
    assert found["ratios"] == {}
    assert found["decisions"] > 0
    assert out.with_suffix(".png").stat().st_size > 0


def test_latency_is_told_for_every_level(servers: Servers, tmp_path: Path) -> None:
    out = tmp_path / "latency.json"
    sizes = ["--saturated", "400", "--seconds", "8", "--cardholders", "200"]
    assert latency.main([*sizes, "--out", str(out)], servers) == 0
    found = json.loads(out.read_text())
    assert list(found["levels"]) == ["1,000/s", "20 %", "50 %", "80 %"]
    for level in found["levels"].values():
        assert level["alerts"] > 0
        told = level["milliseconds"]
        assert 0 < told["p50"] <= told["p95"] <= told["p99"] <= told["max"]
    assert out.with_suffix(".png").stat().st_size > 0


def test_scale_compares_what_was_decided(servers: Servers, tmp_path: Path) -> None:
    out = tmp_path / "scale.json"
    sizes = ["--events", "250000", "--cardholders", "500,2000", "--repeats", "1", *SMALL]
    assert scale.main([*sizes, "--out", str(out)], servers) == 0
    found = json.loads(out.read_text())
    assert "2,000 cardholders, 2 workers" in found["cases"]
    assert all(case["cpu_us_per_event"] > 0 for case in found["cases"].values())
    assert found["growth_range"] == [found["growth"]] * 2
    assert found["growth"] > 0
