"""`postloan replay` and `postloan explain` over a real Kafka, when two workers and rulebooks were at it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.commands import run
from tests.integration.feed import placed
from tests.integration.workers import until
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from tests.integration.workers import Site

pytestmark = pytest.mark.integration


def default_text(version: str) -> str:
    text = files("rules").joinpath("default.yaml").read_text(encoding="utf-8")
    assert "version: default-1" in text
    return text.replace("version: default-1", f"version: {version}")


def test_a_lane_is_run_again(site: Site) -> None:
    lines = story_book(4, 40, 8)
    half = len(lines) // 2
    site.produce(placed(lines[:half], site.lanes))
    with site.worker(BATCH_RECORDS="40") as first:
        site.wait_until_done()
        until(lambda: site.unsent() == 0, 30, site.logs)
        assert first.stop() == 0
    book = site.folder / "other.yaml"
    book.write_text(default_text("another-2"))
    run(site, "rules", "publish", str(book), "--by", "risk-desk", "--note", "as a test")
    site.produce(placed(lines[half:], site.lanes))
    with site.worker(BATCH_RECORDS="40") as second:
        site.wait_until_done()
        until(lambda: site.unsent() == 0, 30, site.logs)
        assert second.stop() == 0

    told: dict[str, Any] = json.loads(run(site, "replay", "--lane", "1", "--json"))
    assert told["same"] is True
    assert told["batches"] == told["to"] > 3
    ends = site.ends()[1]
    assert told["records"] == sum(ends)
    transactions = ends[3] - 1
    said = run(site, "replay", "--lane", "1", "--from", f"transactions:{transactions}")
    assert "the same, bit for bit" in said

    third = site.folder / "third.yaml"
    third.write_text(default_text("third-3"))
    run(site, "replay", "--lane", "99", expect=2)
    assert "no offset" in run(site, "replay", "--lane", "1", "--from", "accounts:x", expect=2)
    refused = run(site, "replay", "--lane", "1", expect=2, RULEBOOK=str(third))
    assert "default-1" in refused, "the rulebook that is not to be had is named"

    action = next(record for record in map(_decoded, site.decisions(1)) if record["kind"] == "limit_action")
    along = json.loads(run(site, "explain", action["id"], "--json"))
    assert action in along["decisions"][0]["records"]
    assert along["cardholder_id"] == action["cardholder_id"]
    assert "nothing is known" in run(site, "explain", "000000000000.l9", expect=1)


def test_a_backlog_is_explained_as_from_its_file(site: Site) -> None:
    lines = story_book(6, 20, 6)
    site.produce(placed(lines, site.lanes))
    with site.worker(BATCH_RECORDS="50") as worker:
        site.wait_until_done()
        until(lambda: site.unsent() == 0, 30, site.logs)
        assert worker.stop() == 0
    file = site.folder / "events.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in lines))
    for lane in range(site.lanes):
        records = [_decoded(record) for record in site.decisions(lane)]
        if not records:
            continue
        middle = records[len(records) // 2]
        holder = middle["cardholder_id"]
        from_kafka = run(site, "explain", middle["id"])
        options = ("--events", str(file), "--no-model", "--lanes", str(site.lanes))
        from_file = run(site, "explain", holder, "--action", middle["id"], *options)
        assert from_kafka.replace(site.prefix, "postloan.") == from_file


def _decoded(record: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(record.value)
    return found
