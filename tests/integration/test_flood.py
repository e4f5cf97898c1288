"""A broken feed halts its lane until the operator speaks: nothing is lost, nothing doubled."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from streams.cli.app import app
from streams.partition import lane_of
from tests.integration.feed import Placed
from tests.integration.workers import until
from tests.unit.lane.flooded import bad, good

if TYPE_CHECKING:
    from tests.integration.workers import Process, Site

pytestmark = pytest.mark.integration


def asked(worker: Process, path: str) -> str:
    (told,) = worker.wait_for("health_listens")
    with urllib.request.urlopen(f"http://127.0.0.1:{told['port']}{path}", timeout=10) as answer:
        found: str = answer.read().decode()
        return found


def states(worker: Process) -> dict[int, str]:
    told: dict[str, Any] = json.loads(asked(worker, "/health"))
    return {lane["lane"]: lane["state"] for lane in told["lanes"]}


def test_a_broken_feed_halts_its_lane_only(site: Site) -> None:
    holder = "c1"
    lane = lane_of(holder, site.lanes)
    others = {name: lane_of(name, site.lanes) for name in ("c2", "c3", "c4", "c5", "c6")}
    rows = [Placed("transactions", lane, holder.encode(), good(number)) for number in range(300)]
    rows += [Placed("transactions", lane, holder.encode(), bad(number)) for number in range(500)]
    rows += [
        Placed("transactions", at, name.encode(), good(1, name)) for name, at in others.items() if at != lane
    ]
    rows += [Placed("transactions", (lane + 1) % site.lanes, b"x", bad(number)) for number in range(3)]
    site.produce(rows)
    settings = {"HEALTH_PORT": "0", "BATCH_RECORDS": "40", "FLOOD_SHARE": "0.05"}
    with site.worker(**settings) as worker:
        (halted,) = worker.wait_for("lane_halted")
        assert halted["lane"] == lane
        assert f"postloan lanes resume {lane}" in halted["why"]
        until(
            lambda: states(worker) == {one: "halted" if one == lane else "running" for one in range(4)},
            30,
            site.logs,
        )
        assert f'postloan_lane_state{{lane="{lane}",state="halted"}} 1.0' in asked(worker, "/metrics")
        assert len(site.dead(lane)) < 200
        assert worker.stop() == 0
    with site.worker(**settings) as worker:  # whoever takes the lane next halts at the same place
        worker.wait_for("lane_halted")
        result = CliRunner().invoke(app, ["lanes", "resume", str(lane)], env=site.environment())
        assert result.exit_code == 0, result.output
        assert f"lane {lane} goes on" in result.stdout
        until(lambda: len(site.dead(lane)) == 500, 60, site.logs)
        until(lambda: set(states(worker).values()) == {"running"}, 30, site.logs)
        site.wait_until_done()
        worker.wait_for("lane_goes_on")
        assert worker.stop() == 0
    found = site.dead(lane)
    assert len(set(found)) == len(found) == 500
    result = CliRunner().invoke(app, ["lanes", "resume", "99"], env=site.environment())
    assert result.exit_code == 2
