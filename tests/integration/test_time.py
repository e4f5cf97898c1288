"""Ticks of a live feed, and lanes that stand still without them (contract 2.5, 2.8)."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from streams.partition import lane_of
from tests.integration.feed import Placed

if TYPE_CHECKING:
    from tests.integration.workers import Site

pytestmark = pytest.mark.integration

DAY = 86_400


def text(second: float) -> str:
    return datetime.fromtimestamp(int(second), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def spent(lane: int, lanes: int, second: float, name: str) -> Placed:
    holder = next(f"h{number}" for number in range(10_000) if lane_of(f"h{number}", lanes) == lane)
    body: dict[str, Any] = {"kind": "transaction", "event_id": name, "cardholder_id": holder}
    body |= {"occurred_at": text(second), "type": "purchase", "amount": 5}
    return Placed("transactions", lane, holder.encode(), json.dumps(body).encode())


def ticked(lane: int, second: float) -> Placed:
    body = {"kind": "tick", "event_id": f"t{int(second)}", "occurred_at": text(second)}
    return Placed("control", lane, None, json.dumps(body).encode())


def test_a_live_feed_gets_one_tick_a_beat_on_every_lane(site: Site) -> None:
    settings = {"TICK_SECONDS": "1"}
    with site.worker(**settings) as first, site.worker(**settings) as second:
        first.wait_for("lane_claimed")
        second.wait_for("lane_claimed")
        now = time.time()
        site.produce([spent(1, site.lanes, now, "e1")], stamp=None)
        deadline = now + 40
        while len(site.read("control", 0)) < 4:
            assert time.time() < deadline, site.logs()
            time.sleep(0.5)
        assert first.stop() == 0
        assert second.stop() == 0
        assert len(first.named("ticks_begin") + second.named("ticks_begin")) == 1
    ticks = [
        [json.loads(record.value) for record in site.read("control", lane)] for lane in range(site.lanes)
    ]
    for lane in range(site.lanes):
        assert ticks[lane] == ticks[0]
        assert all(tick["kind"] == "tick" for tick in ticks[lane])
        assert len({tick["occurred_at"] for tick in ticks[lane]}) == len(ticks[lane])


def test_a_history_is_left_in_its_own_time(site: Site) -> None:
    with site.worker(TICK_SECONDS="0.5") as worker:
        worker.wait_for("lane_claimed")
        site.produce([spent(lane, site.lanes, 1_710_000_000, "e") for lane in range(site.lanes)], stamp=None)
        site.wait_until_done()
        time.sleep(6)
        assert worker.stop() == 0
    assert all(site.read("control", lane) == [] for lane in range(site.lanes))


def test_a_lane_whose_ticks_stopped_stands_still_and_says_so(site: Site) -> None:
    start = 1_710_000_000
    site.produce([ticked(lane, start) for lane in (0, 1)], stamp=start * 1000)
    later = start + 2 * DAY
    site.produce([spent(lane, site.lanes, later, "e1") for lane in range(site.lanes)], stamp=later * 1000)
    with site.worker() as worker:
        halted = worker.wait_for("lane_halted", count=2)
        assert {found["lane"] for found in halted} == {0, 1}
        time.sleep(2)
        assert [cut[3] for cut in site.cuts()] == [0, 0, 1, 1]  # the others go on
        assert len(worker.named("lane_halted")) == 2
        site.produce([ticked(0, later - 3600)], stamp=later * 1000)
        assert [found["lane"] for found in worker.wait_for("lane_goes_on")] == [0]
        time.sleep(1)
        assert [cut[3] for cut in site.cuts()] == [1, 0, 1, 1]
        assert worker.stop() == 0
    assert all(site.dead(lane) == [] for lane in range(site.lanes))
