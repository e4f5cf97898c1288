"""A running worker takes up what is published, and goes back; nobody restarts it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from streams.cli.app import app
from streams.partition import lane_of
from tests.integration.feed import Placed
from tests.integration.workers import until
from tests.unit.rules.stories import DEFAULT, edited

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.workers import Process, Site

pytestmark = pytest.mark.integration

VERSION = next(line for line in DEFAULT.splitlines() if line.startswith("version:")).split()[1].strip("'\"")


def records(site: Site, number: int) -> list[Placed]:
    """One of whom a fresh report tells enough for an alert, in each lane."""
    found = []
    for lane in range(site.lanes):
        holder = next(name for n in range(1_000) if lane_of(name := f"h{number}-{n}", site.lanes) == lane)
        at = f"2024-03-{number + 1:02d}T00:00:00Z"
        account: dict[str, Any] = {"kind": "account_updated", "credit_limit": 1_000_000, "status": "active"}
        report = {"kind": "bureau_report", "total_debt": 90, "total_limit": 100}
        for topic, told in (("accounts", account | {"exemptions": []}), ("bureau-queries", report)):
            whole = told | {"event_id": f"{topic}-{number}", "cardholder_id": holder, "occurred_at": at}
            found.append(Placed(topic, lane, holder.encode(), json.dumps(whole).encode()))
    return found


def judged_by(site: Site, count: int) -> list[set[str]]:
    """The versions of the first alerts of each of `count` rounds, in their order."""
    versions = [
        [told["rulebook_version"] for told in map(json.loads, values) if told["kind"] == "alert"]
        for values in ([record.value for record in site.decisions(lane)] for lane in range(site.lanes))
    ]
    assert all(len(found) == count for found in versions), versions
    return [set(found) for found in zip(*versions, strict=True)]


def alerts(site: Site) -> int:
    found = [record for lane in range(site.lanes) for record in site.decisions(lane)]
    return sum(json.loads(record.value)["kind"] == "alert" for record in found)


def test_published_taken_up_and_taken_back(site: Site, tmp_path: Path) -> None:
    new = tmp_path / "new.yaml"
    line = next(line for line in DEFAULT.splitlines() if line.startswith("version:"))
    new.write_text(edited((line, "version: stricter-2")), encoding="utf-8")
    old = tmp_path / "old.yaml"
    old.write_text(DEFAULT, encoding="utf-8")

    def publish(*words: str) -> None:
        words = ("rules", "publish", *words, "--by", "tester")
        result = CliRunner().invoke(app, words, env=site.environment())
        assert result.exit_code == 0, result.output

    def round_of(worker: Process, number: int, version: str) -> None:
        until(
            lambda: (
                worker.named("rulebook_changed")[-1:] != []
                and worker.named("rulebook_changed")[-1]["rulebook"] == version
            ),
            30,
            site.logs,
        )
        site.produce(records(site, number))
        until(lambda: alerts(site) == number * site.lanes, 60, site.logs)

    with site.worker() as worker:
        worker.wait_for("lane_caught_up", count=site.lanes)
        site.produce(records(site, 1))
        until(lambda: alerts(site) == site.lanes, 60, site.logs)
        publish(str(old))  # the same text as the worker's own: nothing changes
        publish(str(new))
        round_of(worker, 2, "stricter-2")
        publish("--again", VERSION)
        round_of(worker, 3, VERSION)
        assert worker.stop() == 0
        taken = worker.named("lane_takes_up_rulebook")
        assert sorted(found["lane"] for found in taken) == sorted([*range(site.lanes)] * 2)
    assert judged_by(site, 3) == [{VERSION}, {"stricter-2"}, {VERSION}]
