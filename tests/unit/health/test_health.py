"""Health and metrics of a worker that is made up."""

from __future__ import annotations

import asyncio
import socket
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from streams.health.metrics import METRICS, table
from streams.health.server import HealthServer, application
from streams.lane.condition import CLAIM, HALTED, PAUSED, Condition
from streams.ports.failures import UnusableError
from tests.unit.health.asked import Client

DOCS = Path(__file__).resolve().parents[3] / "docs" / "metrics.md"


class Pretended:
    def __init__(self) -> None:
        self.conditions: dict[int, Condition] = {}
        self.ends: dict[int, tuple[int, ...]] = {}
        self.servers = {"Kafka": "", "Redis": ""}
        self.joined = True

    def lane(self, lane: int) -> Condition:
        condition = self.conditions[lane] = Condition(lane)
        condition.begin(3)
        condition.took(10, 2, 1)
        condition.committed(0.5)
        condition.places, condition.watermark = (1, 2, 3, 4, 5, 6, 7), 1_700_000_000_000_000
        self.ends[lane] = (2, 2, 3, 9, 5, 6, 7)
        return condition


def samples(view: Pretended) -> dict[tuple[str, str], float]:
    text = Client(application(view)).get("/metrics").text
    return {
        (
            sample.name,
            ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items())),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_worker_that_runs() -> None:
    view = Pretended()
    view.lane(4)
    client = Client(application(view))
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
    told: dict[str, Any] = client.get("/health").json()
    assert (told["status"], told["ready"]) == ("running", True)
    (lane,) = told["lanes"]
    assert (lane["lane"], lane["state"], lane["epoch"], lane["lag_records"]) == (4, "running", 3, 6)
    assert lane["watermark"] == "2023-11-14T22:13:20Z"
    assert lane["last_commit"] is not None
    assert lane["why"] == []
    found = samples(view)
    assert found["postloan_lane_state", "lane=4,state=running"] == 1
    assert found["postloan_lane_state", "lane=4,state=paused"] == 0
    assert found["postloan_lane_lag_records", "lane=4"] == 6
    assert found["postloan_lane_records_total", "lane=4"] == 10
    assert found["postloan_lane_dead_letters_total", "lane=4"] == 1
    assert found["postloan_lane_commit_seconds_total", "lane=4"] == 0.5
    assert found["postloan_ready", ""] == 1


def test_who_is_not_ready_says_why() -> None:
    view = Pretended()
    client = Client(application(view))
    view.joined = False
    assert client.get("/readyz").status_code == 503
    view.joined = True
    view.conditions[1] = Condition(1)
    assert "lanes 1" in client.get("/readyz").text
    view.lane(1)
    view.servers["Redis"] = "Redis: ConnectionError"
    assert "Redis does not answer" in client.get("/readyz").text
    assert samples(view)["postloan_server_answers", "server=Redis"] == 0


def test_what_hinders_a_lane_shows_until_it_is_over() -> None:
    view = Pretended()
    lane = view.lane(0)
    failed = lane.wait("Redis: BusyLoadingError: loading", 0.8)
    assert (lane.state, lane.backoff) == (PAUSED, 0.8)
    lane.hinder("flood", HALTED, "too many")
    assert lane.state == HALTED
    client = Client(application(view))
    told = client.get("/health").json()
    assert told["status"] == "halted"
    assert [one["why"] for one in told["lanes"][0]["why"]] == ["Redis: BusyLoadingError: loading", "too many"]
    found = samples(view)
    assert found["postloan_lane_state", "lane=0,state=halted"] == 1
    assert found["postloan_lane_waits_total", "lane=0,server=Redis"] == 1
    lane.clear("flood")
    assert client.get("/readyz").status_code == 503
    lane.clear(failed)
    assert client.get("/readyz").status_code == 200
    lane.hinder(CLAIM, HALTED, "the log lacks records")
    assert client.get("/readyz").status_code == 200, "another worker would halt too"
    lane.begin(4)
    assert lane.state == "running"


def test_counters_outlive_a_lane_that_left() -> None:
    view = Pretended()
    lane = view.lane(2)
    lane.end()
    lane.assigned = False
    found = samples(view)
    assert found["postloan_lane_records_total", "lane=2"] == 10
    assert ("postloan_lane_epoch", "lane=2") not in found
    assert found["postloan_lanes", ""] == 0
    assert Client(application(view)).get("/health").json()["lanes"] == []


def test_every_metric_is_served_and_documented() -> None:
    view = Pretended()
    view.lane(0).wait("Redis: no", 1.0)
    text = Client(application(view)).get("/metrics").text
    served = {family.name: family for family in text_string_to_metric_families(text)}
    ours = {name for name in served if name.startswith("postloan_")}
    assert ours == {metric.name.removesuffix("_total") for metric in METRICS}
    for metric in METRICS:
        family = served[metric.name.removesuffix("_total")]
        assert (family.type, family.documentation) == (metric.kind, metric.told)
        for sample in family.samples:
            assert set(sample.labels) == set(metric.labels)
    assert table() in DOCS.read_text(encoding="utf-8")


def test_two_workers_on_one_host() -> None:
    async def test() -> None:
        first, second = HealthServer(Pretended(), "127.0.0.1", 0), HealthServer(Pretended(), "127.0.0.1", 0)
        assert first.port != second.port
        for server in (first, second):
            server.start()
            answer = await asyncio.to_thread(_get, server.port, "/healthz")
            assert answer == (200, "live\n")
        with pytest.raises(UnusableError, match="health_port"):
            HealthServer(Pretended(), "127.0.0.1", first.port)
        await asyncio.gather(first.stop(), second.stop())
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", first.port))

    asyncio.run(test())


def _get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
